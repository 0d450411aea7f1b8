"""CSV by RFC 4180, byte by byte: the reference for the fast readers."""

from dataclasses import dataclass, field


@dataclass
class Reading:
    """What a plain reader makes of a whole content."""

    records: list[bytes] = field(default_factory=list)  # as delivered, without their line ends
    fields: list[list[bytes]] = field(default_factory=list)  # of each record, unquoted
    malformed: bool = False


def read_plainly(content: bytes) -> Reading:
    """Read a content byte by byte; at the first fault the rest is left unread."""
    reading = Reading()
    at = start = 0
    fields: list[bytes] = []
    while at < len(content):
        value, at = read_field(content, at)
        if value is None:
            return Reading(reading.records, reading.fields, malformed=True)
        fields.append(value)
        if content[at : at + 1] == b",":
            at += 1
            if at < len(content):
                continue
            fields.append(b"")
        reading.records.append(content[start:at])
        reading.fields.append(fields)
        at += 2 if content[at : at + 1] == b"\r" else 1
        start, fields = at, []
    return reading


def read_field(content: bytes, at: int) -> tuple[bytes | None, int]:
    """Return the field that begins here, and where it ends; None where it is malformed."""
    value = bytearray()
    if content[at : at + 1] == b'"':
        at += 1
        while content[at : at + 1] != b'"' or content[at : at + 2] == b'""':
            if at >= len(content):
                return None, at
            at += content[at : at + 2] == b'""'
            value.append(content[at])
            at += 1
        at += 1
    else:
        while at < len(content) and content[at] not in b',\n\r"':
            value.append(content[at])
            at += 1
    ends_here = at == len(content) or content[at] in b",\n" or content[at : at + 2] == b"\r\n"
    return (bytes(value) if ends_here else None), at


def in_blocks(content: bytes, size: int) -> list[bytes]:
    """Cut a content into blocks of one size; the last may be shorter."""
    return [content[at : at + size] for at in range(0, len(content), size)]
