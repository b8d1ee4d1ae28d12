"""The first page of the admin: what happens, what needs doing, and what is still to be set up."""
