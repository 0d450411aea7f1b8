"""A copy of this checkout with servers of its own, where a changed line harms nobody."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

from dev.embedded.state_folder import StateFolder
from tests import outside

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".local", ".*_cache", ".hypothesis", "__pycache__", "staticfiles"
)
DATABASE, TEMPLATE = "test_dodonto", "mutants_template"
ANY_TEST_WITH_A_DATABASE = "tests/bookings/test_locks.py"
PATIENCE_S = 1_800
PASSED, FAILED, NOTHING_RAN = 0, 1, 5


class CannotRun(Exception):
    """The tests ended in another way than by passing or failing."""


class Checkout:
    """A copy of the source, and a database that every run of the tests finds as migrated."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places = StateFolder(folder / ".local")

    def find_failing(self, *tests: str, fresh: bool = False) -> str | None:
        """Run fast tests until one fails, and return its node id; None where all pass.

        ``fresh`` runs the migrations instead of starting from the template.

        Raises:
            CannotRun: pytest failed otherwise, for example because a module cannot be imported.
        """
        if not fresh:
            self.restore_database()
        self.restore_cache()
        words = ["--create-db"] if fresh else []
        code, output = self.pytest("--exitfirst", *words, *tests)
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
        command = [sys.executable, "-m", "pytest", "-m", "not slow", "--reuse-db", "--quiet"]
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

    def make_template(self) -> None:
        """Migrate once, and keep the result as what every database here is copied from."""
        code, output = self.pytest("--create-db", ANY_TEST_WITH_A_DATABASE)
        if code != PASSED:
            raise CannotRun(output)
        self.on_server(f"CREATE DATABASE {TEMPLATE} TEMPLATE {DATABASE}")

    def restore_database(self) -> None:
        """Put a copy of the template in place of the database that the last tests left."""
        self.on_server(
            f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)",
            f"CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE}",
        )

    def restore_cache(self) -> None:
        """Empty the cache, which a changed line may have filled."""
        with redis.Redis.from_url(self.places.broker_url) as client:
            client.flushall()

    def on_server(self, *statements: str) -> None:
        """Run statements outside a transaction, connected to no database that they name."""
        address = self.places.database_address("postgres")
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


@contextmanager
def checkout(folder: Path) -> Iterator[Checkout]:
    """Provide a copy of the checkout whose tests can be run; its servers end with it."""
    copy = Checkout(folder)
    shutil.copytree(outside.ROOT, folder, ignore=LEFT_OUT, symlinks=True)
    for words in (["init", "--quiet"], ["add", "--all"]):  # tests list the repository's files
        subprocess.run(["git", *words], check=True, cwd=folder)
    with outside.state_folder(folder / ".local"):
        copy.make_template()
        yield copy
