#!/usr/bin/env python
"""Run a management command; what the operator can mend ends in one sentence, not a traceback."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db.utils import OperationalError
from environs import EnvError

from config.refusals import ServiceFailed, database_unreachable


def main() -> None:
    """Hand the command line to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except (EnvError, ImproperlyConfigured, ServiceFailed) as refusal:
        sys.exit(f"Error: {refusal}")
    except OperationalError as failure:
        sys.exit(f"Error: {database_unreachable(failure)}")


if __name__ == "__main__":
    main()
