"""Each change of a published bundle is refused, at the step that the protocol names."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.lottery.plans import ENDS_INSIDE
from tests.lottery.reference import (
    OTHER_SIGNING_KEY,
    SIGNING_KEY,
    Files,
    canonical,
    drawn_files,
    sha,
    signed,
    write,
)
from tests.lottery.verifying import Bundle, assert_refused, flipped, others, verify

PLAN = ENDS_INSIDE
FILES = drawn_files(PLAN)
# The step that each file is judged at.
STEP_OF_FILE = {
    "manifest.json": 1,
    "manifest.sig": 1,
    "terms.json": 3,
    "verify_draw.py": 3,
    "entries.bin": 4,
    "round.json": 6,
    "result.json": 6,
    "winners.csv": 8,
}
STEP_OF_RESULT = {
    "schema": 10,
    "manifest_sha256": 10,
    "round": 6,
    "signature": 6,
    "randomness": 6,
    "seed": 7,
    "winners": 10,
    "total_points": 10,
    "leftover_points": 10,
    "winners_sha256": 10,
}
STEP_OF_COLUMN = {
    "prize": 8,
    "rank": 8,
    "pid": 8,
    "reward": 9,
    "award": 10,
    "lot": 8,
    "m": 9,
    "others": 9,
    "cumulative": 10,
}
# Forms of a file that its own check must refuse, whatever the file is.
RUINS = {
    "empty": lambda content: content[:0],
    "cut short by a byte": lambda content: content[:-1],
    "a byte more": lambda content: content + b"\x00",
    "twice": lambda content: content * 2,
    "other bytes": lambda content: b"\xff" + content[::-1],
    "zeros": lambda content: bytes(len(content)),
}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    made = Bundle(FILES, tmp_path_factory.mktemp("altered"))
    assert verify(made.folder).status == 0
    return made


def step_of_field(name: str, field: str) -> int:
    return STEP_OF_RESULT.get(field, 10) if name == "result.json" else STEP_OF_FILE[name]


def places_in(value: Any, field: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield each value at any depth: the field of the file, the object or list, its key in it."""
    keys = range(len(value)) if isinstance(value, list) else list(value)
    for key in keys:
        yield field or str(key), value, key
        if isinstance(value[key], (dict, list)):
            yield from places_in(value[key], field or str(key))


def altered(name: str) -> Iterator[tuple[str, Any]]:
    """Yield a JSON file with each value altered, left out, or something added, at any depth."""
    content = json.loads(FILES[name])
    for field, inside, key in list(places_in(content)):
        value = inside[key]
        for other in others(value):
            inside[key] = other
            yield field, content
        inside[key] = value
        del inside[key]
        yield field, content
        if isinstance(inside, list):
            inside.insert(key, value)
            inside.append(value)
            yield field, content
            inside.pop()
        else:
            inside[key] = value
            inside["zz"] = 1
            yield "zz" if inside is content else field, content
            del inside["zz"]
    for extra in ("", "zz", "Round"):
        yield extra, content | {extra: 1}


@pytest.mark.parametrize("name", ["manifest.json", "terms.json", "round.json", "result.json"])
def test_every_changed_field_is_refused(bundle: Bundle, name: str) -> None:
    count = 0
    for field, content in altered(name):
        outcome = bundle.verify_with({name: canonical(content)})
        assert_refused(outcome, step_of_field(name, field))
        count += 1

    assert count > 5 * len(json.loads(FILES[name]))


