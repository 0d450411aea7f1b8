"""The app and what it registers with the apps below it."""

from django.apps import AppConfig


class EntriesConfig(AppConfig):
    """Who takes part."""

    name = "entries"
