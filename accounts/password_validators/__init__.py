"""Password rules beside Django's own (NIST SP 800-63B-4 §3.1.1.2): no composition, but nothing guessable."""
