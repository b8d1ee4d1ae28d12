"""HTTP: no raw SQL, no writes but through services, no crypto."""
