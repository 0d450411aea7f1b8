"""Whose totals have to be computed again, and under which campaign.

A mark names a member, or an EX member number, whose bookings changed; the apps below leave it in
the transaction of the change. The start of a run consumes all marks: the members of its own
campaign go into its shards, for the other campaigns they wait as due members. All of this happens
under ``Lock.TOTALS`` and in one statement: a mark that it sees is of a change that every later
statement sees; a mark that comes later stays for the next run.
"""

from django.db import connection
from psycopg import sql

from campaign.models import AggregationRun
from core.sql_files import compose_sql, read_sql


def create_full_shards(run: AggregationRun, *, shards: int) -> None:
    """Create the shards of a full run; the members who are due are computed with all others."""
    create_shards(run, "full_shards", shards=shards)


def create_due_shards(run: AggregationRun, *, max_size: int) -> None:
    """Create the shards of an incremental run; without due members there are none."""
    create_shards(run, "due_shards", size=max_size)


def create_shards(run: AggregationRun, query: str, **sizes: int) -> None:
    """Consume all marks and create a run's shards by one of the queries in campaign/sql."""
    new_shards = sql.SQL(read_sql("campaign", query))
    with connection.cursor() as cursor:
        cursor.execute(
            compose_sql("campaign", "create_shards", new_shards=new_shards),
            {"campaign": run.campaign_id, "run": run.pk, **sizes},
        )
