"""All settings: read from the environment, safe for production.

With PRODUCTION=1 everything that belongs to a developer's machine is refused (config.production).
Such a machine has settings of its own on top of these, and servers of its own (dev.settings).
"""

from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import logs
from config.database import connection_settings
from config.draw import DAY, read_draw, read_single_key
from config.env import ROOT, env, local_secret, state_folder
from config.production import production_refusals
from config.redis import BROKER_TIMEOUTS, CACHE_TIMEOUTS, read_redis
from config.sign_in import read_sign_in
from core.utf8 import require_utf8

require_utf8()
BASE_DIR = ROOT
LOCAL_STATE_DIR = state_folder()

PRODUCTION = env.switch("PRODUCTION")
DEBUG = env.switch("DEBUG")
DEMO_MODE = env.switch("DEMO_MODE")
CAMPAIGN_NOW = env.moved_clock("CAMPAIGN_NOW")
ALLOW_COMMAND_APPROVAL = env.switch("ALLOW_COMMAND_APPROVAL", default=DEMO_MODE)
# Whether staff pages take a second factor besides the password.
STAFF_SECOND_FACTOR = env.switch("STAFF_SECOND_FACTOR", default=PRODUCTION)

# Which service of docker-compose.yml this is; it needs no others' secrets (config.production).
SERVICE = env.str("SERVICE", "")

OWNER = env.database("DATABASE_OWNER_URL")
DATABASE = env.database("DATABASE_URL") or (OWNER if SERVICE == "migrate" else None)
REDIS = read_redis("REDIS_URL")

# Sessions and signed values of former keys stay valid while these keys are listed.
SECRET_KEY, *SECRET_KEY_FALLBACKS = env.secrets("SECRET_KEY") or [""]
SIGN_IN = read_sign_in(state=None if PRODUCTION else LOCAL_STATE_DIR)
DRAW = read_draw(state=None if PRODUCTION else LOCAL_STATE_DIR)
# 32 bytes: erased members' identifiers are hashed under it. It is never replaced: what it hashed is
# gone, so that nothing could be hashed again (docs/retention.md).
ERASURE_KEY = read_single_key(
    "ERASURE_KEY",
    None if PRODUCTION else LOCAL_STATE_DIR,
    why="an erased identifier cannot be hashed again",
)

if PRODUCTION and (
    refusals := production_refusals(
        debug=DEBUG,
        demo_mode=DEMO_MODE,
        moved_clock=CAMPAIGN_NOW is not None,
        command_approval=ALLOW_COMMAND_APPROVAL,
        second_factor=STAFF_SECOND_FACTOR,
        secret_key=SECRET_KEY,
        database=DATABASE is not None,
        redis=REDIS is not None,
        sign_in=SIGN_IN.may_serve,
        draw=DRAW.may_serve,
        erasure=bool(ERASURE_KEY) and ERASURE_KEY not in (DRAW.key, DRAW.signing_key),
        service=SERVICE,
    )
):
    raise ImproperlyConfigured(" ".join(refusals))
if CAMPAIGN_NOW and not DEMO_MODE:
    raise ImproperlyConfigured("CAMPAIGN_NOW moves the clock only where DEMO_MODE=1.")
if DRAW.min_gap_s < DAY and not DEMO_MODE:
    raise ImproperlyConfigured("DRAW_MIN_GAP_S is less than a day only where DEMO_MODE=1.")

if not PRODUCTION:
    SECRET_KEY = SECRET_KEY or local_secret(LOCAL_STATE_DIR / "secret_key")
    if DATABASE is None or REDIS is None:
        raise ImproperlyConfigured("The site needs DATABASE_URL and REDIS_URL.")
if OWNER and DATABASE and OWNER is not DATABASE:
    if OWNER["NAME"] != DATABASE["NAME"]:
        raise ImproperlyConfigured("DATABASE_OWNER_URL and DATABASE_URL name two databases.")
    if OWNER["USER"] == DATABASE["USER"]:
        raise ImproperlyConfigured("DATABASE_OWNER_URL and DATABASE_URL name the same role.")
REDIS_URL = REDIS.url if REDIS else ""

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", default=[] if PRODUCTION else LOCAL_HOSTS)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

# Django's own first: the roles' permissions are granted after its post_migrate has made them.
INSTALLED_APPS = [
    "core.admin_config.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "portal",
    "points",
    "lottery",
    "entries",
    "campaign",
    "bookings",
    "core",
]
MIDDLEWARE = [
    "config.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.ChosenLanguage",
    "portal.middleware.PlainText",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "core.sign_in.middleware.Authentication",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.middleware.RefusedPages",
    "portal.middleware.UnfitLists",
    "portal.middleware.DatabaseAway",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# A service that has no database, or no cache, uses Django's that refuse or forget everything.
DATABASES = (
    {"default": connection_settings(DATABASE, pool_size=env.optional_count("DATABASE_POOL"))}
    if DATABASE
    else {}
)
# As whom migrate connects, and nothing else does: the owner of the schema.
DATABASE_OWNER = connection_settings(OWNER, pool_size=None) if OWNER else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        # Django's own serializer loads pickles: a write to Redis would run any command here.
        "OPTIONS": {**CACHE_TIMEOUTS, "serializer": "config.json_cache.JsonSerializer"},
    }
    if REDIS
    else {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}

