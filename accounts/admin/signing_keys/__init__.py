"""The admin's pages of signing keys."""
