"""Standard streams whose failure does not end a command.

Progress written to a full disk, or to a closed standard error, must not stop a payout halfway. A
failed write is stored and evaluated when the command has ended.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

STDIN, STDOUT, STDERR = range(3)
# A closed standard output is opened read-only, so that a lost report is noticed.
SUBSTITUTES = {STDIN: os.O_RDONLY, STDOUT: os.O_RDONLY, STDERR: os.O_WRONLY}


class LastingFile(io.FileIO):
    """A file that stores the failure of a write instead of raising it."""

    failure: OSError | None = None

    def write(self, data: Any) -> int:
        """Write data; after a failure pretend that all of it was written."""
        try:
            return super().write(data)
        except OSError as failure:
            self.failure = failure
            return len(data)


@contextmanager
def lasting_streams() -> Iterator[None]:
    """Run a command on standard streams that do not raise.

    Raises:
        SystemExit: the command's own, where it failed; with one sentence where it succeeded but
            its report was not written. A closed pipe (``| head``) is not a failure.
    """
    open_closed_streams()
    output = LastingFile(STDOUT, "w", closefd=False)
    sys.stdout = text_stream(output, sys.stdout)
    sys.stderr = text_stream(LastingFile(STDERR, "w", closefd=False), sys.stderr)
    try:
        yield
    except SystemExit as ended:
        if ended.code:
            raise
    finally:
        sys.stdout.flush()
    if output.failure and not isinstance(output.failure, BrokenPipeError):
        sys.exit(
            "Error: The command has ended, but its report could not be written to standard output "
            f"({output.failure.strerror})."
        )


def open_closed_streams() -> None:
    """Open closed standard streams, so that no other file gets their numbers."""
    for stream, flags in SUBSTITUTES.items():
        try:
            os.fstat(stream)
        except OSError:
            os.open(os.devnull, flags)  # gets the lowest free number, this one
    if sys.stdin is None:
        # A number, not a path, and open until the end.
        sys.stdin = open(STDIN, closefd=False, encoding="utf-8")  # noqa: SIM115


def text_stream(file: LastingFile, former: TextIO | None) -> TextIO:
    """Return a text stream on a file, like the former one; None was closed."""
    encoding, errors = (former.encoding, former.errors) if former else ("utf-8", "backslashreplace")
    line_by_line = file.fileno() == STDERR or file.isatty()
    return io.TextIOWrapper(
        io.BufferedWriter(file), encoding=encoding, errors=errors, line_buffering=line_by_line
    )
