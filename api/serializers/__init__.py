"""Shapes of input and output."""
