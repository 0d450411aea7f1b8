"""The settings of a developer's machine: the site's, with what stands in for the real world."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.env import ROOT, env
from dev import local
from dev.embedded.state_folder import StateFolder

local.name_servers()

from config.settings import *  # noqa: E402, F403 - the servers have their addresses only now
from config.settings import (  # noqa: E402
    INSTALLED_APPS,
    LOCAL_STATE_DIR,
    PRODUCTION,
    STATICFILES_DIRS,
    TEMPLATES,
)

if PRODUCTION:
    raise ImproperlyConfigured("Production runs with DJANGO_SETTINGS_MODULE=config.settings.")

DEV = Path(__file__).resolve().parent
INSTALLED_APPS = [*INSTALLED_APPS, "dev"]
ROOT_URLCONF = "dev.urls"
# In front of the site's own: the demo's bar stands on every page.
TEMPLATES = [{**TEMPLATES[0], "DIRS": [DEV / "templates", ROOT / "templates"]}]
STATICFILES_DIRS = [*STATICFILES_DIRS, DEV / "static"]
EMBEDDED_DATABASE = env.secret("DATABASE_URL") == StateFolder(LOCAL_STATE_DIR).database_url

DEMO_SERVE = env.switch("DEMO_SERVE", default=True)
PORT = env.port("PORT", default=8000)
# What the demo plays: sample feeds for so many members, or the feed files of a folder.
DEMO_CAMPAIGN = env.str("CAMPAIGN", "012025121203")  # one that ships: campaign/data
DEMO_MEMBERS = env.count("MEMBERS", default=100_000)
DEMO_FEEDS = env.str("FEEDS", "")
