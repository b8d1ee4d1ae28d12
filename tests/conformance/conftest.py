"""The client and the people of the API's tests."""

from tests.api.conftest import alice, api

__all__ = ["alice", "api"]
