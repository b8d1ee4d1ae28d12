"""Tests of it: what live sessions still carry, against what a refresh would say now."""
