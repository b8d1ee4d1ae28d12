"""What a token is that somebody sent, and what is true of it."""
