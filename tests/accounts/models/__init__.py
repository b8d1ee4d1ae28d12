"""Tests of the directory's tables."""
