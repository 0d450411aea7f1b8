"""Check that the tests have a browser and a Japanese font: ``python -m dev.browser``."""

import os
import shutil
import sys
from pathlib import Path

from dev import debian

# The first one draws no window around its pages, which takes longer than the pages do.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium-headless-shell", "fonts-noto-cjk")
FONT_FILE = "NotoSansCJK-Regular.ttc"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")


class BrowserMissing(Exception):
    """There is no browser; the message says what to do."""


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
    """Return whether Japanese characters are drawn as such, and not as boxes."""
    return any(next(Path(folder).rglob(FONT_FILE), None) for folder in FONT_FOLDERS)


def main() -> None:
    """Install what is missing where that is allowed; exit with one sentence where it is not."""
    if os.environ.get("BROWSER_TESTS") == "0":
        print("BROWSER_TESTS=0: the tests in a real browser are left out.", file=sys.stderr)
        return
    if not any(map(shutil.which, NAMES)) or not has_japanese_font():
        debian.install(*PACKAGES)
    try:
        find_chromium()
    except BrowserMissing as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
