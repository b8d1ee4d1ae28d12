"""The change log: what changed tokens' meaning, so that verifying a token costs no query (design.md §6)."""
