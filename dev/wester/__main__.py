"""``python -m dev.wester [--port PORT] [--site URL …]``: stand in for WESTER ID until Ctrl-C."""

import argparse
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from environs import EnvError

from core.utf8 import restart_in_utf8

PROGRAM = "python -m dev.wester"


def main(words: list[str]) -> None:
    """Run this site's one command with these arguments."""
    parser = argparse.ArgumentParser(prog=PROGRAM, add_help=False)
    parser.add_argument("--port", type=int)
    known, others = parser.parse_known_args(words)
    if known.port:
        os.environ["WESTER_ISSUER"] = f"http://127.0.0.1:{known.port}"
    # Not only where nothing is set: importing config has named the real site's settings.
    os.environ["DJANGO_SETTINGS_MODULE"] = "dev.wester.settings"
    try:
        execute_from_command_line([PROGRAM, "serve", *others])
    except (EnvError, ImproperlyConfigured) as refusal:
        sys.exit(f"Error: {refusal}")


if __name__ == "__main__":
    restart_in_utf8()
    main(sys.argv[1:])
