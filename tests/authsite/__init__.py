"""Tests of the project: its settings and how it starts."""
