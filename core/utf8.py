"""UTF-8 in and out, whatever the locale: arguments, names of files, text files, streams.

Japanese is in journeys, file names and JSON. Read by another encoding it is other text, and the
answer is wrong without an error.
"""

import codecs
import locale
import os
import sys

from django.core.exceptions import ImproperlyConfigured


def foreign_encoding() -> str | None:
    """Return an encoding other than UTF-8 that this process uses; None where there is none."""
    streams = (getattr(stream, "encoding", None) for stream in (sys.stdin, sys.stdout, sys.stderr))
    used = (sys.getfilesystemencoding(), locale.getpreferredencoding(do_setlocale=False), *streams)
    return next((name for name in used if name and codecs.lookup(name).name != "utf-8"), None)


def restart_in_utf8() -> None:
    """Replace this program by itself in Python's UTF-8 mode where it uses another encoding."""
    has_restarted = sys.flags.utf8_mode and "PYTHONIOENCODING" not in os.environ
    if foreign_encoding() is None or has_restarted:
        return
    os.environ.pop("PYTHONIOENCODING", None)
    os.environ["PYTHONUTF8"] = "1"  # for the processes that this one starts
    # By the option too: Python does not read the variable where it was started with -E or -I.
    os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606


def require_utf8() -> None:
    """Refuse to run by another encoding, for programs that are not ours: web server and workers.

    Raises:
        ImproperlyConfigured: this process uses one.
    """
    if encoding := foreign_encoding():
        raise ImproperlyConfigured(
            f"This process reads and writes {encoding}, Dodonto UTF-8 only: "
            "set PYTHONUTF8=1 and unset PYTHONIOENCODING."
        )
