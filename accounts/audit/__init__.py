"""Append-only audit events: who did what to whom, from where and when."""
