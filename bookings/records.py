"""Records of CSV as bytes, and their fields; of content whose structure is known to be in order.

Source: docs/specs/feeds.md 1.1, 1.6.
"""

import re
from collections.abc import Iterable, Iterator

from bookings.values import LONGEST_RECORD

FIELD = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",]*)),')


def split_records(blocks: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield the records of a file in order, without their line ends, as lists of some.

    A record that is far too long comes without most of what is beyond the longest a record may be:
    it is still too long, holds NUL if it did, and begins with what is to be kept.
    """
    unfinished = b""
    for block in blocks:
        if b'"' not in block and unfinished.count(b'"') % 2:
            unfinished = shorten(unfinished + block)  # line ends in quotes, by the gigabyte maybe
            continue
        records, unfinished = complete_records(unfinished + block)
        yield records
    if unfinished:
        yield [unfinished]


def complete_records(text: bytes) -> tuple[list[bytes], bytes]:
    """Return the records that end in a text which begins at a record, and what is left of it."""
    lines = text.split(b"\n")
    if b'"' in text:
        records, unfinished = join_lines(lines)
    else:
        unfinished = lines.pop()
        records = lines
    if b"\r" in text:
        records = [record.removesuffix(b"\r") for record in records]
    return records, shorten(unfinished)


def join_lines(lines: list[bytes]) -> tuple[list[bytes], bytes]:
    """Join the lines of each record with a line end inside quotes; return also the unfinished one.

    A line with an odd number of quotes opens such a record or closes it.
    """
    odd = [at for at, line in enumerate(lines[:-1]) if line.count(b'"') % 2]
    records: list[bytes] = []
    done = 0
    for opening, closing in zip(odd[::2], odd[1::2], strict=False):
        records += lines[done:opening]
        records.append(b"\n".join(lines[opening : closing + 1]))
        done = closing + 1
    unfinished = odd[-1] if len(odd) % 2 else len(lines) - 1
    return records + lines[done:unfinished], b"\n".join(lines[unfinished:])


def shorten(unfinished: bytes) -> bytes:
    """Return the beginning of a record so that what follows can be added to it for ever.

    Past the longest record all that matters is whether NUL was there, and an open quote.
    """
    if len(unfinished) <= LONGEST_RECORD + 2:
        return unfinished
    kept, rest = unfinished[:LONGEST_RECORD], unfinished[LONGEST_RECORD:]
    return kept + (b"\0" if b"\0" in rest else b"x") + (b'"' if rest.count(b'"') % 2 else b"")


def split_fields(record: str) -> list[str]:
    """Return the fields of one record, unquoted."""
    if '"' not in record:
        return record.split(",")
    return [quoted.replace('""', '"') or plain for quoted, plain in FIELD.findall(record + ",")]
