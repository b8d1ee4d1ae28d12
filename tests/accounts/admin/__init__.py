"""The admin, driven as a browser does it."""
