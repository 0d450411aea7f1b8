"""The verifier refuses any malformed bundle in one sentence and never crashes."""

import json
import os
import subprocess
import sys
from importlib.metadata import distribution, files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement

from tests.lottery.plans import ENDS_INSIDE
from tests.lottery.reference import (
    Files,
    canonical,
    drawn_files,
    frozen_files,
    receipt_of,
    signed,
    write,
)
from tests.lottery.test_verify_draw_altered import STEP_OF_FILE
from tests.lottery.verifying import Bundle, assert_refused, verify

PLAN = ENDS_INSIDE
FILES = drawn_files(PLAN)
JSON_FILES = ["manifest.json", "terms.json", "round.json", "result.json"]
# What a JSON file may hold instead of its object.
JSON_TEXTS = {
    "nothing": b"",
    "a list": b"[]",
    "a number": b"1",
    "nested lists": b'{"a":' + b"[" * 100_000,
    "nested lists, closed": b'{"a":' + b"[" * 900 + b"]" * 900 + b"}",
    "objects within objects": b'{"a":' * 21 + b"1" + b"}" * 21,
    "brackets in a text, half of it": b'{"a":"' + b"[" * 100,
    "a number of thousands of digits": b'{"a":' + b"9" * 5000 + b"}",
    "not a number": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "half a surrogate": b'{"a":"\\ud800"}',
    "another encoding": '{"a":1}'.encode("utf-16"),
    "a mark of byte order": b"\xef\xbb\xbf{}",
    "a control character": b'{"a":"\x01"}',
    "a key of nothing": b'{"":null}',
    "a megabyte and more": b" " * (1 << 20) + b"{}",
}
# The folder is written anew by each example; a busy machine makes them slow.
UNHURT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return Bundle(FILES, tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("text", JSON_TEXTS.values(), ids=JSON_TEXTS)
@pytest.mark.parametrize("name", JSON_FILES)
def test_any_json_is_refused(bundle: Bundle, name: str, text: bytes) -> None:
    assert_refused(bundle.verify_with({name: text}), STEP_OF_FILE[name])


@pytest.mark.parametrize("text", JSON_TEXTS.values(), ids=JSON_TEXTS)
def test_any_receipt_is_refused(bundle: Bundle, tmp_path: Path, text: bytes) -> None:
    (tmp_path / "receipt.json").write_bytes(text)

    assert_refused(verify(bundle.folder, "--receipt", tmp_path / "receipt.json"), 11)


@pytest.mark.parametrize("name", STEP_OF_FILE)
@pytest.mark.parametrize(
    "kind", ["folder", "link", "broken link", "link to itself", "pipe", "huge"]
)
def test_what_is_no_plain_file_is_refused(tmp_path: Path, name: str, kind: str) -> None:
    folder = write(FILES, tmp_path / "bundle")
    path, kept = folder / name, tmp_path / "kept"
    path.rename(kept)
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "huge":
        path.touch()
        os.truncate(path, 1 << 40)
    else:
        path.symlink_to({"link": kept, "broken link": tmp_path / "none"}.get(kind, path))

    assert_refused(verify(folder), STEP_OF_FILE[name])
    assert_refused(verify(folder, "--before-draw"), STEP_OF_FILE[name])


@given(st.sampled_from(sorted(STEP_OF_FILE)), st.binary(max_size=300))
@settings(max_examples=200, suppress_health_check=UNHURT)
def test_any_bytes_are_refused(bundle: Bundle, name: str, content: bytes) -> None:
    steps = [8, 10] if name == "winners.csv" else [STEP_OF_FILE[name]]

    assert_refused(bundle.verify_with({name: content}), *steps)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(st.sampled_from(sorted(json.loads(FILES["manifest.json"]))), JSON_VALUES)
@settings(max_examples=200, suppress_health_check=UNHURT)
def test_any_value_in_a_signed_manifest_is_refused(
    bundle: Bundle, field: str, value: object
) -> None:
    """The organiser signs what it likes; a value of another type cannot get past the first step."""
    content = json.loads(FILES["manifest.json"])
    if value == content[field]:
        return
    manifest = canonical(content | {field: value})

    outcome = bundle.verify_with(
        {"manifest.json": manifest, "manifest.sig": signed(manifest, PLAN.signing_key)}
    )

    assert outcome.status == 1


@pytest.mark.parametrize("beacon", ["\x1b[2J", "a\nb", "漢字", 5, None, ["x"]], ids=ascii)
def test_a_terminal_is_not_disturbed(bundle: Bundle, beacon: object) -> None:
    """``verify`` itself makes sure that each line can be printed anywhere."""
    content = json.loads(FILES["manifest.json"])
    content["beacon"]["beacon_id"] = beacon

    outcome = bundle.verify_with({"manifest.json": canonical(content)})

    assert_refused(outcome, 1)
    assert "WARNING" in outcome.lines[0]


def test_no_bundle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert_refused(verify(tmp_path / "none"), 1)
    assert_refused(verify(tmp_path / "file"), 1)
    assert_refused(verify(tmp_path), 1)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of installed packages: those that the verifier names, and what these need."""
    folder = tmp_path_factory.mktemp("bare")
    wanted, found = ["py-ecc", "cryptography"], set[str]()
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        found.add(name)
        needs = [Requirement(line) for line in distribution(name).requires or []]
        wanted += [need.name for need in needs if not need.marker or need.marker.evaluate()]
        roots = {str(path).split("/")[0] for path in files(name) or [] if path.parts[0] != ".."}
        for root in roots - {"__pycache__"}:
            if not (folder / root).exists():
                (folder / root).symlink_to(str(distribution(name).locate_file(root)))
    assert not (folder / "django").exists()
    return folder


def run_outside(bundle: Path, bare: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run the bundle's own verifier as an outsider does: nothing of this project in reach."""
    return subprocess.run(
        [sys.executable, "-S", "-B", bundle / "verify_draw.py", bundle, *options],
        check=False,
        capture_output=True,
        text=True,
        cwd=bundle.parent,
        env={"PYTHONPATH": str(bare)},
        timeout=300,
    )


@pytest.mark.slow
def test_an_outsider_needs_nothing_of_this_project(tmp_path: Path, bare: Path) -> None:
    bundle = write(FILES, tmp_path / "bundle")
    receipt = tmp_path / "receipt.json"
    receipt.write_bytes(canonical(receipt_of(PLAN, FILES, "M00000001")))

    done = run_outside(bundle, bare, "--receipt", str(receipt))

    assert (done.returncode, done.stderr) == (0, ""), done
    assert done.stdout.splitlines()[-1].startswith("ACCEPTED")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "options", "status"),
    [
        pytest.param({"entries.bin": b""}, [], 1, id="an altered bundle"),
        pytest.param({}, ["--fast"], 2, id="wrong usage"),
        pytest.param({}, ["--before-draw"], 0, id="before the draw"),
        pytest.param({}, [], 1, id="no result, and nobody said that there is none yet"),
    ],
)
def test_the_exit_status_is_the_outcome(
    tmp_path: Path, bare: Path, changes: Files, options: list[str], status: int
) -> None:
    bundle = write(frozen_files(PLAN) | changes, tmp_path / "bundle")

    done = run_outside(bundle, bare, *options)

    assert done.returncode == status, done
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("old", [False, True], ids=["nothing is installed", "an old py-ecc"])
def test_missing_packages_are_named(tmp_path: Path, bare: Path, old: bool) -> None:
    bundle, packages = write(FILES, tmp_path / "bundle"), tmp_path / "packages"
    packages.mkdir()
    if old:  # hash_to_G1 came with version 8
        for package in bare.iterdir():
            if not package.name.startswith("py_ecc"):
                (packages / package.name).symlink_to(package.resolve())
        (packages / "py_ecc" / "bls").mkdir(parents=True)
        (packages / "py_ecc" / "bls" / "g2_primitives.py").write_text("subgroup_check = None\n")
        (packages / "py_ecc" / "bls" / "hash_to_curve.py").write_text("hash_to_G2 = None\n")

    done = run_outside(bundle, packages)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("This program needs py-ecc 8 or newer, and cryptography (")
    assert done.stderr.endswith("). Install them: pip install --upgrade py-ecc cryptography\n")
    assert done.stderr.count("\n") == 1
    assert ("hash_to_G1" in done.stderr) is old


