"""The app of a developer's machine: the demo and its command."""

from django.apps import AppConfig


class DevConfig(AppConfig):
    """What a developer's machine has and production never."""

    name = "dev"
