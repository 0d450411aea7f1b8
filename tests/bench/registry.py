"""The benchmarks by name, what they answer, and how they take time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 3


@dataclass(frozen=True)
class Result:
    """One line of the table; ``asked`` is the greatest ratio that is accepted."""

    name: str
    seconds: float
    baseline: str
    baseline_seconds: float
    asked: float

    @property
    def ratio(self) -> float:
        """The subject's time divided by the baseline's."""
        return self.seconds / self.baseline_seconds


Benchmark = Callable[[float], list[Result]]
BENCHMARKS: dict[str, Benchmark] = {}


def benchmark(function: Benchmark) -> Benchmark:
    """Register a benchmark; it is called with the scale, 1.0 for full size."""
    BENCHMARKS[function.__name__] = function
    return function


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def compare(name: str, rounds: list[tuple[float, float]], *, baseline: str, asked: float) -> Result:
    """Return the medians of rounds, each the seconds of subject and baseline."""
    subject, base = zip(*rounds, strict=True)
    return Result(name, median(subject), baseline, median(base), asked)
