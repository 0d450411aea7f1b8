#!/usr/bin/env python
"""Run a management command; what the operator can mend ends in one sentence, not a traceback."""

import json
import os
import sys
from importlib.util import find_spec
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import InterfaceError, OperationalError, ProgrammingError
from environs import EnvError
from psycopg.errors import UndefinedColumn, UndefinedTable

from core.errors import Refusal, database_failed

SITE, DEVELOPERS = "config.settings", "dev.settings"


def main() -> None:
    """Hand the command line to Django; start the servers that a developer's machine lacks."""
    # Production has no such package.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", DEVELOPERS if find_spec("dev") else SITE)
    try:
        if os.environ["DJANGO_SETTINGS_MODULE"] == DEVELOPERS:
            from dev import local  # noqa: PLC0415 - only a developer's machine has it

            local.start_servers()
        execute_from_command_line(sys.argv)
    except (EnvError, ImproperlyConfigured, Refusal) as refusal:
        fail(str(refusal))
    except (InterfaceError, OperationalError) as failure:
        fail(database_failed(failure))
    except ProgrammingError as failure:
        if not isinstance(failure.__cause__, UndefinedColumn | UndefinedTable):
            raise
        fail("The database lacks a table or column that the program needs: run manage.py migrate.")
    except KeyboardInterrupt:
        fail("Interrupted.")


def fail(sentence: str) -> NoReturn:
    """End with the sentence, for a program as the JSON object that it asked for."""
    if "--json" in sys.argv:
        print(json.dumps({"error": sentence}, ensure_ascii=False))
    sys.exit(f"Error: {sentence}")


if __name__ == "__main__":
    main()
