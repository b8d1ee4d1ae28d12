"""The settings of the tests: authsite's own, with fixed secrets and a fast password hasher."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_KEPT = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ}
_DIRECTORY = Path(tempfile.mkdtemp(prefix="authsite-tests-"))
atexit.register(shutil.rmtree, _DIRECTORY, ignore_errors=True)

# A developer's own configuration must not decide how tests end.
for _name in [name for name in os.environ if name.startswith("AUTHSITE_") or name == "PORT"]:
    del os.environ[_name]
os.environ |= {
    "AUTHSITE_ENV": "development",
    "AUTHSITE_SECRET_KEY": "tests-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "AUTHSITE_REFRESH_SECRETS": "1:dGVzdHMtb25seS1yZWZyZXNoLXNlY3JldC12ZXJzaW9uLTE=",
    "AUTHSITE_KEY_ENCRYPTION_KEYS": "1:dGVzdHMtb25seS1lbmNyeXB0aW9uLWtleS0wMDAwMDE=",
    "DATABASE_URL": f"sqlite:///{_DIRECTORY}/authsite.sqlite3",
} | _KEPT

from authsite.settings import *  # noqa: E402, F403 - the variables above have to be set first
from authsite.settings import DATABASES, PASSWORD_HASHERS  # noqa: E402

# In a file, because threads of a test have to share it; SQLite's default would be memory.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(_DIRECTORY / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
