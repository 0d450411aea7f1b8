"""Build the environment in .venv from a bare Python: ``python3 -m dev.bootstrap``.

Standard library only; the version test stands above everything that an old Python could not read.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python is exactly who reads this line
    sys.exit(
        "Dodonto needs Python 3.11 or newer; this is Python {}.{}. "
        "Name another one: make PYTHON=/path/to/python3.11 ...".format(*sys.version_info[:2])
    )

import fcntl
import hashlib
import importlib
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from dev import debian

ROOT = Path(__file__).resolve().parent.parent
LOCK_FILE = ROOT / "requirements-dev.lock"
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / ".complete"
HASHED = ("--require-hashes", "--requirement", str(LOCK_FILE))


def main() -> None:
    """Install into .venv exactly what the lock file names, and compile the translations."""
    try:
        with (ROOT / ".venv.lock").open("wb") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            build_environment()
            compile_translations()
    except OSError as failure:
        sys.exit(f"The environment could not be built: {failure}.")
    except subprocess.CalledProcessError as failure:
        words = " ".join(map(str, failure.cmd))
        sys.exit(f"The environment could not be built: '{words}' ended with {failure.returncode}.")


def build_environment() -> None:
    """Build .venv by uv, or by venv and pip; do nothing where the lock file has not changed."""
    # Also of the interpreter: .venv only points to it, and it may have been removed.
    wanted = fingerprint()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text("utf-8") == wanted:
        return
    print("Building .venv (about a minute, once) ...", file=sys.stderr, flush=True)
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    if not install_with_uv():
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        run(*create_with_venv(), "install", "--no-deps", *HASHED)
    STAMP.write_text(wanted, "utf-8")


def fingerprint() -> str:
    """Return a hash of what .venv depends on: locked packages, interpreter, folder."""
    parts = [LOCK_FILE.read_bytes(), sys.version.encode(), os.fsencode(ENVIRONMENT)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def install_with_uv() -> bool:
    """Install with uv; return False where it is not there or fails, as without pip's settings."""
    uv = shutil.which("uv")
    if uv is None:
        return False
    try:
        run(uv, "--quiet", "venv", "--python", sys.executable, ENVIRONMENT)
        run(uv, "--quiet", "pip", "install", "--python", PYTHON, "--no-deps", *HASHED)
    except subprocess.CalledProcessError:
        return False
    return True


def create_with_venv() -> list[str | Path]:
    """Create an empty .venv; return the pip command that installs into it.

    Debian's Python lacks ensurepip: there the system's pip does it, or its package is installed.
    """
    if not find_spec("ensurepip") and not find_spec("pip"):
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        debian.install(package)
        importlib.invalidate_caches()
        if not find_spec("ensurepip"):
            sys.exit(f"This Python lacks ensurepip: install {package} (or pip) and try again.")
    pip = ["-m", "pip", "--disable-pip-version-check", "-qq"]
    if find_spec("ensurepip"):
        run(sys.executable, "-m", "venv", ENVIRONMENT)
        return [PYTHON, *pip]
    run(sys.executable, "-m", "venv", "--without-pip", ENVIRONMENT)
    return [sys.executable, *pip, "--python", PYTHON]


def compile_translations() -> None:
    """Compile the .mo files that Django reads, where their .po file has changed."""
    for source in ROOT.glob("locale/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns <= source.stat().st_mtime_ns:
            babel = ("-m", "babel.messages.frontend", "--quiet", "compile")
            run(PYTHON, *babel, "--input-file", source, "--output-file", compiled)


def run(*command: str | Path) -> None:
    """Run one step in the checkout."""
    subprocess.run(command, check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
