"""Write feed files: a CSV and its manifest, valid unless the options say otherwise."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from bookings.definitions import BOOKINGS, EX_REGISTRATIONS, FeedDefinition

Row = Mapping[str, object]


def booking_row(**values: object) -> dict[str, object]:
    """Return a good row of ``bookings``: an e5489 ticket, booked; with the values given."""
    row = {
        "event_id": "E1",
        "event_type": "booked",
        "occurred_at": "2024-12-20T10:00:00+09:00",
        "operated_via": "web",
        "booking_service": "e5489",
        "reservation_no": "R1",
        "item_no": "1",
        "wester_id": "W1",
        "ex_member_no": "",
        "booked_at": "2024-12-20T10:00:00+09:00",
        "travel_date": "2024-12-30",
        "journey": "サンダーバード:大阪>敦賀|北陸新幹線:敦賀>金沢",
        "sales_channel": "web",
        "product_kind": "standard",
        "payment_method": "registered_card",
        "amount_yen": "9410",
    }
    return row | values


def booking_row_2(**values: object) -> dict[str, object]:
    """Return a good row of ``bookings``, version 2: ticketless."""
    return booking_row(**{"ticketing": "ticketless"} | values)


def ex_booking_row(**values: object) -> dict[str, object]:
    """Return a good row of ``bookings`` for an EX ticket."""
    row = {
        "booking_service": "smart_ex",
        "wester_id": "",
        "ex_member_no": "X1",
        "journey": "東海道・山陽新幹線:東京>新神戸",
    }
    return booking_row(**row | values)


def registration_row(**values: object) -> dict[str, object]:
    """Return a good row of ``ex_registrations``."""
    row = {
        "ex_member_no": "X1",
        "member_kind": "smart_ex",
        "wester_id": "W1",
        "points_registered_at": "2024-11-01T00:00:00+09:00",
        "updated_at": "2024-11-01T00:00:00+09:00",
    }
    return row | values


def csv_bytes(
    definition: FeedDefinition,
    rows: Iterable[Row],
    *,
    line_end: str = "\n",
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL,
    encoding: str = "utf-8",
) -> bytes:
    """Return a header and rows as CSV; a row is a mapping by column names."""
    text = io.StringIO(newline="")
    # The writer quotes only the characters of its own line end, so it gets both.
    writer = csv.DictWriter(text, definition.header, lineterminator="\r\n", quoting=quoting)
    lines = []
    for row in [dict(zip(definition.header, definition.header, strict=True)), *rows]:
        writer.writerow(row)
        lines.append(text.getvalue().removesuffix("\r\n") + line_end)
        text.seek(0)
        text.truncate()
    return "".join(lines).encode(encoding)


def write_feed_file(
    folder: Path,
    rows: Iterable[Row] = (),
    *,
    definition: FeedDefinition = BOOKINGS,
    business_date: str = "2025-01-07",
    sequence: int = 1,
    packed: bool = False,
    encoding: str = "utf-8",
    line_end: str = "\n",
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL,
    name: str | None = None,
    content: bytes | None = None,
    delivered: bytes | None = None,
    manifest: Mapping[str, Any] | bytes | None = None,
) -> Path:
    """Write a feed file and its manifest into a folder and return its path.

    ``content`` stands for the whole CSV (then ``rows`` only gives the manifest its count),
    ``delivered`` for the file as it lies there, packed or not; ``manifest`` overrides some of its
    keys (None leaves a key out), or is the whole text of it.
    """
    rows = list(rows)
    if content is None:
        content = csv_bytes(definition, rows, line_end=line_end, quoting=quoting, encoding=encoding)
    if delivered is None:
        delivered = gzip.compress(content, mtime=0) if packed else content
    if name is None:
        suffix = ".csv.gz" if packed else ".csv"
        name = f"{definition.name}-{business_date.replace('-', '')}-{sequence:03}{suffix}"
    path = folder / name
    path.write_bytes(delivered)
    right: dict[str, Any] = {
        "feed": definition.name,
        "version": definition.version,
        "business_date": business_date,
        "sequence": sequence,
        "rows": len(rows),
        "sha256": hashlib.sha256(delivered).hexdigest(),
        "encoding": encoding,
    }
    write_manifest(path, manifest if isinstance(manifest, bytes) else right | dict(manifest or {}))
    return path


def write_manifest(path: Path, manifest: Mapping[str, Any] | bytes) -> Path:
    """Write the manifest beside a feed file; of a mapping, the keys that are not None."""
    if not isinstance(manifest, bytes):
        given = {key: value for key, value in manifest.items() if value is not None}
        manifest = json.dumps(given).encode()
    beside = path.with_name(path.name + ".manifest.json")
    beside.write_bytes(manifest)
    return beside


def write_registrations(folder: Path, rows: Iterable[Row], **options: Any) -> Path:
    """Write a file of ``ex_registrations``; options as ``write_feed_file`` takes them."""
    return write_feed_file(folder, rows, definition=EX_REGISTRATIONS, **options)