# Messages only wake workers: what is due is read from Postgres, so a task may be lost, doubled or
# killed.
CELERY_BROKER_URL = REDIS.broker_url if REDIS else "memory://"
CELERY_BROKER_USE_SSL = REDIS.tls if REDIS else {}
CELERY_BROKER_TRANSPORT_OPTIONS = BROKER_TIMEOUTS
# JSON in both directions: a message in another format is rejected unread. Nobody sends workers
# commands, which anybody who can write to Redis could do as well.
CELERY_ACCEPT_CONTENT = CELERY_RESULT_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = CELERY_EVENT_SERIALIZER = "json"
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker waits for a broker that refuses writes, as for one that is away.
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_TIMEZONE = "Asia/Tokyo"
CELERY_BEAT_SCHEDULER = "config.beat:SteadyScheduler"
# Seconds. No message expires: a worker's clock may differ from beat's, and an extra one does no
# harm.
CELERY_BEAT_SCHEDULE = {
    "start_due_runs": {"task": "campaign.tasks.start_due_runs", "schedule": 60},
    "start_due_work": {"task": "points.tasks.start_due_work", "schedule": 60},
    "watch_inbox": {"task": "entries.tasks.watch_inbox", "schedule": 60},
    "store_reason_counts": {"task": "campaign.tasks.store_reason_counts", "schedule": 300},
    "store_forecasts": {"task": "lottery.tasks.store_forecasts", "schedule": 300},
    "seal_audit": {"task": "core.tasks.seal_audit", "schedule": 60},
    "note_beat": {"task": "core.tasks.note_beat", "schedule": 60},
    "clear_sessions": {"task": "entries.tasks.clear_sessions", "schedule": 60 * 60},
}

# The folder that upstream delivers feed files to; without it no folder is watched.
FEED_INBOX = env.str("FEED_INBOX", "")

# 32 bytes each: what a draw's own keys are encrypted under, and the seed of the Ed25519 key.
DRAW_KEY, DRAW_KEY_FALLBACKS, DRAW_SIGNING_KEY = DRAW.key, DRAW.former_keys, DRAW.signing_key
DRAW_MIN_GAP_S = DRAW.min_gap_s
# The local beacon chain of demo and tests stores its key here.
DRAW_CHAIN_FOLDER = LOCAL_STATE_DIR / "chain"
# The servers that rounds of drand are fetched from; each answer is verified, so none is trusted.
DRAND_RELAYS = env.relays(
    "DRAND_RELAYS",
    default=[
        "https://api.drand.sh",
        "https://api2.drand.sh",
        "https://api3.drand.sh",
        "https://drand.cloudflare.com",
    ],
)

AUTH_USER_MODEL = "core.User"
# The first is that of staff; a session names the one it came through.
AUTHENTICATION_BACKENDS = [
    "core.sign_in.backends.StaffBackend",
    "core.sign_in.backends.MemberBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "core.password_words.ContextWordsValidator"},
]
CSRF_FAILURE_VIEW = "portal.errors.csrf_failed"
# Members sign in with WESTER ID only; staff with a password, at the admin's own page.
LOGIN_URL = "entries:sign_in"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
WESTER_ISSUER = SIGN_IN.issuer
WESTER_CLIENT_ID = SIGN_IN.client_id
WESTER_CLIENT_SECRET = SIGN_IN.client_secret
WESTER_CLIENT_SECRET_FALLBACKS = SIGN_IN.former_client_secrets
WESTER_ID_CLAIM = SIGN_IN.id_claim
WESTER_SCOPE = SIGN_IN.scope
WESTER_LOGIN_ORIGINS = SIGN_IN.login_origins
# Requests to WESTER ID at the same time, each process; fewer than it has threads.
WESTER_MAX_REQUESTS = env.count("WESTER_MAX_REQUESTS", default=2)
ACCOUNT_ADAPTER = "entries.sign_in.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_ADAPTER = "entries.sign_in.adapters.SocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
# The second factors of staff; their pages are ours (core.account).
MFA_ADAPTER = "core.sign_in.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Dodonto"
MFA_TOTP_TOLERANCE = 1  # half a minute before and after
MFA_RECOVERY_CODE_DIGITS = 12
# How a browser is recognised in which an account signed in before (core.sign_in.devices).
STAFF_DEVICE_COOKIE_NAME = "__Host-device" if PRODUCTION else "device"

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", ROOT / "staticfiles")
STATICFILES_DIRS = [ROOT / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
if PRODUCTION:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "config.static_files.StaticFiles"},
    }

# What browsers may load. Pages have no inline script or style and load nothing from elsewhere.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *WESTER_LOGIN_ORIGINS],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
# What a browser must return with WESTER ID's answer (entries.sign_in.pending).
SIGN_IN_COOKIE_NAME = "signing_in"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
if PRODUCTION:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME, SIGN_IN_COOKIE_NAME = "__Host-language", "__Host-signing_in"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz/", r"^metrics$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

# The bearer token for /metrics; without it there is no such page.
METRICS_TOKEN = env.secret("METRICS_TOKEN")
# Where the web server's processes share their counters; the server sets it (config.webserver).
METRICS_FOLDER = env.str("PROMETHEUS_MULTIPROC_DIR", "")

LOG_LEVEL = env.level("LOG_LEVEL")
LOGGING = logs.configuration(level=LOG_LEVEL, as_json=PRODUCTION)
LOGGING_CONFIG = "config.logs.configure"
