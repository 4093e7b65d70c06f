"""Django's settings, all from the environment; secure unless demo mode says otherwise."""

import secrets
from datetime import timedelta
from pathlib import Path

import environ

from sunra import __version__
from sunra.platform.base.home import folder, home

env = environ.Env()

PACKAGE = Path(__file__).resolve().parent.parent
HOME = home()
ASSETS_DIR = Path(env("SUNRA_ASSETS", default=str(HOME / "assets"))).expanduser().resolve()
VERSION = __version__

DEMO = env.bool("SUNRA_DEMO", default=False)
DEBUG = False
PORT = env.int("PORT", default=8000)
SITE = env("SUNRA_SITE", default="all")  # public | staff | all


def _secret_key() -> str:
    """The installation's own key: from the environment, else made once and kept in ``keys/``."""
    given = env("SUNRA_SECRET_KEY", default="")
    if given:
        return str(given)
    path = folder("keys") / "secret"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(64), encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii").strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env.list("SUNRA_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("SUNRA_ORIGINS", default=[])
HTTPS = env.bool("SUNRA_HTTPS", default=not DEMO)
SITE_NAME = env("SUNRA_NAME", default="순라")

INSTALLED_APPS = [
    "sunra.platform.agencies",
    "sunra.platform.accounts",
    "sunra.platform.ledger",
    "sunra.platform.events",
    "sunra.platform.jobs",
    "sunra.platform.runs",
    "sunra.platform.places",
    "sunra.platform.files",
    "sunra.platform.documents",
    "sunra.platform.notices",
    "sunra.platform.maps",
    "sunra.platform.ui",
    "sunra.systems.sharing",
    "sunra.systems.risk",
    "sunra.systems.patrols",
    "sunra.journeys",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "servestatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_htmx",
    "rules",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random and CSRF tokens are masked, against BREACH
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "sunra.platform.accounts.middleware.AccessMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "sunra.web.urls"
ASGI_APPLICATION = "sunra.web.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "sunra.platform.ui.context.page",
            ],
        },
    },
]

# Two databases: the ledger commits on its own, whatever the request's transaction does.
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


def _database(variable: str, filename: str) -> dict[str, object]:
    """One database's settings from its URL, or a SQLite file in the home folder."""
    config: dict[str, object] = dict(env.db_url(variable, default=f"sqlite:///{HOME / filename}"))
    if str(config["ENGINE"]).endswith("sqlite3"):
        config["OPTIONS"] = SQLITE_OPTIONS
    else:
        config |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return config


DATABASES = {"default": _database("DATABASE_URL", "sunra.sqlite3")}
if env("LEDGER_DATABASE_URL", default="") or DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["ledger"] = _database("LEDGER_DATABASE_URL", "ledger.sqlite3")
else:
    DATABASES["ledger"] = {**DATABASES["default"], "NAME": f"{DATABASES['default']['NAME']}_ledger"}
DATABASE_ROUTERS = ["sunra.platform.ledger.router.LedgerRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

BEHIND_PROXY = env.bool("SUNRA_PROXY", default=False)  # one trusted proxy, which names the caller
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "sunra.platform.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_SESSION_REMEMBER = True  # the session lasts a shift, also when the browser was closed
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,10/10m/key"}  # axes locks earlier, per account and address

WEBAUTHN = env.bool("SUNRA_WEBAUTHN", default=False)
MFA_ADAPTER = "sunra.platform.accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", *(["webauthn"] if WEBAUTHN else [])]
MFA_PASSKEY_LOGIN_ENABLED = WEBAUTHN
MFA_TOTP_ISSUER = SITE_NAME
MFA_RECOVERY_CODES_SHOW_ONCE = True

OIDC_SERVER = env("SUNRA_OIDC_SERVER", default="")
SOCIALACCOUNT_ADAPTER = "sunra.platform.accounts.adapters.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True  # the provider's own id counts from then on
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": env("SUNRA_OIDC_NAME", default="OpenID Connect"),
                "client_id": env("SUNRA_OIDC_CLIENT", default=""),
                "secret": env("SUNRA_OIDC_SECRET", default=""),
                "settings": {"server_url": OIDC_SERVER},
            }
        ]
        if OIDC_SERVER
        else [],
    }
}

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "sunra.platform.accounts.lockout.username"
AXES_CLIENT_IP_CALLABLE = "sunra.platform.accounts.lockout.client_ip"
AXES_LOCKOUT_CALLABLE = "sunra.platform.accounts.lockout.locked"
AXES_DISABLE_ACCESS_LOG = True  # the ledger keeps sign-ins
AXES_SENSITIVE_PARAMETERS = ["username", "login", "email", "password", "ip_address"]
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Rate limits and used one-time codes must be seen by every process.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "sunra_cache"}}

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = sorted(str(path) for path in (ASSETS_DIR / "locale").glob("*") if path.is_dir())
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Seoul"

STATIC_URL = "/static/"
STATIC_ROOT = ASSETS_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "sunra.platform.ui.storage.AssetStorage"},
}
STATICFILES_FINDERS = [
    "sunra.platform.ui.finders.OwnAppsFinder",
    "sunra.platform.ui.finders.AssetFinder",
]
SERVESTATIC_USE_ZSTD = False
SERVESTATIC_KEEP_ONLY_HASHED_FILES = True
SERVESTATIC_USE_MANIFEST = False
SERVESTATIC_USE_STATIC_ROOT = True
SERVESTATIC_ALLOW_ALL_ORIGINS = False

# Where big tables run: embedded, partitioned[n], or a Spark master (local[2], spark://host:7077).
ENGINE = env("SUNRA_ENGINE", default="embedded")
ENGINE_PROCESSES = env.int("SUNRA_ENGINE_PROCESSES", default=1)
ENGINE_MEMORY = env("SUNRA_ENGINE_MEMORY", default="")
ENGINE_SECONDS = env.float("SUNRA_ENGINE_SECONDS", default=900.0)
ENGINE_ROWS = env.int("SUNRA_ENGINE_ROWS", default=50_000_000)

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env("SUNRA_FROM", default="sunra@localhost")

SESSION_COOKIE_AGE = 8 * 3600  # a shift
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS and env.bool("SUNRA_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'", *([OIDC_SERVER] if OIDC_SERVER else [])],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Keys of open interfaces, and relays for networks whose servers cannot reach them ({"https://…": "http://…"}).
CONNECTOR_KEYS = {
    name: env(name, default="")
    for name in ("SUNRA_DATA_GO_KR_KEY", "SUNRA_SEOUL_KEY", "SUNRA_SAFETYDATA_KEY")
}
CONNECTOR_HOSTS = env.json("SUNRA_CONNECTOR_HOSTS", default={})
