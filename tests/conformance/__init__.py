"""One test per MUST of an RFC, named by its section."""
