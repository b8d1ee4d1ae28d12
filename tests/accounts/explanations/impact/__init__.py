"""Tests of it: what a change would do to people and their tokens, before it is saved."""
