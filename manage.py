#!/usr/bin/env python
"""Run a management command; what the operator can mend ends in one sentence, not a traceback."""

import json
import os
import sys
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import InterfaceError, OperationalError, ProgrammingError
from environs import EnvError
from psycopg.errors import UndefinedColumn, UndefinedTable

from bookings.printable import printable_json, printable_lines
from bookings.refusals import database_failed
from config.refusals import ServiceFailed
from config.streams import lasting_streams
from config.utf8 import restart_in_utf8


def main() -> None:
    """Run a command in UTF-8, on streams that can fail without ending it."""
    restart_in_utf8()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with lasting_streams():
        run()


def run() -> None:
    """Hand the command line to Django."""
    try:
        execute_from_command_line(sys.argv)
    except (EnvError, ImproperlyConfigured, ServiceFailed) as refusal:
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
        print(printable_json(json.dumps({"error": sentence}, ensure_ascii=False)))
    sys.exit(f"Error: {printable_lines(sentence)}")


if __name__ == "__main__":
    main()
