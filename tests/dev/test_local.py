"""Our own servers stand in only where the environment names none."""

import os
from pathlib import Path

import pytest

from dev import local


def test_name_servers_leaves_an_address_in_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "address").write_text("postgresql://u@h/d\n")
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "address"))
    monkeypatch.setenv("REDIS_URL", "")
    monkeypatch.setenv("LOCAL_STATE_DIR", str(tmp_path))

    local.name_servers()

    assert os.environ["DATABASE_URL"] == ""
    assert os.environ["REDIS_URL"].startswith("unix://")
