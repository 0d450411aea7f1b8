"""UTF-8 for arguments, file names, text files and streams, whatever the locale.

Journeys, file names and JSON contain Japanese. In another encoding they would be read as other
text, without an error.
"""

import codecs
import locale
import os
import sys

from django.core.exceptions import ImproperlyConfigured


def find_other_encoding() -> str | None:
    """Return an encoding other than UTF-8 that this process uses, else None."""
    streams = (getattr(stream, "encoding", None) for stream in (sys.stdin, sys.stdout, sys.stderr))
    used = (sys.getfilesystemencoding(), locale.getpreferredencoding(do_setlocale=False), *streams)
    return next((name for name in used if name and codecs.lookup(name).name != "utf-8"), None)


def restart_in_utf8() -> None:
    """Restart this program in Python's UTF-8 mode where it uses another encoding."""
    has_restarted = sys.flags.utf8_mode and "PYTHONIOENCODING" not in os.environ
    if find_other_encoding() is None or has_restarted:
        return
    os.environ.pop("PYTHONIOENCODING", None)
    os.environ["PYTHONUTF8"] = "1"  # for child processes
    # By the option as well: with -E or -I Python does not read the variable.
    os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606


def require_utf8() -> None:
    """Refuse to run in another encoding, for programs that cannot restart: web server, workers.

    Raises:
        ImproperlyConfigured: this process uses one.
    """
    if encoding := find_other_encoding():
        raise ImproperlyConfigured(
            f"This process reads and writes {encoding}, Dodonto UTF-8 only: "
            "set PYTHONUTF8=1 and unset PYTHONIOENCODING."
        )
