"""The moments at which a process can be struck: before or after one exchange with the database.

An exchange is whatever waits for the server: a statement, a copy, a commit or a rollback.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg

BEFORE, AFTER = "before", "after"
Strike = Callable[[psycopg.Connection[Any]], None]


@dataclass(frozen=True)
class Moment:
    """One exchange of a process, counted from 1, and what happens there."""

    number: int
    when: str
    strike: str

    def __str__(self) -> str:
        return f"{self.strike} {self.when} exchange {self.number}"


def moments(*whens: str, strike: str) -> Iterator[Moment]:
    """Yield the moments of a process one after the other; it never ends by itself."""
    for number in count(1):
        for when in whens or (BEFORE, AFTER):
            yield Moment(number, when, strike)


def kill_ourselves(connection: psycopg.Connection[Any]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stop_ourselves(connection: psycopg.Connection[Any]) -> None:
    """Stop until another process resumes this one."""
    os.kill(os.getpid(), signal.SIGSTOP)


def end_backend(connection: psycopg.Connection[Any]) -> None:
    """End the session's process in the server, and come back when it is gone."""
    backend = connection.info.backend_pid
    os.kill(backend, signal.SIGTERM)
    with suppress(ProcessLookupError):
        while True:
            os.kill(backend, 0)
            time.sleep(0.002)


STRIKES: dict[str, Strike] = {
    "kill": kill_ourselves,
    "stop": stop_ourselves,
    "cut": end_backend,
}


def strike_at(moment: Moment) -> None:
    """Have this process struck at a moment, from here on."""
    wait = psycopg.Connection.wait
    numbers = count(1)

    def wait_and_count(self: psycopg.Connection[Any], *words: Any, **options: Any) -> Any:
        is_struck = next(numbers) == moment.number
        if is_struck and moment.when == BEFORE:
            STRIKES[moment.strike](self)
        answer = wait(self, *words, **options)
        if is_struck and moment.when == AFTER:
            STRIKES[moment.strike](self)
        return answer

    psycopg.Connection.wait = wait_and_count  # type: ignore[method-assign] # the one place
