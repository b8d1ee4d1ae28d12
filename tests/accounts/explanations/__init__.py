"""Tests of what explains tokens."""
