"""The settings of the tests: authsite's own, with fixed secrets and a fast password hasher."""

import atexit
import os
import tempfile
from pathlib import Path

# A developer's own configuration must not decide how tests end; only the servers may be chosen.
for _name in [name for name in os.environ if name.startswith("AUTHSITE_") or name == "PORT"]:
    del os.environ[_name]
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
os.environ |= {
    "AUTHSITE_ENV": "development",
    "AUTHSITE_SECRET_KEY": "tests-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "AUTHSITE_REFRESH_SECRETS": "1:dGVzdHMtb25seS1yZWZyZXNoLXNlY3JldC12ZXJzaW9uLTE=",
    "AUTHSITE_KEY_ENCRYPTION_KEYS": "1:dGVzdHMtb25seS1lbmNyeXB0aW9uLWtleS0wMDAwMDE=",
}

from authsite.settings import *  # noqa: E402, F403 - the variables above have to be set first
from authsite.settings import DATABASES, PASSWORD_HASHERS  # noqa: E402

# In a file that is removed afterwards: with a database in memory, all threads of the live server
# would share the one connection of the tests, and SQLite crashes when one closes it beneath another.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    _file = f"{tempfile.gettempdir()}/authsite-test-{os.getpid()}.sqlite3"
    DATABASES["default"] |= {"NAME": _file, "TEST": {"NAME": _file}}
    # Commands such as `makemigrations --check` only open it, and leave it behind.
    atexit.register(Path(_file).unlink, missing_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