@pytest.mark.parametrize("name", ["manifest.json", "terms.json", "round.json", "result.json"])
@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda value: json.dumps(value, indent=1), id="with white space"),
        pytest.param(
            lambda value: json.dumps(value, separators=(",", ":")) + "\n", id="a line end"
        ),
        pytest.param(
            lambda value: json.dumps(dict(reversed(value.items())), separators=(",", ":")),
            id="keys in another order",
        ),
        pytest.param(
            lambda value: canonical(value).decode().replace('{"', '{"\\u0061', 1),
            id="a letter escaped",
        ),
        pytest.param(lambda value: '{"round":1,' + canonical(value).decode()[1:], id="a key twice"),
    ],
)
def test_json_must_be_canonical(bundle: Bundle, name: str, written: Any) -> None:
    """result.json can be read as the same values in another form: that is for step 10."""
    text = written(json.loads(FILES[name])).encode()

    outcome = bundle.verify_with({name: text})

    assert_refused(outcome, 10 if name == "result.json" else STEP_OF_FILE[name])


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig", "terms.json", "round.json"])
def test_every_changed_byte_of_a_small_file_is_refused(bundle: Bundle, name: str) -> None:
    for position in range(len(FILES[name])):
        outcome = bundle.verify_with({name: flipped(FILES[name], position)})
        assert_refused(outcome, STEP_OF_FILE[name])


def test_every_changed_byte_of_the_entries_is_refused(bundle: Bundle) -> None:
    for position in range(len(FILES["entries.bin"])):
        outcome = bundle.verify_with({"entries.bin": flipped(FILES["entries.bin"], position)})
        assert_refused(outcome, 4)


def test_changed_bytes_of_the_program_are_refused(bundle: Bundle) -> None:
    size = len(FILES["verify_draw.py"])
    for position in [0, size - 1, *random.Random(5).sample(range(size), 50)]:
        changed = {"verify_draw.py": flipped(FILES["verify_draw.py"], position)}
        assert_refused(bundle.verify_with(changed), 3)


def test_every_changed_byte_of_the_result_is_refused(bundle: Bundle) -> None:
    text = FILES["result.json"]
    for position in range(len(text)):
        changed = flipped(text, position)
        try:
            json.loads(changed.decode("latin-1"))
        except ValueError:
            step = 6  # what cannot be read at all cannot be compared with the round
        else:
            step = step_of_field("result.json", field_at(text, position))
        assert_refused(bundle.verify_with({"result.json": changed}), step)


def field_at(text: bytes, position: int) -> str:
    """Return the field of a canonical flat object that a byte of it lies in."""
    begun = text[1 : position + 1].count(b',"')
    fields: list[str] = sorted(json.loads(text))
    return fields[min(begun, len(fields) - 1)]


def test_every_changed_byte_of_the_winners_is_refused(bundle: Bundle) -> None:
    rows, position = FILES["winners.csv"].decode().splitlines(keepends=True), 0
    for number, row in enumerate(rows):
        for index, sign in enumerate(row):
            changed = flipped(FILES["winners.csv"], position + index)
            column = [*STEP_OF_COLUMN.values(), 10][row[:index].count(",")]
            steps = [10] if number == 0 else [column]
            if {sign, chr(changed[position + index])} & {",", "\n"}:
                steps = [8, 9, 10]  # the columns or rows are others
            assert_refused(bundle.verify_with({"winners.csv": changed}), *steps)
        position += len(row)


@pytest.mark.parametrize("name", STEP_OF_FILE)
@pytest.mark.parametrize("ruin", RUINS.values(), ids=RUINS)
def test_every_file_must_have_its_form(bundle: Bundle, name: str, ruin: Any) -> None:
    steps = [8, 10] if name == "winners.csv" else [STEP_OF_FILE[name]]

    assert_refused(bundle.verify_with({name: ruin(FILES[name])}), *steps)


@pytest.mark.parametrize("name", STEP_OF_FILE)
def test_every_file_must_be_there(tmp_path: Path, name: str) -> None:
    folder = write(FILES, tmp_path)
    (folder / name).unlink()

    assert_refused(verify(folder), STEP_OF_FILE[name])
    assert_refused(verify(folder, "--before-draw"), STEP_OF_FILE[name])


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "winners.csv.bak", "ROUND.JSON", "漢字"])
@pytest.mark.parametrize("is_folder", [False, True], ids=["a file", "a folder"])
def test_nothing_else_may_be_there(tmp_path: Path, name: str, is_folder: bool) -> None:
    folder = write(FILES, tmp_path)
    if is_folder:
        (folder / name).mkdir()
    else:
        (folder / name).write_bytes(b"")

    assert_refused(verify(folder), 3)


