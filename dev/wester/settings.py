"""The settings of the stand-in for WESTER ID; production refuses them."""

from django.core.exceptions import ImproperlyConfigured

from config import logs
from config.env import env, local_secret, state_folder
from config.sign_in import read_sign_in
from core.utf8 import require_utf8
from dev.wester.keys import signing_key

require_utf8()
if env.switch("PRODUCTION"):
    raise ImproperlyConfigured(
        "The stand-in for WESTER ID signs anybody in: it does not run with PRODUCTION=1."
    )

LOCAL_STATE_DIR = state_folder()
STATE = LOCAL_STATE_DIR / "wester"
SECRET_KEY = local_secret(STATE / "secret_key")

# The same as the real site's, from the same variables.
SIGN_IN = read_sign_in(state=LOCAL_STATE_DIR)
WESTER_ISSUER = SIGN_IN.issuer
WESTER_CLIENT_ID = SIGN_IN.client_id
WESTER_CLIENT_SECRET = SIGN_IN.client_secret
WESTER_ID_CLAIM = SIGN_IN.id_claim
WESTER_SCOPE = SIGN_IN.scope

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
    "dev.wester",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "dev.wester.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": STATE / "wester.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Codes that were given out and not exchanged yet; one process serves this site.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
# A browser tells sites apart by their names, not by their ports.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "wester_sessionid", "wester_csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

AUTH_USER_MODEL = "wester.Account"
# Only for the client's secret, which is long and random: there is nothing to guess slowly.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "choose"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*"]
IDP_OIDC_ADAPTER = "dev.wester.adapter.WesterAdapter"
IDP_OIDC_PRIVATE_KEY = signing_key(STATE / "signing_key.pem")

LANGUAGE_CODE = "ja"
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"
LOGGING = logs.configuration(level=env.level("LOG_LEVEL"), as_json=False)
LOGGING_CONFIG = "config.logs.configure"
