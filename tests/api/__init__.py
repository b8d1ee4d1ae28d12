"""Tests of the HTTP contract, one file per thing that a client does."""
