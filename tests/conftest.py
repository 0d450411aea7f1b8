"""What every test stands on."""

from pathlib import Path

from config.translations.catalogs import compile_all

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    """Have the translations compiled, also where the tests were not started by make."""
    compile_all(ROOT, only_stale=True)
