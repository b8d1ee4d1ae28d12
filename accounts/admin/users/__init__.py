"""The admin's pages of users."""
