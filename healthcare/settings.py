"""One settings file; everything that differs between machines is an environment key.

`.env.example` names every key. Keys without a default must be set outside DEBUG.
"""

import zoneinfo
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

# The pinned tzdata package decides, never the system's older copy.
zoneinfo.reset_tzpath(())

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()
_env_file = env.str("ENV_FILE", default=str(BASE_DIR / ".env"))
if _env_file and Path(_env_file).is_file():
    environ.Env.read_env(_env_file)

FLAGS = {"1": True, "on": True, "true": True, "yes": True}
FLAGS |= {"0": False, "off": False, "false": False, "no": False, "": False}


def flag(name: str) -> bool:
    value = env.str(name, default="").strip().lower()
    if value not in FLAGS:
        raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")
    return FLAGS[value]


def required(name: str, *, development: str) -> str:
    """The key's value; only DEBUG may leave it out."""
    if not (value := env.str(name, default=development if DEBUG else "")):
        raise ImproperlyConfigured(f"Set {name}. See .env.example.")
    return value


def folder(name: str, default: Path) -> Path:
    path = Path(env.str(name, default="") or default)
    return path if path.is_absolute() else BASE_DIR / path


DEBUG = flag("DEBUG")
DEMO = flag("DEMO")
PORT = env.int("PORT", default=8000)
SECRET_KEY = required("SECRET_KEY", development="development-only-secret-key")
AUDIT_KEY = required("AUDIT_KEY", development="development-only-audit-key")
ADMIN_SECRET = env.str("ADMIN_SECRET", default="")
SITE_URL = required("SITE_URL", development=f"http://127.0.0.1:{PORT}").rstrip("/")
SECURE = SITE_URL.startswith("https://")
ALLOWED_HOSTS = required(
    "ALLOWED_HOSTS", development="127.0.0.1,localhost,[::1],testserver"
).split(",")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
DATA_DIR = folder("DATA_DIR", BASE_DIR / ".data")
MEDIA_ROOT = folder("MEDIA_ROOT", DATA_DIR / "media")
MAIL_DIR = DATA_DIR / "mail"
AUDIT_HEAD = DATA_DIR / "audit-head.json"
SIGNING_KEY = DATA_DIR / "report-signing.pem"

INSTALLED_APPS = [
    "clinics.admin_config.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_q",
    "healthcare",
    "healthcare.audit",
    "healthcare.outbox",
    "healthcare.jobs",
    "accounts",
    "clinics",
    "appointments",
    "records",
    "records.charting",
    "records.prescribing",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "healthcare.middleware.request_context",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "healthcare.middleware.session_limits",
    "healthcare.middleware.DefaultDeny",
]

ROOT_URLCONF = "healthcare.urls"
WSGI_APPLICATION = "healthcare.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "healthcare.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR}/healix.db")
}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
    }
    # A file, because browser tests and racing processes share the test database.
    DATABASES["default"]["TEST"] = {
        "NAME": env.str("TEST_SQLITE_FILE", default=f"{DATA_DIR}/test.db")
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared by all processes: rate limits must not multiply with the workers.
CACHES = {
    "default": env.cache_url("CACHE_URL", default="dbcache://healix_cache"),
    "queue": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE_SECONDS = {"patient": 30 * 60, "staff": 15 * 60}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = SECURE

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {
    "join_code": "10/m/ip,60/h/ip",
    "admin_secret": "5/m/ip,5/m/user,30/h/ip",
    "invite": "60/h/user",
    "change_photo": "20/h/user",
    "open_feed": "20/h/user",
    "calendar_feed": "120/m/ip",
    "visit_link": "10/m/ip,60/h/ip,20/h/key",
    # A waiting room shares one address.
    "check_in": "30/m/ip,300/h/ip",
}
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.AddEmailForm",
    "signup": "accounts.forms.SignupForm",
    "free_times": "120/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Healix"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
USERSESSIONS_TRACK_ACTIVITY = False

EMAIL_CONFIG = env.email_url(
    "EMAIL_URL",
    default=f"filemail://{MAIL_DIR}" if DEBUG or DEMO else environ.Env.NOTSET,
)
vars().update(EMAIL_CONFIG)
if EMAIL_CONFIG["EMAIL_BACKEND"].endswith("filebased.EmailBackend"):
    MAIL_DIR.mkdir(parents=True, exist_ok=True)
    EMAIL_FILE_PATH = str(MAIL_DIR)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default="Healix <noreply@healix.test>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SMS_URL = env.str("SMS_URL", default="")

# How many messages and jobs are at work at once on a machine; one worker more stays
# free for the beat (healthcare/watchdog.py).
QUEUE_LANES = {"mail": 2, "job": 2}

# Attempts are counted by our own rows, so max_attempts is none of the queue's business.
# Results are not kept, and counts of the cluster not shared: both would be unpickled.
Q_CLUSTER = {
    "name": "healix",
    "orm": "default",
    "broker_class": "healthcare.queue.Broker",
    "cache": "queue",
    "workers": sum(QUEUE_LANES.values()) + 1,
    "timeout": 600,
    "retry": 900,
    "max_attempts": 0,
    "ack_failures": True,
    "catch_up": False,
    "poll": 0.5,
    "save_limit": -1,
    "queue_limit": 5,
    "bulk": 1,
    "label": "Healix",
}

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": MANIFEST if flag("STATIC_MANIFEST") else PLAIN},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = not DEBUG

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
FORMAT_MODULE_PATH = ["healthcare.formats"]
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"

LOGGING_CONFIG = "healthcare.logs.configure"
LOGGING = {"level": env.str("LOG_LEVEL", default="INFO"), "pretty": DEBUG}
