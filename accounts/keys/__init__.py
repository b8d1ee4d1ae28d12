"""Signing keys: made here, encrypted at rest, published as a JWK Set (RFC 7517)."""
