"""The domain: people, roles, departments, tenants, what their tokens say and how long their sessions live."""
