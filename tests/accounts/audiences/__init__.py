"""Tests of audiences and their contracts."""
