"""Texts from outside, escaped so that they are safe in terminals, logs and the database.

A name of a file may contain anything but a slash: codes that a terminal obeys, line ends that forge
a line of a log, marks that turn the direction of reading, bytes that are not text.
"""

import hashlib
import json
import os
from pathlib import Path

FULL_WIDTH_SPACE = "\u3000"  # no letter to Python, and common in Japanese
MAX_NAME = 255  # characters of a name in the database
HASH_DIGITS = 16


def printable(text: str) -> str:
    """Escape every character that is not printable, line ends too."""
    return "".join(
        character
        if character.isprintable() or character == FULL_WIDTH_SPACE
        else character.encode("unicode_escape").decode()
        for character in text
    )


def printable_lines(text: str) -> str:
    """Escape every character that is not printable but the line ends."""
    return "\n".join(map(printable, text.split("\n")))


def printable_json(text: str) -> str:
    """Escape every character of a JSON text that is not printable; it stays the same JSON."""
    return "".join(
        character
        if character.isprintable() or character in (FULL_WIDTH_SPACE, "\n")
        else json.dumps(character)[1:-1]
        for character in text
    )


def printable_name(name: str | Path) -> str:
    """Escape the name of a file or folder so that no two names look the same."""
    return printable(str(name).replace("\\", "\\\\"))


def stored_name(name: str) -> str:
    """Return a file's name as the database stores it: a long one cut, with a hash of all of it.

    255 bytes can become a thousand characters; without the hash two names could become one.
    """
    text = printable_name(name)
    if len(text) <= MAX_NAME:
        return text
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:HASH_DIGITS]
    return f"{text[: MAX_NAME - HASH_DIGITS - 1]}~{digest}"
