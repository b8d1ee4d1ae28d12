"""Tests of it: whose token is near the budget of an audience."""
