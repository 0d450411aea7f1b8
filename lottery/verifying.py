"""Check a bundle with the outsider's verifier, in a process of its own: it knows no Django."""

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
    tell: Callable[[str], object],
    manifest_sha256: str | None = None,
    signing_key: str | None = None,
    receipt: Path | None = None,
    before_draw: bool = False,
) -> bool:
    """Say whether the verifier accepts a bundle, and tell every line that it prints.

    It is this project's copy that runs, never the one in the folder: a bundle that is to be
    checked does not say how.
    """
    words = [sys.executable, str(VERIFIER), str(folder)]
    words += ["--manifest-sha256", manifest_sha256] if manifest_sha256 else []
    words += ["--signing-key", signing_key] if signing_key else []
    words += ["--receipt", str(receipt)] if receipt else []
    words += ["--before-draw"] if before_draw else []
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    ) as process:
        for line in process.stdout or ():
            tell(line.rstrip("\n"))
    return process.returncode == 0


def verify_draw(draw: Draw, *, tell: Callable[[str], object]) -> bool:
    """Say whether the verifier accepts what a draw has by now, written aside for it."""
    with TemporaryDirectory(prefix="dodonto-bundle-") as folder:
        write_bundle(draw, Path(folder))
        return verify_bundle(
            Path(folder),
            tell=tell,
            manifest_sha256=bytes(draw.manifest_sha256).hex(),
            before_draw=draw.drawn_at is None,
        )
