"""Limits: how many attempts may fail within a window, counted atomically and for all processes at once."""
