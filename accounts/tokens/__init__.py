"""What a token says, how it is signed, and how it is verified. No tables."""
