"""The wiring: settings, URLs, servers and workers."""

import os
from importlib.util import find_spec

# A checkout has the package dev with its own settings; production does not install it.
os.environ.setdefault(
    "DJANGO_SETTINGS_MODULE", "dev.settings" if find_spec("dev") else "config.settings"
)

from config.celery import app as celery_app

__all__ = ["celery_app"]
