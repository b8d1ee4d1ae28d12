"""The settings, read from the environment in a fixed order; docs/settings.md lists the variables."""

from datetime import timedelta
from pathlib import Path

from authsite.api_settings import REST_FRAMEWORK, SIMPLE_JWT, SPECTACULAR_SETTINGS  # noqa: F401 - settings, too
from authsite.development_secrets import DevelopmentSecrets
from authsite.environment import Environment
from authsite.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

# --- Mode. Without any configuration this is development mode, on this machine only; production starts
# with nothing weak. Problems are collected and reported together at the end of this file.

env = Environment()
AUTHSITE_ENV = env.mode
AUTHSITE_IS_PRODUCTION = env.is_production
AUTHSITE_DEVELOPMENT_SECRETS_FILE = VAR_DIR / "development-secrets.json"
DEBUG = env.boolean("AUTHSITE_DEBUG", default=False, production=False)

# --- Secrets. Production must be given them; development makes its own, once.

_secrets = DevelopmentSecrets(AUTHSITE_DEVELOPMENT_SECRETS_FILE)
SECRET_KEY = env.secret_key("AUTHSITE_SECRET_KEY", development=lambda: _secrets.get("AUTHSITE_SECRET_KEY"))
AUTHSITE_REFRESH_SECRETS = env.versioned_secrets(
    "AUTHSITE_REFRESH_SECRETS", development=lambda: _secrets.get("AUTHSITE_REFRESH_SECRETS")
)
AUTHSITE_KEY_ENCRYPTION_KEYS = env.versioned_secrets(
    "AUTHSITE_KEY_ENCRYPTION_KEYS",
    development=lambda: _secrets.get("AUTHSITE_KEY_ENCRYPTION_KEYS"),
    max_bytes=32,
)
AUTHSITE_KEY_SEALER = env.class_path("AUTHSITE_KEY_SEALER", default="accounts.keys.sealing.LocalSealer")
# How long verifiers may keep the JWK Set; a new key is published for twice as long before it signs.
AUTHSITE_JWK_SET_MAX_AGE = timedelta(
    seconds=env.whole_number("AUTHSITE_JWK_SET_MAX_AGE_SECONDS", default=300, at_least=2, at_most=86400)
)
# The password of the sample people, who exist in development only; without one, it is made and shown once.
AUTHSITE_DEMO_PASSWORD = env.text("AUTHSITE_DEMO_PASSWORD", write="a password for the sample people")

# --- Addresses.

AUTHSITE_PORT = env.whole_number("PORT", default=8000, at_least=1, at_most=65535)
AUTHSITE_ISSUER = env.issuer("AUTHSITE_ISSUER", development=f"http://127.0.0.1:{AUTHSITE_PORT}")
AUTHSITE_AUDIENCE = env.audience_code("AUTHSITE_AUDIENCE", default="api-mi-aplicacion")
AUTHSITE_CLAIM_SOURCES = env.module_list("AUTHSITE_CLAIM_SOURCES")
ALLOWED_HOSTS = env.host_list("AUTHSITE_ALLOWED_HOSTS", development=["localhost", "127.0.0.1", "[::1]"])
# Whose X-Forwarded-For is believed: a client could send the header itself.
AUTHSITE_TRUSTED_PROXIES = env.networks("AUTHSITE_TRUSTED_PROXIES")
CSRF_TRUSTED_ORIGINS = [AUTHSITE_ISSUER] if AUTHSITE_ISSUER.startswith("https://") else []

# --- Applications, middleware and routes.

INSTALLED_APPS = [
    "authsite",
    "accounts.audit",
    "accounts.change_log",
    "accounts.keys",
    "accounts.limits",
    "accounts",
    "accounts.audiences",
    "accounts.refresh_sessions",
    "accounts.mail_links",
    "accounts.statistics",
    "api",
    "rest_framework",
    # Only for its translations: none of its models is used.
    "rest_framework_simplejwt",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lucide",
    "tree_queries",
    "authsite.admin_site.AdminSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "api.request_log.RequestLogMiddleware",
    "authsite.page_policies.IsolationMiddleware",
    "authsite.page_policies.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "api.middleware.NoStoreMiddleware",
    "api.middleware.TrailingSlashMiddleware",
    "api.middleware.FilterFormMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "api.browser_sessions.BrowserSessionMiddleware",
]
ROOT_URLCONF = "authsite.urls"
WSGI_APPLICATION = "authsite.wsgi.application"
# Django's redirect to the slash would lose the body of a POST; TrailingSlashMiddleware does not.
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Database and cache.

DATABASES = {
    "default": env.database("DATABASE_URL", base_dir=BASE_DIR, development="sqlite:///var/authsite.sqlite3")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache("REDIS_URL")}

# --- Mails.

