"""The settings of the tests: authsite's own, with fixed secrets and a fast password hasher."""

import os
import tempfile

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

# In a file that Django removes afterwards: the threads of one test cannot share a database in memory.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": f"{tempfile.gettempdir()}/authsite-test-{os.getpid()}.sqlite3"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
