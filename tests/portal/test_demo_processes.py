"""The parts of a demo: started together, ended together, and none dies unnoticed."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.demo import place, processes
from portal.demo.processes import Part
from portal.demo.refusals import PageSilent, PartEnded

PORT, PATH = 1, "/campaign/"
STEADY = Part("steady", ["http.server", "--bind", "127.0.0.1", "0"])
SHORT = Part("short", ["this"])


def answer(value: bool) -> Callable[..., bool]:
    return lambda **_: value


def serve(parts: list[Part], state: Path, tell: Callable[[], None] = lambda: None) -> None:
    """Run the parts as the demo does, until a signal."""
    with processes.running(parts, state=state, variables={}) as (children, asked):
        processes.wait_for_page(children, port=PORT, path=PATH, asked=asked)
        if not asked.is_set():
            tell()
        processes.stay(children, asked)


def test_serve_ends_every_part_where_one_ends_by_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "answers", answer(True))

    with pytest.raises(PartEnded, match=r"demo's short has ended by itself \(exit code 0\); its"):
        serve([STEADY, SHORT], tmp_path)

    assert list(place.parts(tmp_path)) == []
    assert "Zen of Python" in (tmp_path / "log" / "short.log").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_serve_ends_in_peace_when_it_is_asked_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: signal.Signals
) -> None:
    monkeypatch.setattr(processes, "answers", answer(True))
    before = signal.getsignal(number)
    told: list[str] = []

    def ask() -> None:
        told.append("it answers")
        assert len(list(place.parts(tmp_path))) == 2
        os.kill(os.getpid(), number)

    serve([STEADY, Part("other", STEADY.words)], tmp_path, ask)

    assert told == ["it answers"]
    assert list(place.parts(tmp_path)) == []
    assert signal.getsignal(number) == before


def test_serve_does_not_wait_for_a_page_when_it_is_asked_to_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "answers", answer(False))
    told: list[str] = []
    threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGTERM]).start()

    serve([STEADY], tmp_path, lambda: told.append("it answers"))

    assert told == []


def test_serve_says_that_the_page_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "answers", answer(False))
    monkeypatch.setattr(processes, "START_PATIENCE_S", 0)

    with pytest.raises(PageSilent, match=r"does not answer; the log .*/log/web\.log says why"):
        serve([STEADY], tmp_path)

    assert list(place.parts(tmp_path)) == []


def test_serve_ends_what_was_started_where_a_part_cannot_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "log" / "broken.log").mkdir(parents=True)

    with pytest.raises(IsADirectoryError):
        serve([STEADY, Part("broken", ["this"])], tmp_path)

    assert list(place.parts(tmp_path)) == []


def test_a_part_that_does_not_listen_is_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "answers", answer(True))
    monkeypatch.setattr(processes, "END_PATIENCE_S", 0.5)
    deaf = tmp_path / "deaf.py"
    deaf.write_text(
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(PartEnded):
        serve([Part("deaf", ["deaf"]), SHORT], tmp_path)

    assert list(place.parts(tmp_path)) == []


def test_answers_says_no_where_nobody_listens() -> None:
    assert processes.answers(port=PORT, path=PATH) is False


@pytest.mark.parametrize(
    ("plays_wester", "names"),
    [
        pytest.param(True, ["wester", "web", "worker", "beat"], id="with a WESTER ID of its own"),
        pytest.param(False, ["web", "worker", "beat"], id="with a real WESTER ID"),
    ],
)
def test_parts_of_demo_are(plays_wester: bool, names: list[str]) -> None:
    parts = processes.parts_of_demo(port=8123, plays_wester=plays_wester)

    assert [part.name for part in parts] == names
    web = next(part for part in parts if part.name == "web")
    assert "127.0.0.1:8123" in web.words  # and nowhere beyond this machine


def test_a_part_is_told_what_it_has_to_know(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FEED_INBOX", "somebody else's")
    (tmp_path / "teller.py").write_text("import os; print(os.environ['FEED_INBOX'])\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with (
        pytest.raises(PartEnded),
        processes.running(
            [Part("teller", ["teller"])], state=tmp_path, variables={"FEED_INBOX": "ours"}
        ) as (children, asked),
    ):
        processes.stay(children, asked)

    assert (tmp_path / "log" / "teller.log").read_text() == "ours\n"
