"""Whether workers and beat are at work, by the database's clock.

A worker notes itself while it runs, whether it has work or not. Beat cannot reach the database: the
workers note it when they receive its message of each minute.
"""

import socket
from datetime import timedelta

from django.db import connection
from django.db.models import DurationField, ExpressionWrapper, F, Max
from django.db.models.functions import Now

from core.models import Heartbeat
from core.sql_files import read_sql

# Beat sends each minute, and a worker may be busy with the loads before.
MAX_SILENCE = {
    Heartbeat.Kind.WORKER: timedelta(minutes=3),
    Heartbeat.Kind.BEAT: timedelta(minutes=15),
}


def note_heartbeat(kind: Heartbeat.Kind) -> None:
    """Note that it is at work now on this machine; machines not seen for a day are forgotten."""
    with connection.cursor() as cursor:
        cursor.execute(
            read_sql("core", "note_heartbeat"), {"kind": kind, "host": socket.gethostname()}
        )


def silences() -> dict[Heartbeat.Kind, timedelta | None]:
    """Return for how long each kind has been silent; None where it was never seen."""
    silent = ExpressionWrapper(Now() - F("seen"), output_field=DurationField())
    last = Heartbeat.objects.values("kind").annotate(seen=Max("seen_at"), silent=silent)
    found = dict(last.values_list("kind", "silent"))
    return {kind: found.get(kind) for kind in Heartbeat.Kind}


def find_silent() -> dict[Heartbeat.Kind, timedelta | None]:
    """Return what is silent for too long, and for how long; None where it was never seen.

    While the workers are silent, beat is left out: only they can note it.
    """
    found = silences()
    silent = {
        kind: found[kind]
        for kind, most in MAX_SILENCE.items()
        if (silence := found[kind]) is None or silence > most
    }
    if Heartbeat.Kind.WORKER in silent:
        silent.pop(Heartbeat.Kind.BEAT, None)
    return silent
