"""Refresh sessions: one login on one device, rotated so that nobody is logged out by accident."""
