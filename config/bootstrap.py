"""Build the project's environment in .venv with nothing but a bare Python.

Run as a file by the Makefile, before any dependency exists: standard library only, and the
version test stands above everything that an old Python could not read.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python is exactly who reads this line
    sys.exit(
        "Dodonto needs Python 3.11 or newer; this is Python {}.{}. "
        "Name another one: make PYTHON=/path/to/python3.11 ...".format(*sys.version_info[:2])
    )

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK_FILE = ROOT / "requirements-dev.lock"
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / ".complete"


def main() -> None:
    """Leave .venv holding exactly what the lock file names, and the translations compiled."""
    try:
        with (ROOT / ".venv.lock").open("wb") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            build_environment()
            compile_translations()
    except OSError as failure:
        sys.exit(f"The environment could not be built: {failure}.")


def build_environment() -> None:
    """Make .venv; do nothing where it already holds what the lock file names."""
    wanted = fingerprint()
    # Also the interpreter: .venv only points to it, and it may have been removed.
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text("utf-8") == wanted:
        return
    say("Building the environment in .venv (about a minute, once) ...")
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    run([*create(), "install", "--require-hashes", "--no-deps", "--requirement", LOCK_FILE])
    STAMP.write_text(wanted, "utf-8")
    say("The environment is ready.")


def compile_translations() -> None:
    """Write the .mo files that Django reads, where a .po file is newer than its own."""
    for source in ROOT.glob("locale/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns <= source.stat().st_mtime_ns:
            run([PYTHON, "-m", "config.translations", "compile"])
            return


def fingerprint() -> str:
    """Name what the environment depends on: the locked packages, the interpreter, the folder."""
    parts = [LOCK_FILE.read_bytes(), sys.version.encode(), os.fsencode(ENVIRONMENT)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def create() -> list[str | Path]:
    """Create the virtual environment and return the pip command that installs into it.

    Debian ships Python without ensurepip; there pip comes from the system's own, or, as root,
    from the package that holds ensurepip.
    """
    if not importable("ensurepip") and not importable("pip"):
        install_ensurepip()
    pip = ["-m", "pip", "--disable-pip-version-check", "-qq"]
    if importable("ensurepip"):
        run([sys.executable, "-m", "venv", ENVIRONMENT])
        return [PYTHON, *pip]
    run([sys.executable, "-m", "venv", "--without-pip", ENVIRONMENT])
    return [sys.executable, *pip, "--python", PYTHON]


def install_ensurepip() -> None:
    """Fetch Debian's venv package where we may; otherwise say who can."""
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"This Python can make no environment: install {package} (or pip) and try again.")
    say(f"Installing {package} ...")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "-qq", "update"], env=quiet)
    run(["apt-get", "-qq", "install", "--yes", "--no-install-recommends", package], env=quiet)
    importlib.invalidate_caches()


def importable(module: str) -> bool:
    """Ask the interpreter afresh, for its packages may have changed since it started."""
    return importlib.util.find_spec(module) is not None


def run(command: list[str | Path], env: dict[str, str] | None = None) -> None:
    """Run one step; end with one sentence, not a traceback, where it fails."""
    try:
        subprocess.run(command, check=True, env=env, cwd=ROOT)
    except subprocess.CalledProcessError as failure:
        words = " ".join(str(word) for word in command)
        sys.exit(f"The environment could not be built: '{words}' ended with {failure.returncode}.")


def say(text: str) -> None:
    """Tell the person at the terminal what takes the time."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
