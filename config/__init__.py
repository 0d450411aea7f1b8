"""Wiring: settings, addresses, workers."""

import os
from importlib.util import find_spec

# A developer's checkout has settings of its own; production has no such package.
os.environ.setdefault(
    "DJANGO_SETTINGS_MODULE", "dev.settings" if find_spec("dev") else "config.settings"
)

from config.celery import app as celery_app

__all__ = ["celery_app"]
