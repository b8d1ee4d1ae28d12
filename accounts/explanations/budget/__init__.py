"""Whose token is near the budget of an audience."""
