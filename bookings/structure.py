"""Check the structure of a whole feed file in one pass: what refuses the file.

Source: docs/specs/feeds.md 1.5.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from enum import Enum

from bookings.definitions import FeedDefinition
from bookings.delivery import FileRefused
from bookings.manifests import Manifest
from bookings.values import MAX_RECORD_BYTES

AFTER_QUOTE = (b",", b"\n", b"\r\n")  # what may follow a closing quote
BEFORE_QUOTE = (b",", b"\n")  # what may precede an opening quote


class CsvState(Enum):
    """Where in a record a block ends.

    The value is the shortest text that brings a reader of the next block into this state.
    """

    FIELD_START = b""
    UNQUOTED = b"x"
    QUOTED = b'"'
    QUOTE_IN_QUOTED = b'""'  # the field's end, or half of an escaped quote
    CARRIAGE_RETURN = b"\r"  # outside quotes


class Structure:
    """What the blocks of a file's content show, wherever the blocks end.

    Every character that matters to CSV is one byte in both encodings and never part of a longer
    character, so records can be counted before it is known whether the file decodes.
    """

    def __init__(self, encoding: str) -> None:
        self.beginning = b""  # as much as a header needs
        self.undecodable = False
        self.malformed = False
        self.fault: FileRefused | None = None  # why the content ended early
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._state = CsvState.FIELD_START
        self._line_feeds = 0  # outside quotes: each ends a record
        self._line_ends = 0  # also inside quotes, and lone CRs: some reader ends a record there
        self._last_byte = b""

    def read_all(self, blocks: Iterable[bytes]) -> None:
        """Read every block; store the refusal that may end them in ``fault``."""
        try:
            for block in blocks:
                self.read_block(block)
        except FileRefused as fault:
            self.fault = fault
        self._decode(b"", final=self.fault is None)
        self.malformed |= self._state in {CsvState.QUOTED, CsvState.CARRIAGE_RETURN}

    def read_block(self, block: bytes) -> None:
        """Read the next bytes, at least one."""
        if len(self.beginning) <= MAX_RECORD_BYTES:
            self.beginning += block[: MAX_RECORD_BYTES + 1]
        self._decode(block, final=False)
        text = self._state.value + block
        pieces = text.split(b'"')
        outside = pieces[::2]
        self._check_quotes(outside, ends_outside=len(pieces) % 2 == 1)
        self._state = state_after(pieces)
        self._count_lines(text, b'"'.join(outside))
        self._last_byte = block[-1:]

    def rows_fit(self, rows: int) -> bool:
        """Return whether the file can have the number of rows in its manifest.

        True for a file that ended early: it is not counted. With malformed quotes readers disagree
        on what a record is; none finds more records than lines.
        """
        if self.fault is not None:
            return True
        if self.malformed:
            return rows <= self._line_ends + (self._last_byte not in {b"", b"\n"}) - 1
        ended = self._last_byte in {b"", b"\n"} and self._state is CsvState.FIELD_START
        return rows == max(self._line_feeds + (not ended) - 1, 0)

    def _decode(self, block: bytes, *, final: bool) -> None:
        if not self.undecodable:
            try:
                self._decoder.decode(block, final)
            except UnicodeDecodeError:
                self.undecodable = True

    def _check_quotes(self, outside: list[bytes], *, ends_outside: bool) -> None:
        """Check the pieces outside quotes.

        A piece between a closing and an opening quote is empty (the two are an escaped quote), or
        begins with the end of a field and ends with the start of one.
        """
        first, last = outside[0], outside[-1]
        # Equal pieces are checked once: nearly all of them are single commas.
        between = set(outside[1:-1] if ends_outside else outside[1:])
        if len(outside) > 1 or not ends_outside:
            between.add(b"," + first if first else b"")
        self.malformed |= any(
            piece and not (piece.startswith(AFTER_QUOTE) and piece.endswith(BEFORE_QUOTE))
            for piece in between
        )
        if len(outside) > 1 and ends_outside:
            self.malformed |= last not in {b"", b"\r"} and not last.startswith(AFTER_QUOTE)

    def _count_lines(self, text: bytes, outside: bytes) -> None:
        line_feeds = outside.count(b"\n")
        self._line_feeds += line_feeds
        self._line_ends += text.count(b"\n") if b'"' in text else line_feeds
        if b"\r" in outside:
            lone_returns = outside.count(b"\r") - outside.count(b"\r\n")
            lone_returns -= self._state is CsvState.CARRIAGE_RETURN
            self._line_ends += lone_returns
            self.malformed |= lone_returns > 0


def state_after(pieces: list[bytes]) -> CsvState:
    """Return the state at the end of a text that begins a field.

    Args: ``pieces`` is the text split at its quotes.
    """
    last = pieces[-1]
    if len(pieces) % 2 == 0:
        return CsvState.QUOTED
    if not last and len(pieces) > 1:
        return CsvState.QUOTE_IN_QUOTED
    if not last or last.endswith(BEFORE_QUOTE):
        return CsvState.FIELD_START
    return CsvState.CARRIAGE_RETURN if last.endswith(b"\r") else CsvState.UNQUOTED


def check_structure(
    structure: Structure, manifest: Manifest, name: str, feeds: Iterable[FeedDefinition]
) -> None:
    """Check a file's structure; the contract's first reason refuses it.

    Args: ``feeds`` are the feed of the file's name and the one of its manifest.

    Raises:
        FileRefused: ``row_count_differs``, ``header_differs``, ``undecodable``,
            ``truncated_gzip``, ``too_large``, ``malformed_quoting`` or
            ``manifest_differs_from_name``.
    """
    for refusal in find_refusals(structure, manifest, name, feeds):
        raise refusal


def find_refusals(
    structure: Structure, manifest: Manifest, name: str, feeds: Iterable[FeedDefinition]
) -> Iterator[FileRefused]:
    """Yield each refusal that a file's structure gives, in the contract's order."""
    if not structure.rows_fit(manifest.rows):
        yield FileRefused("row_count_differs", "The file has not the rows that its manifest says.")
    if not any(has_header(structure, feed) for feed in feeds):
        yield FileRefused("header_differs", "The header row is not that of the feed.")
    if structure.undecodable:
        yield FileRefused("undecodable", f"The file has bytes that are not {manifest.encoding}.")
    if structure.fault is not None:
        yield structure.fault
    if structure.malformed:
        yield FileRefused("malformed_quoting", "The file is not CSV: a quote or a CR out of place.")
    if not manifest.fits_name(name):
        yield FileRefused(
            "manifest_differs_from_name",
            "The file's name is not made of its manifest's feed, date and sequence.",
        )


def has_header(structure: Structure, feed: FeedDefinition) -> bool:
    """Return whether a file begins with a feed's header row, or ended before its end."""
    line, line_feed, _ = structure.beginning.partition(b"\n")
    if structure.fault is not None and not line_feed and len(line) <= MAX_RECORD_BYTES:
        return True
    fields = [re.escape(name.encode("ascii")) for name in feed.header]
    header = b",".join(b'(?:%b|"%b")' % (field, field) for field in fields) + rb"\r?"
    return re.fullmatch(header, line) is not None
