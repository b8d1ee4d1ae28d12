"""Audiences, their claim contracts, and the claim sources that contracts choose from."""
