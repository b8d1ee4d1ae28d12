"""The OpenAPI description of the API (docs/openapi.yaml): made from the code, and from nothing else."""
