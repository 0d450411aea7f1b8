"""``make mutants``: apply each changed line of the lists, and check that a fast test fails.

Exit 1 where a change survives the fast tests, or an entry no longer fits the source.
"""

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

from tests.mutants.checkout import CannotRun, Checkout, checkout
from tests.mutants.lists import EntryUnfit, Mutant, lists, read_mutants


def main(words: list[str]) -> int:
    """Run the changes of the chosen lists; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("apps", metavar="APP", nargs="*", help=f"of {', '.join(lists())}; all")
    parser.add_argument("--like", default="", help="only entries whose file or reason holds this")
    parser.add_argument("--named", action="store_true", help="only the tests that entries name")
    parser.add_argument("--slots", type=int, default=os.cpu_count(), help="so many at a time")
    options = parser.parse_args(words)
    if unknown := set(options.apps) - set(lists()):
        parser.error(f"there is no list for {', '.join(sorted(unknown))}")
    mutants = [one for one in read_mutants(options.apps or lists()) if options.like in one.title]
    return run(mutants, slots=min(options.slots, len(mutants)), named_only=options.named)


def run(mutants: list[Mutant], *, slots: int, named_only: bool) -> int:
    """Run the changes, several at a time, each slot in its own checkout."""
    waiting: SimpleQueue[Mutant] = SimpleQueue()
    for mutant in mutants:
        waiting.put(mutant)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor() as pool:
        Path(folder).chmod(0o755)  # the embedded PostgreSQL may run as another user
        folders = [Path(folder) / str(slot) for slot in range(slots)]
        results = [pool.submit(work, one, waiting, named_only=named_only) for one in folders]
        try:
            caught = sum(result.result() for result in results)
        except BaseException:
            drain(waiting)  # otherwise the other slots would run to the end of the lists
            raise
    print(f"{len(mutants)} changed lines: {caught} caught, {len(mutants) - caught} not.")
    return 0 if caught == len(mutants) else 1


def drain(waiting: "SimpleQueue[Mutant]") -> None:
    """Empty the queue."""
    with suppress(Empty):
        while True:
            waiting.get_nowait()


def work(folder: Path, waiting: "SimpleQueue[Mutant]", *, named_only: bool) -> int:
    """Run changes in one checkout until the queue is empty; return how many were caught."""
    caught = 0
    with checkout(folder) as copy, suppress(Empty):
        while True:
            mutant = waiting.get_nowait()
            started = time.monotonic()
            is_caught, words = judge(copy, mutant, named_only=named_only)
            caught += is_caught
            seconds = time.monotonic() - started
            print(f"{words} [{seconds:.0f} s]\n    {mutant.title}", flush=True)
    return caught


def judge(copy: Checkout, mutant: Mutant, *, named_only: bool = False) -> tuple[bool, str]:
    """Return whether a test catches a change, and the line to print."""
    try:
        found = find_test(copy, mutant, named_only=named_only)
        if found is None:
            return False, "SURVIVED"
        if copy.find_failing(found):
            return False, f"UNKNOWN: without the change it fails too: {found}"
    except (EntryUnfit, CannotRun) as fault:
        return False, f"BROKEN: {fault}"
    return True, f"caught by {found}"


def find_test(copy: Checkout, mutant: Mutant, *, named_only: bool) -> str | None:
    """Return the first fast test that fails: where the entry says, in the app, anywhere."""
    own = f"tests/{mutant.app}"
    with mutant.applied(copy.folder):
        found = copy.find_failing(*mutant.tests)
        if found or named_only:
            return found
        return copy.find_failing(own) or copy.find_failing("tests", f"--ignore={own}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
