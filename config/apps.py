"""The wiring as an app, so that it can act once Django is set up."""

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import register

from config.checks import check_translations


class WiringConfig(AppConfig):
    """Start what is missing before anybody asks for it."""

    name = "config"

    def ready(self) -> None:
        """Register our checks; have the servers running that the environment does not name."""
        register(check_translations)
        if settings.EMBEDDED_DATABASE or settings.EMBEDDED_REDIS:
            # Not at the top: with real servers nothing embedded is imported.
            from config.embedded import services

            services.ensure_running(
                settings.LOCAL_STATE_DIR,
                database=settings.EMBEDDED_DATABASE,
                broker=settings.EMBEDDED_REDIS,
            )
