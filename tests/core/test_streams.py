"""A command whose streams fail does its work and reports a lost report."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.outside import ROOT, environment

WORK = """
import runpy
import sys
from pathlib import Path

lasting_streams = runpy.run_path("core/streams.py")["lasting_streams"]
with lasting_streams():
    print("begun", file=sys.stderr)
    print("half done")
    sys.stdout.flush()
    Path(sys.argv[1]).write_text("done")
    print("ended", file=sys.stderr)
    print("all done")
    {end}
"""
LOST = (
    "Error: The command has ended, but its report could not be written to standard output ({}).\n"
)


def shell(streams: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run Python with a shell's redirections."""
    return subprocess.run(
        [
            "bash",
            "-c",
            f'"$@" {streams}; exit "${{PIPESTATUS[0]}}"',
            "bash",
            sys.executable,
            *words,
        ],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(),
        timeout=300,
    )


@pytest.mark.parametrize(
    ("streams", "code", "out", "err"),
    [
        pytest.param("", 0, "half done\nall done\n", "begun\nended\n", id="all open"),
        pytest.param("2>&-", 0, "half done\nall done\n", "", id="stderr closed"),
        pytest.param("2>/dev/full", 0, "half done\nall done\n", "", id="stderr on a full disk"),
        pytest.param("<&- 2>&-", 0, "half done\nall done\n", "", id="stdin and stderr closed"),
        pytest.param(
            ">&-", 1, "", "begun\nended\n" + LOST.format("Bad file descriptor"), id="stdout closed"
        ),
        pytest.param(
            ">/dev/full",
            1,
            "",
            "begun\nended\n" + LOST.format("No space left on device"),
            id="stdout on a full disk",
        ),
        pytest.param("<&- >&- 2>&-", 1, "", "", id="all closed"),
        pytest.param("| true", 0, "", "begun\nended\n", id="the reader has left"),
    ],
)
def test_the_command_ends_whatever_stream_fails(
    streams: str, code: int, out: str, err: str, tmp_path: Path
) -> None:
    ended = shell(streams, "-c", WORK.format(end=""), str(tmp_path / "work"))

    assert (ended.returncode, ended.stdout, ended.stderr) == (code, out, err)
    assert (tmp_path / "work").read_text() == "done"


@pytest.mark.parametrize("streams", ["", ">&-", ">/dev/full", "2>&-", "| true"])
def test_a_command_that_fails_keeps_its_exit_code(streams: str, tmp_path: Path) -> None:
    ended = shell(streams, "-c", WORK.format(end="sys.exit(2)"), str(tmp_path / "work"))

    assert ended.returncode == 2
    assert "its report" not in ended.stderr


def test_a_lost_help_text_is_reported(tmp_path: Path) -> None:
    ended = shell(">/dev/full", "-c", WORK.format(end="sys.exit(0)"), str(tmp_path / "work"))

    assert (ended.returncode, ended.stderr.splitlines()[-1:]) == (
        1,
        [LOST.format("No space left on device").strip()],
    )
