"""``manage.py check`` warns of languages that are not compiled."""

from pathlib import Path
from typing import Any

from core.checks import check_translations


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
