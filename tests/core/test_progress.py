"""The progress of long work as it is printed."""

from io import StringIO

import pytest

from core.progress import Progress


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_progress_writes_a_line_now_and_then(clock: Clock) -> None:
    said = StringIO()
    progress = Progress(said, "file", clock=clock)

    progress(10, 100)
    clock.seconds = 5
    progress(50, 100)
    clock.seconds = 6
    progress(60, 100)
    progress(100, 100)
    progress.end("done")

    assert said.getvalue().splitlines() == [
        "file: 50 of 100 rows, 10 a second, 5 s left",
        "file: 100 rows read, being applied",
        "done",
    ]


def test_progress_draws_a_bar_on_a_terminal(clock: Clock) -> None:
    said = Terminal()
    progress = Progress(said, "file", clock=clock)

    clock.seconds = 1
    progress(500, 2000)
    progress.end("done")

    bar = "#" * 8 + "." * 22
    assert said.getvalue() == (
        f"\r\x1b[Kfile [{bar}]  25% 500 of 2,000 rows, 500 a second, 3 s left\r\x1b[Kdone\n"
    )


def test_progress_of_nothing_divides_by_nothing(clock: Clock) -> None:
    progress = Progress(Terminal(), "file", clock=clock)

    assert "100% 0 of 0 rows, 0 a second, 0 s left" in progress.describe(0, 0, 0)
