"""UTF-8 in any locale: arguments, file names, streams, refusals."""

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core import utf8
from core.rights import APP
from tests.database import address_of
from tests.factories.campaign import file_bytes
from tests.lottery.forgeries import FILES
from tests.lottery.reference import VERIFIER, write
from tests.outside import NOBODY_LISTENS, ROOT, environment

ASCII = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
STREAMS = {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "latin-1"}
JOURNEY = "のぞみ:東京>新神戸"
APPS = ("core", "bookings", "campaign", "entries", "lottery", "points", "portal", "config", "dev")
PRODUCT = [
    path
    for app in APPS
    for path in sorted((ROOT / app).glob("**/*.py"))
    if "migrations" not in path.parts
]


@pytest.fixture(scope="session")
def latin_1(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of a Latin-1 locale, made for the tests where there is a compiler."""
    compiler = shutil.which("localedef")
    if compiler is None or not Path("/usr/share/i18n/charmaps").is_dir():
        pytest.skip("needs what Debian's package locales makes a locale of")
    folder = tmp_path_factory.mktemp("locales")
    words = [compiler, "-i", "en_US", "-f", "ISO-8859-1", str(folder / "en_US.ISO-8859-1")]
    subprocess.run(words, check=True, capture_output=True)
    return {"LOCPATH": str(folder), "LC_ALL": "en_US.ISO-8859-1"}


@pytest.fixture(params=["ASCII", "streams alone", "Latin-1"])
def foreign(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the environment of a machine that has another encoding than UTF-8."""
    if request.param == "Latin-1":
        found: dict[str, str] = request.getfixturevalue("latin_1")
        return found
    return ASCII if request.param == "ASCII" else STREAMS


def run(
    *words: object, variables: Mapping[str, str], folder: Path = ROOT
) -> "subprocess.CompletedProcess[bytes]":
    """Run Python until it ends; what it reads and writes stays bytes, for they are the question."""
    return subprocess.run(
        [sys.executable, *(os.fsencode(str(word)) for word in words)],
        check=False,
        capture_output=True,
        cwd=folder,
        env=environment(**variables),
        timeout=300,
    )


def on_our_database() -> dict[str, str]:
    return {"DATABASE_URL": address_of(APP), "REDIS_URL": settings.REDIS_URL or ""}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("option", [[], ["-E"]], ids=["as it is", "without Python's variables"])
def test_a_command_reads_and_writes_utf8(foreign: dict[str, str], option: list[str]) -> None:
    words = [*option, "manage.py", "touches", JOURNEY]

    plain = run(*words, variables=on_our_database() | foreign)
    reported = run(*words, "--json", variables=on_our_database() | foreign)

    assert plain.stdout == f"{JOURNEY}: touches\n".encode()
    (journey,) = json.loads(reported.stdout.decode())["journeys"]
    assert (journey["journey"], journey["touches"], journey["error"]) == (JOURNEY, True, None)
    assert JOURNEY.encode() in reported.stdout


@pytest.mark.slow
@pytest.mark.django_db
def test_a_command_finds_files_by_their_names(foreign: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "条件.json"
    file.write_bytes(file_bytes())
    missing = file.with_name("無い.json")

    loaded = run(
        *("manage.py", "campaign", "load", file, "--dry-run"), variables=on_our_database() | foreign
    )
    refused = run("manage.py", "campaign", "load", missing, variables=on_our_database() | foreign)

    assert loaded.returncode == 0, loaded.stderr
    assert refused.stderr.decode() == f"CommandError: {missing}: No such file or directory.\n"


@pytest.mark.slow
def test_a_server_in_another_encoding_is_refused(foreign: dict[str, str]) -> None:
    done = run("-c", "import config.wsgi", variables=NOBODY_LISTENS | foreign)

    assert done.returncode == 1
    assert b"set PYTHONUTF8=1 and unset PYTHONIOENCODING." in done.stderr


@pytest.mark.slow
def test_a_server_starts_in_utf8(foreign: dict[str, str]) -> None:
    mended = {**foreign, "PYTHONUTF8": "1", "PYTHONIOENCODING": ""}

    done = run("-c", "import config.wsgi", variables=NOBODY_LISTENS | mended)

    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("module", ["dev.stop", "dev.wester"])
def test_our_other_programs_restart_in_utf8(foreign: dict[str, str], module: str) -> None:
    reported = run("-X", "importtime", "-m", module, "--help", variables=foreign).stderr

    assert reported.count(b"import time: self") == 2  # a heading of each start


@pytest.mark.slow
def test_the_verifier_gives_the_same_result_in_any_encoding(
    foreign: dict[str, str], tmp_path: Path
) -> None:
    bundle = write(FILES, tmp_path / "抽選")
    (tmp_path / "違う").mkdir()

    accepted, refused = (
        run(VERIFIER, folder, folder=tmp_path, variables=foreign)
        for folder in (bundle, tmp_path / "違う")
    )

    assert (accepted.returncode, refused.returncode) == (0, 1), accepted.stdout
    assert accepted.stdout.splitlines()[-1].startswith(b"ACCEPTED")
    assert accepted.stdout.isascii()
    assert refused.stdout.isascii()


def test_utf8_is_required_of_every_part(monkeypatch: pytest.MonkeyPatch) -> None:
    assert utf8.find_other_encoding() is None
    for name, value in (("getfilesystemencoding", "iso8859-1"), ("getfilesystemencoding", "ascii")):
        with monkeypatch.context() as patch:
            patch.setattr(sys, name, lambda value=value: value)
            with pytest.raises(ImproperlyConfigured, match=f"reads and writes {value}, "):
                utf8.require_utf8()


def text_without_encoding(tree: ast.AST) -> Iterator[int]:
    """Yield the lines on which text is read or written by whatever the machine prefers."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        if {"encoding", "force_zip64"} & given.keys():  # the second is a file in a zip, of bytes
            continue
        takes_text = "True" in {
            ast.unparse(given[one]) for one in ("text", "universal_newlines") if one in given
        }
        reads = name == "read_text" and not node.args
        writes = name == "write_text" and len(node.args) < 2
        if takes_text or reads or writes or (name in OPENING and mode_of(node, name) in TEXT):
            yield node.lineno


OPENING = {"open": "r", "fdopen": "r", "NamedTemporaryFile": "w+b", "TemporaryFile": "w+b"}
TEXT = {"r", "w", "x", "a", "r+", "w+", "a+"}


def mode_of(call: ast.Call, name: str) -> object:
    """Return the mode in which a call opens a file; of os.open, which has flags, none."""
    modes = [
        value.value
        for value in (*call.args, *(each.value for each in call.keywords if each.arg == "mode"))
        if isinstance(value, ast.Constant)
    ]
    has_flags = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "os"
    return None if has_flags and name == "open" else next(iter(modes), OPENING[name])


def test_text_names_its_encoding() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in PRODUCT
        for line in text_without_encoding(ast.parse(path.read_bytes()))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("p.read_text()", 1),
        ('p.read_text("utf-8")', 0),
        ("p.write_text(words)", 1),
        ('p.write_text(words, "utf-8")', 0),
        ('p.open("a+")', 1),
        ("p.open()", 1),
        ('p.open("ab")', 0),
        ("os.open(p, os.O_RDONLY)", 0),
        ('NamedTemporaryFile("w")', 1),
        ("NamedTemporaryFile()", 0),
        ("run(words, text=True)", 1),
        ('run(words, text=True, encoding="utf-8")', 0),
    ],
)
def test_text_without_encoding_is_found(text: str, found: int) -> None:
    assert len(list(text_without_encoding(ast.parse(text)))) == found
