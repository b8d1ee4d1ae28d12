"""Pages of the admin that ask each database something of its own: locks, plans, changes taken back."""