@pytest.mark.slow
@pytest.mark.parametrize(
    ("streams", "status", "said"),
    [
        pytest.param("2>&-", 0, "", id="stderr closed"),
        pytest.param("2>/dev/full", 0, "", id="stderr on a full disk"),
        pytest.param(">&-", 0, "", id="stdout closed: the exit status is left"),
        pytest.param("| true", 1, "", id="the reader has left"),
        pytest.param(
            ">/dev/full",
            1,
            "The result cannot be printed (No space left on device).\n",
            id="stdout on a full disk",
        ),
    ],
)
def test_streams_that_fail_end_it_quietly(
    tmp_path: Path, streams: str, status: int, said: str
) -> None:
    bundle = write(FILES, tmp_path / "bundle")
    script = (bundle / "verify_draw.py").read_text().replace("AT_ONCE = 1 << 17", "AT_ONCE = 2")
    (tmp_path / "verify_draw.py").write_text(script)  # with progress to be shown
    words = [sys.executable, str(tmp_path / "verify_draw.py"), str(bundle)]

    done = subprocess.run(
        ["bash", "-c", f'"$@" {streams}; exit "${{PIPESTATUS[0]}}"', "bash", *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == status
    assert "".join(line for line in done.stderr.splitlines(keepends=True) if "%" not in line) == (
        said
    )
