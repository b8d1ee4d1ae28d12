"""The change log: what is written, when, and what it does to tokens."""
