"""Production names every static file by its hash, also in imports of scripts."""

import re
from pathlib import Path

from django.core.management import call_command
from pytest_django import Settings

IMPORTED = re.compile(r'from "\./([^"]+)"')
OF_ITS_BYTES = re.compile(r"\w+\.[0-9a-f]{12}\.js")


def test_scripts_import_the_hashed_names(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "config.static_files.StaticFiles"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    scripts = [
        path for path in (tmp_path / "lottery").glob("*.js") if OF_ITS_BYTES.fullmatch(path.name)
    ]
    imported = {name for path in scripts for name in IMPORTED.findall(path.read_text("utf-8"))}
    assert len(imported) == 5
    assert imported <= {path.name for path in scripts}
