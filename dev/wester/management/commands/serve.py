"""``serve``: bring the database up to date, register the site, and answer until Ctrl-C."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from dev.wester.clients import ensure_client


class Command(BaseCommand):
    """Stand in for WESTER ID until Ctrl-C."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare which sites may send members here."""
        parser.add_argument(
            "--site",
            action="append",
            default=[],
            metavar="URL",
            help="a further address of the real site (http://127.0.0.1 on any port is known)",
        )

    def handle(self, *args: Any, site: list[str], **_: Any) -> None:
        """Prepare and serve."""
        issuer = urlsplit(settings.WESTER_ISSUER)
        if issuer.scheme != "http" or issuer.hostname not in settings.ALLOWED_HOSTS:
            raise ImproperlyConfigured(
                "WESTER_ISSUER names a real WESTER ID: unset it to use the stand-in."
            )
        call_command("migrate", verbosity=0)
        ensure_client(site)
        self.stderr.write(
            f"The stand-in for WESTER ID answers at {settings.WESTER_ISSUER}", style_func=str
        )
        call_command(
            "runserver", f"{issuer.hostname}:{issuer.port or 80}", use_reloader=False, verbosity=0
        )
