"""``manage.py check`` warns of languages that are not compiled, and of superusers."""

from pathlib import Path
from typing import Any

import pytest

from core.checks import check_superusers, check_translations
from tests.factories.campaign import UserFactory


def test_check_translations_warns_of_a_language_that_is_not_compiled(
    settings: Any, tmp_path: Path
) -> None:
    source = tmp_path / "ja" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.touch()
    settings.LOCALE_PATHS = [tmp_path]

    (warning,) = check_translations()
    source.with_suffix(".mo").touch()

    assert warning.msg == "The translations of 'ja' are not compiled."
    assert check_translations() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("production", "databases", "count"),
    [(True, ["default"], 1), (True, None, 0), (False, ["default"], 0)],
    ids=["production", "without the database", "elsewhere"],
)
def test_check_superusers_warns_in_production(
    settings: Any, production: bool, databases: list[str] | None, count: int
) -> None:
    settings.PRODUCTION = production
    UserFactory.create(role="accounts")
    assert check_superusers(databases=databases) == []
    UserFactory.create(is_superuser=True)

    warnings = check_superusers(databases=databases)

    assert [one.id for one in warnings] == ["core.W002"] * count
