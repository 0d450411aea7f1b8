"""The app and what it registers with the apps below it."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """What people see across the apps; it holds no models and nothing imports it."""

    name = "portal"
