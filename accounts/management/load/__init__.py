"""A large organisation to measure with, for ``manage.py create_load`` in development databases."""
