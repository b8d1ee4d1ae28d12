"""The numbers of the dashboard."""
