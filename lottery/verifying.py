"""Check a bundle with the public verifier, in its own process without Django."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from lottery.bundle import write_bundle
from lottery.freezing import VERIFIER
from lottery.models import Draw


def verify_bundle(
    folder: Path,
    *,
    print_line: Callable[[str], object],
    manifest_sha256: str | None = None,
    signing_key: str | None = None,
    receipt: Path | None = None,
    before_draw: bool = False,
) -> bool:
    """Return whether the verifier accepts a bundle; pass on each line that it prints.

    It runs this project's copy of the verifier, never the one in the folder: a forged bundle would
    bring a verifier that accepts it.
    """
    arguments = [sys.executable, str(VERIFIER), str(folder)]
    arguments += ["--manifest-sha256", manifest_sha256] if manifest_sha256 else []
    arguments += ["--signing-key", signing_key] if signing_key else []
    arguments += ["--receipt", str(receipt)] if receipt else []
    arguments += ["--before-draw"] if before_draw else []
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    ) as process:
        for line in process.stdout or ():
            print_line(line.rstrip("\n"))
    return process.returncode == 0


def verify_draw(draw: Draw, *, print_line: Callable[[str], object]) -> bool:
    """Return whether the verifier accepts the files that a draw has so far."""
    with TemporaryDirectory(prefix="dodonto-bundle-") as folder:
        write_bundle(draw, Path(folder))
        return verify_bundle(
            Path(folder),
            print_line=print_line,
            manifest_sha256=bytes(draw.manifest_sha256).hex(),
            before_draw=draw.drawn_at is None,
        )
