"""The checks of the installation that ``manage.py check`` runs."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks


def check_translations(**_: Any) -> list[checks.CheckMessage]:
    """Warn of each language that is not compiled, whose pages would be in English."""
    uncompiled = [
        source.parent.parent.name
        for folder in settings.LOCALE_PATHS
        for source in Path(folder).glob("*/LC_MESSAGES/django.po")
        if not source.with_suffix(".mo").exists()
    ]
    return [
        checks.Warning(
            f"The translations of '{language}' are not compiled.",
            hint="Run: make messages",
            id="core.W001",
        )
        for language in uncompiled
    ]
