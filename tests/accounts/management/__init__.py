"""Commands, and the rooms of their own that they have."""
