"""A copy of this checkout with its own servers, in which lines are changed."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from dev.embedded.state_folder import StateFolder
from tests import outside

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".local", ".*_cache", ".hypothesis", "__pycache__", "staticfiles"
)
ANY_TEST_WITH_A_DATABASE = "tests/core/test_locks.py"
PATIENCE_S = 1_800
PASSED, FAILED, NOTHING_RAN = 0, 1, 5


class CannotRun(Exception):
    """The tests ended in another way than by passing or failing."""


class Checkout:
    """A copy of the source, and servers on which its tests create their own database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places = StateFolder(folder / ".local")

    def find_failing(self, *tests: str) -> str | None:
        """Run fast tests until one fails, and return its node id; None where all pass.

        Raises:
            CannotRun: pytest failed otherwise, for example because a module cannot be imported.
        """
        self.empty_cache()
        code, output = self.pytest("--exitfirst", *tests)
        if code in (PASSED, NOTHING_RAN):
            return None
        if code != FAILED:
            raise CannotRun("\n".join(output.splitlines()[-12:]))
        last = self.folder / ".pytest_cache" / "v" / "cache" / "lastfailed"
        return str(next(iter(json.loads(last.read_text()))))

    def pytest(self, *words: str) -> tuple[int, str]:
        """Run pytest here; return its exit code and output.

        Raises:
            CannotRun: it does not end in time.
        """
        command = [sys.executable, "-m", "pytest", "-m", "not slow", "--quiet"]
        # In the order of the files, so that a list's run can be repeated.
        command += ["--tb=line", "--cache-clear", "-p", "no:randomly", *words]
        try:
            done = subprocess.run(
                command,
                check=False,
                cwd=self.folder,
                env=outside.environment(BROWSER_TESTS="0"),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=PATIENCE_S,
            )
        except subprocess.TimeoutExpired as fault:
            raise CannotRun(f"The tests still ran after {PATIENCE_S} s.") from fault
        return done.returncode, done.stdout

    def start_servers(self) -> None:
        """Start the servers, and migrate the database that each run of tests copies.

        Raises:
            CannotRun: the tests fail without any change.
        """
        code, output = self.pytest(ANY_TEST_WITH_A_DATABASE)
        if code != PASSED:
            raise CannotRun(output)

    def empty_cache(self) -> None:
        """Empty the cache, which a changed line may have filled."""
        with redis.Redis.from_url(self.places.broker_url) as client:
            client.flushall()


@contextmanager
def checkout(folder: Path) -> Iterator[Checkout]:
    """Provide a copy of the checkout whose tests can be run; its servers end with it."""
    copy = Checkout(folder)
    shutil.copytree(outside.ROOT, folder, ignore=LEFT_OUT, symlinks=True)
    for words in (["init", "--quiet"], ["add", "--all"]):  # tests list the repository's files
        subprocess.run(["git", *words], check=True, cwd=folder)
    with outside.state_folder(folder / ".local"):
        copy.start_servers()
        yield copy
