"""The secrets of a new host: all there, once, and readable by nobody who finds the folder."""

import hashlib
from pathlib import Path

import pytest

from config import new_secrets
from tests.outside import ROOT, run_python

MADE = {
    "secret_key",
    "draw_key",
    "draw_signing_key",
    "erasure_key",
    "metrics_token",
    "postgres_password",
    "database_owner_url",
    "database_url",
    "redis_url",
    "redis_users",
}


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_secrets_are_made_once_and_differ_on_each_host(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert [new_secrets.main([str(folder)]) for folder in (first, second)] == [0, 0]
    made = contents(first)
    said = capsys.readouterr().out

    assert new_secrets.main([str(first)]) == 0
    assert "Wrote nothing" in capsys.readouterr().out

    assert made == contents(first)
    assert made.keys() == MADE
    assert not set(made.values()) & set(contents(second).values())
    assert "wester_client_secret" in said
    assert [text for text in made.values() if text.strip() in said] == []
    # Only root enters the folder; a file is mounted into containers whose users differ.
    assert first.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in first.iterdir()} == {0o444}


@pytest.mark.parametrize(
    ("removed", "made_again"),
    [
        pytest.param(["draw_key"], {"draw_key"}, id="a key: by itself"),
        pytest.param(
            ["redis_url", "redis_users"], {"redis_url", "redis_users"}, id="both of a password"
        ),
        pytest.param(["redis_url"], set(), id="half of a password: nothing that would not fit"),
        pytest.param(["database_url"], set(), id="one of the database's"),
    ],
)
def test_only_what_is_missing_is_made(
    removed: list[str], made_again: set[str], tmp_path: Path
) -> None:
    new_secrets.main([str(tmp_path)])
    before = contents(tmp_path)
    for name in removed:
        (tmp_path / name).unlink()

    new_secrets.main([str(tmp_path)])

    after = contents(tmp_path)
    assert after.keys() == (before.keys() - set(removed)) | made_again
    assert {name for name in after if after[name] != before[name]} == made_again


def test_redis_stores_a_hash_of_the_password_in_the_address(tmp_path: Path) -> None:
    new_secrets.main([str(tmp_path)])
    made = contents(tmp_path)
    password = made["redis_url"].split(":")[2].split("@")[0]

    assert password not in made["redis_users"]
    assert f"#{hashlib.sha256(password.encode()).hexdigest()} " in made["redis_users"]
    assert made["redis_users"].startswith("user default off\n")


def test_it_runs_on_a_host_without_our_packages(tmp_path: Path) -> None:
    done = run_python("-I", "-S", str(ROOT / "config" / "new_secrets.py"), str(tmp_path / "made"))
    assert (done.returncode, done.stderr) == (0, "")
    assert contents(tmp_path / "made").keys() == MADE


def test_bad_use_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new_secrets.main([]) == 2
    (tmp_path / "file").write_text("")
    assert new_secrets.main([str(tmp_path / "file")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 2
