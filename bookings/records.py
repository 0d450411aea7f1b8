"""Split CSV into records, as bytes, and records into fields; its structure is checked before.

Source: docs/specs/feeds.md 1.1, 1.6.
"""

import re
from collections.abc import Iterable, Iterator

from bookings.values import MAX_RECORD_BYTES

FIELD = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",]*)),')


def split_records(blocks: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield the records of a file in order, in lists, without their line ends.

    A record beyond the limit is shortened: it is still too long, contains NUL if it did, and its
    beginning is unchanged.
    """
    unfinished = b""
    for block in blocks:
        if b'"' not in block and unfinished.count(b'"') % 2:
            unfinished = shorten(unfinished + block)  # line ends in quotes, perhaps gigabytes
            continue
        records, unfinished = complete_records(unfinished + block)
        yield records
    if unfinished:
        yield [unfinished]


def complete_records(text: bytes) -> tuple[list[bytes], bytes]:
    """Return a text's complete records, and the unfinished rest. It begins at a record."""
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
    """Join the lines of records with line ends inside quotes; return also the unfinished record.

    A line with an odd number of quotes begins such a record or ends it.
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
    """Shorten an unfinished record, so that it stays small however much is added.

    Beyond the limit only two facts matter: whether there is a NUL, and whether a quote is open.
    """
    if len(unfinished) <= MAX_RECORD_BYTES + 2:
        return unfinished
    beginning, rest = unfinished[:MAX_RECORD_BYTES], unfinished[MAX_RECORD_BYTES:]
    return beginning + (b"\0" if b"\0" in rest else b"x") + (b'"' if rest.count(b'"') % 2 else b"")


def split_fields(record: str) -> list[str]:
    """Return the fields of one record, unquoted."""
    if '"' not in record:
        return record.split(",")
    return [quoted.replace('""', '"') or plain for quoted, plain in FIELD.findall(record + ",")]
