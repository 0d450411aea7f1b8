"""The checks of the installation that ``manage.py check`` runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks
from django.db import ProgrammingError, transaction


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


def check_superusers(*, databases: Sequence[str] | None = None, **_: Any) -> list[Any]:
    """Warn of superusers in production, where one account would have every right but to approve."""
    if not (settings.PRODUCTION and databases):
        return []
    try:
        with transaction.atomic():
            count = get_user_model().objects.filter(is_superuser=True).count()
    except ProgrammingError:  # before the first migrate
        return []
    if count == 0:
        return []
    return [
        checks.Warning(
            f"{count} accounts are superusers; production has none.",
            hint="Run: manage.py staff setup, or take the right from them in the database.",
            id="core.W002",
        )
    ]
