"""Tests of it: what a token is that somebody sent, and what is true of it."""
