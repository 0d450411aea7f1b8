"""What `manage.py check` says about the installation."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks


def check_translations(**_: Any) -> list[checks.CheckMessage]:
    """Warn where a language is not compiled: its pages would show the English source instead."""
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
            id="config.W001",
        )
        for language in uncompiled
    ]
