"""Texts from outside, written so that terminals, logs and the database take them.

A name of a file may hold anything but a slash: codes that a terminal obeys, line ends that forge a
line of a log, marks that turn the direction of reading, bytes that are no text.
"""

import hashlib
import json
import os
from pathlib import Path

FULL_WIDTH_SPACE = "\u3000"  # no letter to Python, and common in Japanese
MAX_NAME = 255  # characters of a name in the database
HASH_DIGITS = 16


def printable(text: str) -> str:
    """Return a text with everything escaped that is not to be seen, line ends too."""
    return "".join(
        sign
        if sign.isprintable() or sign == FULL_WIDTH_SPACE
        else sign.encode("unicode_escape").decode()
        for sign in text
    )


def printable_lines(text: str) -> str:
    """Return a text of our own lines, with everything else escaped that is not to be seen."""
    return "\n".join(map(printable, text.split("\n")))


def printable_json(text: str) -> str:
    """Return the same JSON with everything escaped that is not to be seen."""
    return "".join(
        sign if sign.isprintable() or sign in (FULL_WIDTH_SPACE, "\n") else json.dumps(sign)[1:-1]
        for sign in text
    )


def printable_name(name: str | Path) -> str:
    """Return the name of a file or folder; no two names look the same."""
    return printable(str(name).replace("\\", "\\\\"))


def stored_name(name: str) -> str:
    """Return the name of a file as the database has it: of a long one a part, and a hash of all.

    255 bytes can become a thousand characters; what was cut off would make two names one.
    """
    text = printable_name(name)
    if len(text) <= MAX_NAME:
        return text
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:HASH_DIGITS]
    return f"{text[: MAX_NAME - HASH_DIGITS - 1]}~{digest}"
