"""Refusals: one sentence that a person may read, and how they are made of database errors."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import DatabaseError, Error, InterfaceError, OperationalError, transaction

from core.printable import printable, printable_name

# What Django raises where the database is away, is too busy, or is a standby that takes no writes
# (config.postgres). Pages, commands, tasks and readiness all use this definition.
DATABASE_AWAY = (OperationalError, InterfaceError)


class Refusal(Exception):
    """A request that the rules do not allow; nothing of it has been done.

    Each app derives its own base from it; each refusal is named for the fact that it states.
    """


@contextmanager
def constraint_errors(refusals: Mapping[str, Refusal]) -> Iterator[None]:
    """Turn the violation of a named constraint or trigger into the refusal given for it.

    The block runs in a savepoint. A violation that is not named here is raised: it is a bug.
    """
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        refusal = refusals.get(getattr(diagnosis, "constraint_name", None) or "")
        if refusal is None:
            raise
        raise refusal from error


def database_failed(failure: Error) -> str:
    """Describe a failing database in one sentence, with the first line of its message.

    The lines after that may repeat the values of a row.
    """
    message = printable((str(failure).strip() or "no answer").splitlines()[0])
    return f"The database did not serve us ({message}). Check DATABASE_URL, and that it is running."


def system_failed(failure: OSError) -> str:
    """Describe an error of the operating system in one sentence: which file, and why."""
    where = f"{printable_name(os.fsdecode(failure.filename))}: " if failure.filename else ""
    return f"{where}{failure.strerror or type(failure).__name__}."
