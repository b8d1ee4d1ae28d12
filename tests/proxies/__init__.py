"""Proxies in front of a service: the recipes of docs/forward-auth.md, run as they are printed."""
