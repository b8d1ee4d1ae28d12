"""Benchmarks against peers, run by hand."""
