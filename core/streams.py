"""Standard streams that can fail without ending the work: a lost report undoes nothing.

Progress written to a full disk, or to a standard error that the caller closed, must not stop a
payout halfway. So a failed write is remembered, and judged when the command has ended.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

STDIN, STDOUT, STDERR = range(3)
# A closed standard output stays one that cannot be written: its report would be lost unnoticed.
SUBSTITUTES = {STDIN: os.O_RDONLY, STDOUT: os.O_RDONLY, STDERR: os.O_WRONLY}


class LastingFile(io.FileIO):
    """A file that remembers why it could not be written, and raises nothing."""

    failure: OSError | None = None

    def write(self, data: Any) -> int:
        """Write what the file takes; of a failure nothing is left to write."""
        try:
            return super().write(data)
        except OSError as failure:
            self.failure = failure
            return len(data)


@contextmanager
def lasting_streams() -> Iterator[None]:
    """Run a command on standard streams that last.

    Raises:
        SystemExit: the command's own, where it failed; with one sentence where it succeeded and
            its report was lost. A reader that has left (``| head``) lost nothing that it wanted.
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
    """Open what the caller closed, lest the next file or socket becomes a standard stream."""
    for stream, flags in SUBSTITUTES.items():
        try:
            os.fstat(stream)
        except OSError:
            os.open(os.devnull, flags)  # gets the lowest number that is free: this one
    if sys.stdin is None:
        # It is no path, and stays.
        sys.stdin = open(STDIN, closefd=False, encoding="utf-8")  # noqa: SIM115


def text_stream(file: LastingFile, former: TextIO | None) -> TextIO:
    """Return a text stream on a file, as the former one was; None is one that was closed."""
    encoding, errors = (former.encoding, former.errors) if former else ("utf-8", "backslashreplace")
    line_by_line = file.fileno() == STDERR or file.isatty()
    return io.TextIOWrapper(
        io.BufferedWriter(file), encoding=encoding, errors=errors, line_buffering=line_by_line
    )
