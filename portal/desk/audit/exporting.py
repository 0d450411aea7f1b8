"""The records of a search as a file for spreadsheets; who exported it is a record, too."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import audit
from core.audit import Actor
from core.errors import Refusal
from core.spreadsheets import write_csv
from portal import formats
from portal.desk.audit.searching import Search, find_all
from portal.desk.audit.words import Describer, ShownRecord

MAX_ROWS = 50_000


class TooManyRecords(Refusal):
    """A search finds more records than one file has."""


@transaction.atomic
def export_records(search: Search, *, actor: Actor, at: datetime) -> bytes:
    """Return the found records as CSV, the newest first, and record the export.

    The record names the conditions, without what was typed and might name somebody: a text, and a
    user name of which there is no record.

    Raises:
        TooManyRecords: more than ``MAX_ROWS`` are found.
    """
    records = find_all(search, most=MAX_ROWS)
    if len(records) > MAX_ROWS:
        raise TooManyRecords(
            _("More than %(count)s records are found; choose a shorter period.")
            % {"count": formats.grouped(MAX_ROWS)}
        )
    describer = Describer(actor.user)
    content = write_csv(header(), (row(describer.describe(one), one.action) for one in records))
    audit.record(
        actor=actor,
        action="file.exported",
        subject="audit",
        at=at,
        detail={
            "file": "audit",
            "records": len(records),
            "search": describe_search(search, is_found=bool(records)),
        },
    )
    return content


def header() -> list[str]:
    """Return the names of the columns."""
    return [
        pgettext("column", "No."),
        pgettext("column", "Time in Japan"),
        pgettext("column", "Person"),
        pgettext("column", "Where"),
        pgettext("column", "Action"),
        pgettext("column", "Action (code)"),
        pgettext("column", "Subject"),
        pgettext("column", "Details"),
    ]


def row(shown: ShownRecord, code: str) -> list[Any]:
    """Return the cells of a record; an instant as spreadsheets read it."""
    separator = pgettext("between details", "; ")
    return [
        shown.number,
        f"{localtime(shown.at):%Y-%m-%d %H:%M:%S}",
        shown.who,
        shown.where,
        shown.action,
        code,
        shown.subject.text,
        separator.join(f"{one.label} {one.text}" for one in shown.details),
    ]


def describe_search(search: Search, *, is_found: bool) -> dict[str, Any]:
    """Return the conditions of a search, for the audit; of a text only that there was one."""
    given = {
        "person": search.person if is_found else "",
        "since": search.since and search.since.isoformat(),
        "until": search.until and search.until.isoformat(),
        "action": search.action,
        "about": search.about if search.number is not None else "",
        "number": search.number,
        "text": bool(search.text),
    }
    return {name: value for name, value in given.items() if value not in ("", None, False)}