globals().update(env.mail_server("AUTHSITE_EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.mail_address("AUTHSITE_EMAIL_FROM", development="authsite <authsite@localhost>")

# --- People and passwords.

AUTH_USER_MODEL = "accounts.User"
LOGIN_REDIRECT_URL = "root"
AUTHENTICATION_BACKENDS = ["accounts.backends.DirectoryBackend"]
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2idHasher",
    # Hashes of these kinds come with imported people, and are replaced at their next login.
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
]
# The floors are those of OWASP's Password Storage Cheat Sheet.
AUTHSITE_ARGON2_MEMORY_KIB = env.whole_number(
    "AUTHSITE_ARGON2_MEMORY_KIB", default=19 * 1024, at_least=19 * 1024, at_most=1024 * 1024
)
AUTHSITE_ARGON2_PASSES = env.whole_number("AUTHSITE_ARGON2_PASSES", default=2, at_least=2, at_most=20)
AUTHSITE_ARGON2_LANES = env.whole_number("AUTHSITE_ARGON2_LANES", default=1, at_least=1, at_most=16)
AUTHSITE_BREACHED_PASSWORDS_FILE = env.file("AUTHSITE_BREACHED_PASSWORDS_FILE")
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {
            "min_length": env.whole_number(
                "AUTHSITE_PASSWORD_MIN_LENGTH", default=15, at_least=8, at_most=128
            )
        },
    },
    {"NAME": "accounts.password_validators.lengths.MaximumLengthValidator", "OPTIONS": {"max_length": 128}},
    {
        "NAME": "accounts.password_validators.guessable.GuessableValidator",
        "OPTIONS": {"site": AUTHSITE_ISSUER},
    },
]
if AUTHSITE_BREACHED_PASSWORDS_FILE:
    AUTH_PASSWORD_VALIDATORS.append(
        {
            "NAME": "accounts.password_validators.breaches.BreachedPasswordsValidator",
            "OPTIONS": {"path": AUTHSITE_BREACHED_PASSWORDS_FILE},
        }
    )

# --- Limits: how many attempts may fail, see docs/limits.md.

AUTHSITE_LIMIT_WINDOW = timedelta(
    minutes=env.whole_number("AUTHSITE_LIMIT_WINDOW_MINUTES", default=15, at_least=1, at_most=1440)
)
AUTHSITE_LIMITS = {
    "pair": env.whole_number("AUTHSITE_LIMIT_PER_PAIR", default=10, at_least=1, at_most=1000),
    "account": env.whole_number("AUTHSITE_LIMIT_PER_ACCOUNT", default=50, at_least=1, at_most=1000),
    "address": env.whole_number("AUTHSITE_LIMIT_PER_ADDRESS", default=100, at_least=1, at_most=100_000),
    "device": env.whole_number("AUTHSITE_LIMIT_PER_DEVICE", default=10, at_least=1, at_most=1000),
    "resets": env.whole_number("AUTHSITE_LIMIT_PASSWORD_RESETS", default=3, at_least=1, at_most=100),
}

# --- Refresh sessions.

_idle_days = env.whole_number("AUTHSITE_SESSION_IDLE_DAYS", default=30, at_least=1, at_most=3650)
_absolute_days = env.whole_number("AUTHSITE_SESSION_ABSOLUTE_DAYS", default=90, at_least=1, at_most=3650)
if _absolute_days < _idle_days:
    env.refuse(
        f"AUTHSITE_SESSION_ABSOLUTE_DAYS is less than AUTHSITE_SESSION_IDLE_DAYS: write at least {_idle_days}"
    )
AUTHSITE_REFRESH_GRACE = timedelta(
    seconds=env.whole_number("AUTHSITE_REFRESH_GRACE_SECONDS", default=30, at_least=0, at_most=300)
)
AUTHSITE_CHANGE_LOG_MAX_AGE = timedelta(
    seconds=env.whole_number("AUTHSITE_CHANGE_LOG_MAX_AGE_SECONDS", default=10, at_least=0, at_most=86400)
)
AUTHSITE_SESSION_IDLE_LIFETIME = timedelta(days=_idle_days)
AUTHSITE_SESSION_ABSOLUTE_LIFETIME = timedelta(days=_absolute_days)

# --- Browser sessions: the admin, and the browsable API.

AUTHSITE_BROWSER_IDLE_LIFETIME = timedelta(
    minutes=env.whole_number("AUTHSITE_BROWSER_IDLE_MINUTES", default=30, at_least=5, at_most=240)
)
AUTHSITE_BROWSER_ABSOLUTE_LIFETIME = timedelta(
    hours=env.whole_number("AUTHSITE_BROWSER_ABSOLUTE_HOURS", default=12, at_least=1, at_most=24)
)
AUTHSITE_PASSWORD_WINDOW = timedelta(minutes=10)
# Longer than any of these: who comes back the next morning is told why they have to sign in again.
SESSION_COOKIE_AGE = 3 * 24 * 60 * 60

# --- Cookies and transport.

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.boolean(
    "AUTHSITE_COOKIES_SECURE", default=AUTHSITE_IS_PRODUCTION, production=True
)
# With the prefix, browsers refuse such a cookie from another host or without https (RFC 6265bis §4.1.3.2).
_cookie_prefix = "__Host-" if SESSION_COOKIE_SECURE else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_cookie_prefix}sessionid", f"{_cookie_prefix}csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME, LANGUAGE_COOKIE_SECURE = f"{_cookie_prefix}language", SESSION_COOKIE_SECURE
# Django's other storage would be one more cookie, without the prefix.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if AUTHSITE_IS_PRODUCTION else 0
# A client could send these headers itself: they are believed only where a known proxy overwrites them.
AUTHSITE_BELIEVES_REQUEST_ID = env.boolean("AUTHSITE_BEHIND_TLS_PROXY", default=False)
if AUTHSITE_BELIEVES_REQUEST_ID:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains would decide about sites that are not ours.
    "security.W008",  # The proxy that terminates TLS redirects to https.
    "security.W021",  # As W005: the preload list covers subdomains.
]

# --- Language and time.

LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# --- Static files, served by WhiteNoise in every mode; development needs no collectstatic.

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static" if AUTHSITE_IS_PRODUCTION else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if AUTHSITE_IS_PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = not AUTHSITE_IS_PRODUCTION
WHITENOISE_AUTOREFRESH = False

# --- Logging: JSON lines on stderr, readable ones in development (docs/logs.md).

LOGGING = logging_settings(is_production=AUTHSITE_IS_PRODUCTION)

env.raise_problems()
