"""Several server processes, a storm of requests, and faults in the middle of it."""
