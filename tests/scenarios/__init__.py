"""Whole stories, told over HTTP and through the services."""