DESKTOP_FILES = [
    ".DS_Store",
    "._entries.bin",
    ".localized",
    "Icon\r",
    "__MACOSX",
    "desktop.ini",
    "Desktop.ini",
    "Thumbs.db",
    "ehthumbs.db",
    ".directory",
]


@pytest.mark.parametrize("name", DESKTOP_FILES)
@pytest.mark.parametrize("is_folder", [False, True], ids=["a file", "a folder"])
def test_files_of_file_managers_are_listed_and_ignored(
    tmp_path: Path, name: str, is_folder: bool
) -> None:
    folder = write(FILES, tmp_path)
    if is_folder:
        (folder / name).mkdir()
    else:
        (folder / name).write_bytes(b"\0\0\0\1Bud1")

    outcome = verify(folder)

    assert outcome.status == 0
    (said,) = [line for line in outcome.lines if line.startswith("(3)")]
    assert said.endswith(f"; passed over what desktops put there: {ascii(name)[1:-1]}")


@pytest.mark.parametrize("name", [".DS_Store.bak", "xdesktop.ini", "_.DS_Store", "Icon"])
def test_what_only_looks_like_a_desktops_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = write(FILES, tmp_path)
    (folder / name).write_bytes(b"")

    assert_refused(verify(folder), 3)


def test_a_stray_file_beside_a_desktops_is_refused_with_the_way_out(tmp_path: Path) -> None:
    folder = write(FILES | {".DS_Store": b"", "notes.txt": b""}, tmp_path)

    outcome = verify(folder)

    assert_refused(outcome, 3)
    assert "notes.txt; take it out of the folder and verify again" in outcome.reason
    assert ".DS_Store" not in outcome.reason


def test_a_desktops_file_takes_no_files_place(tmp_path: Path) -> None:
    folder = write(FILES, tmp_path)
    (folder / "entries.bin").rename(folder / "._entries.bin")

    assert_refused(verify(folder), 4)


def test_an_altered_verifier_fails_before_a_stray_file(tmp_path: Path) -> None:
    folder = write(FILES | {"verify_draw.py": b"", "stray": b""}, tmp_path)

    assert "verifier_sha256" in verify(folder).reason


def test_a_signature_of_another_key_is_refused(bundle: Bundle) -> None:
    by_another = signed(FILES["manifest.json"], OTHER_SIGNING_KEY)

    outcome = bundle.verify_with({"manifest.sig": by_another})

    assert_refused(outcome, 1)
    assert "signing key's signature" in outcome.reason


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lambda sig: sig.upper(), id="upper case"),
        pytest.param(lambda sig: sig + b"\n", id="a line end"),
        pytest.param(lambda sig: bytes.fromhex(sig.decode()), id="raw bytes"),
        pytest.param(lambda sig: sig[:64] + b"0" * 64, id="half of it"),
    ],
)
def test_a_signature_in_another_form_is_refused(bundle: Bundle, text: Any) -> None:
    assert_refused(bundle.verify_with({"manifest.sig": text(FILES["manifest.sig"])}), 1)


def test_a_bundle_made_anew_is_known_by_its_hash_and_key(tmp_path: Path) -> None:
    """The one thing that only a value seen before the round can show."""
    anew: Files = drawn_files(replace(PLAN, signing_key=OTHER_SIGNING_KEY))
    folder = write(anew, tmp_path)
    known_hash = sha(FILES["manifest.json"]).hex()
    known_key = SIGNING_KEY.public_key().public_bytes_raw().hex()

    assert verify(folder).status == 0
    assert_refused(verify(folder, "--manifest-sha256", known_hash), 1)
    assert_refused(verify(folder, "--signing-key", known_key), 1)
