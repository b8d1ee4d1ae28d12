"""Tests of refresh sessions."""
