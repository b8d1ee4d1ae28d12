"""Password hashing: Argon2id with the parameters that OWASP's Password Storage Cheat Sheet names."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane; older hashes are upgraded at login."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
