"""The wiring as an app, so that its checks and its migrate are found."""

from django.apps import AppConfig
from django.core.checks import register

from config.checks import check_translations


class WiringConfig(AppConfig):
    """Settings, addresses, workers."""

    name = "config"

    def ready(self) -> None:
        """Register our checks."""
        register(check_translations)
