"""What every test stands on."""

from pathlib import Path

from django.utils.translation.reloader import translation_file_changed

from config.translations.catalogs import compile_all

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    """Have the translations compiled, also where the tests were not started by make."""
    for file in compile_all(ROOT, only_stale=True):
        # Django is set up by now and may have read what stood there before.
        translation_file_changed(sender=None, file_path=file)
