"""Tests of the password rules."""
