"""The services of a demo: started together, ended together, and none dies unnoticed."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dev.demo import instance, processes
from dev.demo.processes import Service
from dev.demo.refusals import PageSilent, ProcessEnded

PORT, PATH = 1, "/campaign/"
STEADY = Service("steady", ["http.server", "--bind", "127.0.0.1", "0"])
SHORT = Service("short", ["this"])


def answer(value: bool) -> Callable[..., bool]:
    return lambda **_: value


def serve(
    services: list[Service], state: Path, once_it_answers: Callable[[], None] = lambda: None
) -> None:
    """Run the services as the demo does, until a signal."""
    with processes.run_services(services, state=state, variables={}) as (running, stop):
        processes.wait_for_page(running, port=PORT, path=PATH, stop_requested=stop)
        if not stop.is_set():
            once_it_answers()
        processes.wait_until_stopped(running, stop)


def test_serve_ends_every_service_where_one_ends_by_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "page_answers", answer(True))

    with pytest.raises(ProcessEnded, match=r"short has ended by itself \(exit code 0\); its"):
        serve([STEADY, SHORT], tmp_path)

    assert list(instance.demo_processes(tmp_path)) == []
    assert "Zen of Python" in (tmp_path / "log" / "short.log").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_serve_ends_at_a_signal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: signal.Signals
) -> None:
    monkeypatch.setattr(processes, "page_answers", answer(True))
    before = signal.getsignal(number)
    answered: list[str] = []

    def stop() -> None:
        answered.append("it answers")
        assert len(list(instance.demo_processes(tmp_path))) == 2
        os.kill(os.getpid(), number)

    serve([STEADY, Service("other", STEADY.arguments)], tmp_path, stop)

    assert answered == ["it answers"]
    assert list(instance.demo_processes(tmp_path)) == []
    assert signal.getsignal(number) == before


def test_serve_waits_for_no_page_after_a_signal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "page_answers", answer(False))
    answered: list[str] = []
    threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGTERM]).start()

    serve([STEADY], tmp_path, lambda: answered.append("it answers"))

    assert answered == []


def test_serve_says_that_the_page_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "page_answers", answer(False))
    monkeypatch.setattr(processes, "START_LIMIT_S", 0)

    with pytest.raises(PageSilent, match=r"does not answer; the log .*/log/web\.log says why"):
        serve([STEADY], tmp_path)

    assert list(instance.demo_processes(tmp_path)) == []


def test_serve_ends_what_was_started_where_a_service_cannot_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "log" / "broken.log").mkdir(parents=True)

    with pytest.raises(IsADirectoryError):
        serve([STEADY, Service("broken", ["this"])], tmp_path)

    assert list(instance.demo_processes(tmp_path)) == []


def test_a_service_that_ignores_signals_is_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "page_answers", answer(True))
    monkeypatch.setattr(processes, "END_LIMIT_S", 0.5)
    deaf = tmp_path / "deaf.py"
    deaf.write_text(
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(ProcessEnded):
        serve([Service("deaf", ["deaf"]), SHORT], tmp_path)

    assert list(instance.demo_processes(tmp_path)) == []


def test_page_answers_is_false_where_nobody_listens() -> None:
    assert processes.page_answers(port=PORT, path=PATH) is False


@pytest.mark.parametrize(
    ("plays_wester", "names"),
    [
        pytest.param(True, ["wester", "web", "worker", "beat"], id="with a WESTER ID of its own"),
        pytest.param(False, ["web", "worker", "beat"], id="with a real WESTER ID"),
    ],
)
def test_demo_services_are(plays_wester: bool, names: list[str]) -> None:
    services = processes.demo_services(port=8123, plays_wester=plays_wester)

    assert [service.name for service in services] == names
    web = next(service for service in services if service.name == "web")
    assert "127.0.0.1:8123" in web.arguments  # and nowhere beyond this machine


def test_a_service_gets_the_variables_of_the_demo(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FEED_INBOX", "somebody else's")
    (tmp_path / "teller.py").write_text("import os; print(os.environ['FEED_INBOX'])\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with (
        pytest.raises(ProcessEnded),
        processes.run_services(
            [Service("teller", ["teller"])], state=tmp_path, variables={"FEED_INBOX": "ours"}
        ) as (running, stop),
    ):
        processes.wait_until_stopped(running, stop)

    assert (tmp_path / "log" / "teller.log").read_text() == "ours\n"
