"""The demo and its commands, as an app of a developer's machine."""

from django.apps import AppConfig


class DevConfig(AppConfig):
    """What a developer's machine has and production never."""

    name = "dev"
