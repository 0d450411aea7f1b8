"""The folders of the embedded servers: the same for one state folder by any of its names."""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from dev.embedded.state_folder import MAX_SOCKET_FOLDER_BYTES, StateFolder
from dev.refusals import ServiceFailed

LONGEST_SOCKET_PATH = 107


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("plain", id="plain"),
        pytest.param("with two  spaces", id="spaces"),
        pytest.param('quote\'s and "more"', id="quotes"),
        pytest.param("キャンペーン", id="Japanese"),
        pytest.param("100%41+?#&=$`\\", id="characters of URLs and shells"),
    ],
)
def test_places_addresses_lead_to_the_folder(name: str) -> None:
    places = StateFolder(Path("/srv") / name)

    database, broker = urlsplit(places.database_url), urlsplit(places.broker_url)

    assert parse_qs(database.query)["host"] == [str(places.sockets)]
    assert unquote(broker.path) == str(places.valkey_socket)
    assert places.sockets == Path("/srv") / name / "run"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("x" * 200, id="a long one"),
        pytest.param("長" * 30, id="long in bytes, not in characters"),
        pytest.param("a,b", id="one with a comma, which would be two hosts"),
    ],
)
def test_places_sockets_stand_elsewhere_where_a_path_does_not_serve(name: str) -> None:
    places = StateFolder(Path("/srv") / name)

    assert places.sockets.parent == Path("/tmp")
    assert len(os.fsencode(places.sockets / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET_PATH


def test_places_longest_socket_folder_is_used_to_its_last_byte() -> None:
    longest = "/" + "x" * (MAX_SOCKET_FOLDER_BYTES - len("/") - len("/run"))

    assert StateFolder(Path(longest)).sockets == Path(longest) / "run"
    assert StateFolder(Path(longest + "x")).sockets.parent == Path("/tmp")


def test_places_are_the_same_by_every_name_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 30)
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)

    assert StateFolder(tmp_path / "link").sockets == StateFolder(folder).sockets
    assert StateFolder(folder / ".." / folder.name).mark == StateFolder(folder).mark


def test_places_differ_for_two_folders(tmp_path: Path) -> None:
    one, other = StateFolder(tmp_path / ("a" * 100)), StateFolder(tmp_path / ("b" * 100))

    assert one.sockets != other.sockets
    assert one.mark != other.mark


def test_places_do_not_follow_tmpdir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    before = StateFolder(long).sockets
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    assert StateFolder(long).sockets == before


def test_make_keeps_others_out(tmp_path: Path) -> None:
    places = StateFolder(tmp_path / "new")

    places.create(places.state)

    assert places.state.stat().st_mode & 0o777 == 0o700


def test_make_refuses_a_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    places = StateFolder(tmp_path / "file" / "state")

    with pytest.raises(ServiceFailed, match=r"cannot be used \(Not a directory\); set LOCAL_STATE"):
        places.create(places.state)


def test_make_refuses_anothers_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    another = tmp_path.stat().st_uid + 1
    monkeypatch.setattr(os, "geteuid", lambda: another)

    with pytest.raises(ServiceFailed, match="belongs to another user"):
        StateFolder(tmp_path).create(tmp_path)


def test_locked_refuses_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "services.lock").mkdir()

    with pytest.raises(ServiceFailed, match="cannot be used"), StateFolder(tmp_path).lock():
        pytest.fail("the lock was given")
