"""Have the browser that the tests look through: ``python -m dev.browser``.

Debian's Chromium and a font with Japanese letters are installed where that is possible.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ["chromium", "fonts-noto-cjk"]
FONT_FILE = "NotoSansCJK-Regular.ttc"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")


class BrowserMissing(Exception):
    """There is no browser, and we may not install one; the message says what to do."""


def find_chromium() -> Path:
    """Return the browser's program.

    Raises:
        BrowserMissing: there is none on the path.
    """
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    raise BrowserMissing(
        f"The browser tests need a browser: install the packages {' and '.join(PACKAGES)}, "
        "or leave these tests out with BROWSER_TESTS=0."
    )


def has_japanese_font() -> bool:
    """Say whether Japanese letters would be drawn as such, and not as boxes."""
    return any(next(Path(folder).rglob(FONT_FILE), None) for folder in FONT_FOLDERS)


def ensure_browser() -> None:
    """Install what is missing where we may.

    Raises:
        BrowserMissing: something is missing that only somebody else can install.
    """
    try:
        find_chromium()
        is_there = has_japanese_font()
    except BrowserMissing:
        is_there = False
    if not is_there and os.geteuid() == 0 and shutil.which("apt-get"):
        install()
    find_chromium()


def install() -> None:
    """Install the packages; what fails is found out by looking for the browser afterwards."""
    print(f"Installing {' and '.join(PACKAGES)} ...", file=sys.stderr, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq"]
    subprocess.run([*apt, "update"], check=False, env=quiet)
    options = ["install", "--yes", "--no-install-recommends"]
    subprocess.run([*apt, *options, *PACKAGES], check=False, env=quiet, stdout=sys.stderr)


def main() -> None:
    """Have the browser, or end with the sentence that says what to install."""
    if os.environ.get("BROWSER_TESTS") == "0":
        print("BROWSER_TESTS=0: the tests in a real browser are left out.", file=sys.stderr)
        return
    try:
        ensure_browser()
    except BrowserMissing as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
