"""Changes that someone can ask for on the directory, and the login that joins the rooms."""
