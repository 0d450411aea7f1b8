"""Finding and ending processes: by the folder they work in, zombies included."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dev.embedded import accounts, processes
from dev.refusals import ServiceFailed

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True);"
MARK = "dodonto-mark"
NO_MARK = "dodonto-of-nobody"  # what others run may be unreadable, and has no such argument


@pytest.fixture
def child(tmp_path: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """Start a process that works in the test's folder and ignores SIGTERM."""
    with subprocess.Popen(
        [sys.executable, "-c", f"{STUBBORN} time.sleep(60)", MARK],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        process.stdout.readline()
        yield process
        process.kill()


def test_find_processes_finds_the_program_that_works_there(
    child: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    name = psutil.Process(child.pid).name()

    assert [found.pid for found in processes.find_processes(tmp_path, [name], NO_MARK)] == [
        child.pid
    ]
    assert not list(processes.find_processes(tmp_path, ["another"], NO_MARK))
    assert not list(processes.find_processes(tmp_path / "elsewhere", [name], NO_MARK))


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        pytest.param(MARK, True, id="its command line bears our mark"),
        pytest.param("dodonto-other", False, id="its command line bears another's mark"),
    ],
)
def test_works_in_reads_the_command_line_where_the_folder_is_unreadable(
    monkeypatch: pytest.MonkeyPatch,
    child: "subprocess.Popen[bytes]",
    tmp_path: Path,
    mark: str,
    expected: bool,
) -> None:
    def deny(process: psutil.Process) -> str:
        raise psutil.AccessDenied(process.pid)

    monkeypatch.setattr(psutil.Process, "cwd", deny)

    assert processes.works_in(psutil.Process(child.pid), tmp_path, mark) is expected


def test_ended_counts_a_zombie(child: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    process = psutil.Process(child.pid)
    assert not processes.ended(process)

    child.kill()

    assert processes.wait(process, 10)  # although its parent, this test, has not collected it
    assert not processes.works_in(process, tmp_path, MARK)


def test_end_goes_on_to_the_next_signal(child: "subprocess.Popen[bytes]") -> None:
    process = psutil.Process(child.pid)

    assert not processes.end(process, [signal.SIGTERM], limit_s=0.1)
    assert processes.end(process, [signal.SIGTERM, signal.SIGKILL], limit_s=0.1)


def test_end_is_content_with_a_process_that_is_gone(child: "subprocess.Popen[bytes]") -> None:
    process = psutil.Process(child.pid)
    child.kill()
    child.wait()

    assert processes.end(process, [signal.SIGTERM], limit_s=0)


def test_runner_is_ourselves_where_we_are_not_root(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert accounts.account_for(tmp_path) is None
    assert accounts.command_prefix(tmp_path) == []


def as_root_on_data_of(monkeypatch: pytest.MonkeyPatch, user: int) -> None:
    owned = os.stat_result((0o700, 0, 0, 0, user, 0, 0, 0, 0, 0))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(Path, "stat", lambda _path: owned)


def test_account_for_is_nobody_where_root_owns_the_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    as_root_on_data_of(monkeypatch, 0)
    account = accounts.account_for(tmp_path)

    assert account
    assert account.pw_name == "nobody"


def test_runner_is_the_user_whose_data_root_finds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    daemon = pwd.getpwnam("daemon")
    as_root_on_data_of(monkeypatch, daemon.pw_uid)
    monkeypatch.setattr(shutil, "which", lambda _name: "/usr/bin/setpriv")

    assert accounts.account_for(tmp_path) == daemon
    assert f"--reuid={daemon.pw_uid}" in accounts.command_prefix(tmp_path)


def test_runner_refuses_where_there_is_no_account(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    as_root_on_data_of(monkeypatch, 0)
    monkeypatch.setattr(accounts, "UNPRIVILEGED", "no-such-user")

    with pytest.raises(ServiceFailed, match="there is no account to run it as"):
        accounts.account_for(tmp_path)


def test_prefix_refuses_root_without_setpriv(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    as_root_on_data_of(monkeypatch, 0)
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    with pytest.raises(ServiceFailed, match="setpriv is missing"):
        accounts.command_prefix(tmp_path)
