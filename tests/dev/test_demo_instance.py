"""One demo per folder, found again by who holds the lock, and nothing left of a killed one."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dev.demo import instance
from dev.demo.refusals import DemoRunning, PortTaken
from tests.outside import ROOT

HOLD = """
import sys, time
from pathlib import Path
from dev.demo.instance import lock_demo
with lock_demo(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def demo(tmp_path: Path) -> "Iterator[subprocess.Popen[str]]":
    """Start another process as the demo of the test's folder."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@pytest.fixture
def orphan(tmp_path: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """Start a process of a demo that was killed."""
    sleeping = [
        sys.executable,
        "-X",
        instance.process_mark(tmp_path),
        "-c",
        "import time; time.sleep(60)",
    ]
    with subprocess.Popen(sleeping) as process:
        yield process
        process.kill()


def test_only_demo_refuses_a_second_one(demo: "subprocess.Popen[str]", tmp_path: Path) -> None:
    with (
        pytest.raises(DemoRunning, match=rf"running here already \(process {demo.pid}\); end it"),
        instance.lock_demo(tmp_path),
    ):
        pytest.fail("two demos")


def test_only_demo_allows_one_in_another_folder(
    demo: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()

    with instance.lock_demo(tmp_path / "other"):
        assert demo.poll() is None


def test_only_demo_follows_a_killed_one(demo: "subprocess.Popen[str]", tmp_path: Path) -> None:
    demo.kill()
    demo.wait()

    with instance.lock_demo(tmp_path):
        assert (tmp_path / "demo.pid").read_text() == str(os.getpid())


def test_only_demo_ends_the_orphans_of_a_killed_one(
    orphan: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    with instance.lock_demo(tmp_path):
        assert orphan.wait(10) is not None
    assert list(instance.demo_processes(tmp_path)) == []


def test_orphans_of_another_folder_are_left_alone(
    orphan: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    assert instance.kill_orphans(tmp_path / "other") is False
    assert orphan.poll() is None


def test_end_demo_ends_the_running_one(demo: "subprocess.Popen[str]", tmp_path: Path) -> None:
    assert instance.stop_demo(tmp_path) is True
    assert demo.wait(10) == -signal.SIGTERM


def test_end_demo_ends_what_a_killed_one_left(
    orphan: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    (tmp_path / "demo.pid").write_text("1")  # whose number it was

    assert instance.stop_demo(tmp_path) is True
    assert orphan.wait(10) is not None
    assert list(instance.demo_processes(tmp_path)) == []
    assert psutil.pid_exists(1)


def test_end_demo_finds_nothing_to_end(tmp_path: Path) -> None:
    assert instance.stop_demo(tmp_path) is False
    with instance.lock_demo(tmp_path):
        pass
    assert instance.stop_demo(tmp_path) is False


def test_end_demo_says_when_it_does_not_end(
    monkeypatch: pytest.MonkeyPatch, demo: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    monkeypatch.setattr(instance, "END_LIMIT_S", 0)
    demo.send_signal(signal.SIGSTOP)

    with pytest.raises(DemoRunning, match=rf"The demo \(process {demo.pid}\) does not end"):
        instance.stop_demo(tmp_path)


def test_require_free_port_takes_a_free_one() -> None:
    with socket.create_server((instance.HOST, 0)) as taken:
        port = taken.getsockname()[1]

    instance.require_free_port(port, way_out="that one")


def test_require_free_port_refuses_a_taken_one() -> None:
    with socket.create_server((instance.HOST, 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(
            PortTaken, match=f"Port {port} is taken by another program; choose another: that one"
        ):
            instance.require_free_port(port, way_out="that one")


def test_require_free_port_refuses_one_it_may_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", FakeSocket)

    with pytest.raises(
        PortTaken, match=r"Port 80 cannot be used \(Permission denied\); choose another: that one"
    ):
        instance.require_free_port(80, way_out="that one")


class FakeSocket(socket.socket):
    """A socket of a user who may not use the first ports."""

    def bind(self, address: object) -> None:
        raise PermissionError(13, "Permission denied")
