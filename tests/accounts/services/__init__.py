"""Tests of the directory's services."""
