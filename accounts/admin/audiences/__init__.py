"""The admin's pages of audiences and their claim contracts."""
