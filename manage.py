#!/usr/bin/env python
"""Run a management command; what the operator can mend ends in one sentence, not a traceback."""

import json
import os
import sys
from typing import NoReturn

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import ProgrammingError
from environs import EnvError
from psycopg.errors import InsufficientPrivilege, UndefinedColumn, UndefinedTable

import config  # noqa: F401 - sets DJANGO_SETTINGS_MODULE
from core.errors import DATABASE_AWAY, Refusal, database_failed
from core.printable import printable_json, printable_lines
from core.streams import lasting_streams
from core.utf8 import restart_in_utf8

LACKING = "The database lacks a table or column that the program needs: run manage.py migrate."
# Django's commands that would make or take over an account without a second person.
NOT_IN_PRODUCTION = {
    "createsuperuser": "Production has no superuser: staff setup and staff add make accounts.",
    "changepassword": "Nobody sets another's password alone: use staff reset.",
}
FORBIDDEN = (
    "The database does not allow the role of DATABASE_URL what the program needs ({}): run "
    "manage.py migrate, which grants it as the owner, or name another role."
)


def main() -> None:
    """Run a command in UTF-8, on streams that can fail without ending it."""
    restart_in_utf8()
    with lasting_streams():
        run()


def run() -> None:
    """Hand the command line to Django; start the servers that a developer's machine lacks."""
    try:
        if os.environ["DJANGO_SETTINGS_MODULE"] == "dev.settings":
            from dev import local  # noqa: PLC0415 - only a developer's machine has it

            local.start_servers()
        refuse_in_production(*sys.argv[1:2])
        execute_from_command_line(sys.argv)
    except (EnvError, ImproperlyConfigured, Refusal) as refusal:
        fail(str(refusal))
    except DATABASE_AWAY as failure:
        fail(database_failed(failure))
    except ProgrammingError as failure:
        if isinstance(failure.__cause__, UndefinedColumn | UndefinedTable):
            fail(LACKING)
        if isinstance(failure.__cause__, InsufficientPrivilege):
            fail(FORBIDDEN.format(failure.__cause__.diag.message_primary))
        raise
    except KeyboardInterrupt:
        fail("Interrupted.")


def refuse_in_production(command: str = "") -> None:
    """Refuse the commands of Django that go past core.staff.

    Raises:
        Refusal: the command is one of them, and this is production.
    """
    if command in NOT_IN_PRODUCTION and settings.PRODUCTION:
        raise Refusal(NOT_IN_PRODUCTION[command])


def fail(sentence: str) -> NoReturn:
    """End with the sentence, for a program as the JSON object that it asked for."""
    if "--json" in sys.argv:
        print(printable_json(json.dumps({"error": sentence}, ensure_ascii=False)))
    sys.exit(f"Error: {printable_lines(sentence)}")


if __name__ == "__main__":
    main()
