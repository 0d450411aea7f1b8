"""The structure of a feed file as a whole, found at the speed of reading: what refuses it whole.

Source: docs/specs/feeds.md 1.5.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from enum import Enum

from bookings.definitions import FeedDefinition
from bookings.delivery import FileRefused
from bookings.manifests import Manifest
from bookings.values import LONGEST_RECORD

AFTER_A_QUOTE = (b",", b"\n", b"\r\n")  # what may follow a closing one
BEFORE_A_QUOTE = (b",", b"\n")  # what may stand before an opening one


class Place(Enum):
    """Where in a record a block ends; the value brings a reader of the next block there."""

    FIELD_START = b""
    UNQUOTED = b"x"
    QUOTED = b'"'
    QUOTE_IN_QUOTED = b'""'  # the field's end, or the first half of an escaped quote
    CARRIAGE_RETURN = b"\r"  # outside quotes


class Structure:
    """What the blocks of a file's content show, whatever their borders.

    Every sign that matters to CSV is one byte in both encodings and never part of a longer
    character, so a file can be counted before it is known to decode.
    """

    def __init__(self, encoding: str) -> None:
        self.beginning = b""  # as much as a header can need
        self.undecodable = False
        self.malformed = False
        self.fault: FileRefused | None = None  # why there is no more content to read
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._place = Place.FIELD_START
        self._line_feeds = 0  # outside quotes: each ends a record
        self._line_ends = 0  # inside quotes as well, and lone CRs: each ends one to some reader
        self._last_byte = b""

    def take_all(self, blocks: Iterable[bytes]) -> None:
        """Take every block, and the refusal that may end them."""
        try:
            for block in blocks:
                self.take(block)
        except FileRefused as fault:
            self.fault = fault
        self._decode(b"", final=self.fault is None)
        self.malformed |= self._place in {Place.QUOTED, Place.CARRIAGE_RETURN}

    def take(self, block: bytes) -> None:
        """Take the next bytes, at least one."""
        if len(self.beginning) <= LONGEST_RECORD:
            self.beginning += block[: LONGEST_RECORD + 1]
        self._decode(block, final=False)
        text = self._place.value + block
        pieces = text.split(b'"')
        outside = pieces[::2]
        self._judge_quotes(outside, ends_outside=len(pieces) % 2 == 1)
        self._place = place_after(pieces)
        self._count(text, b'"'.join(outside))
        self._last_byte = block[-1:]

    def rows_fit(self, rows: int) -> bool:
        """Say whether a file of this structure can have as many rows as its manifest says.

        A file that ends early has not been counted. Where quotes are malformed readers differ in
        what a record is; none finds more of them than lines.
        """
        if self.fault is not None:
            return True
        if self.malformed:
            return rows <= self._line_ends + (self._last_byte not in {b"", b"\n"}) - 1
        ended = self._last_byte in {b"", b"\n"} and self._place is Place.FIELD_START
        return rows == max(self._line_feeds + (not ended) - 1, 0)

    def _decode(self, block: bytes, *, final: bool) -> None:
        if not self.undecodable:
            try:
                self._decoder.decode(block, final)
            except UnicodeDecodeError:
                self.undecodable = True

    def _judge_quotes(self, outside: list[bytes], *, ends_outside: bool) -> None:
        """Look at what stands outside quotes, piece by piece.

        Between a closing and an opening quote there is nothing (together they are an escaped one),
        or the end of a field at first and the start of one at last.
        """
        first, last = outside[0], outside[-1]
        # Equal pieces are judged once: nearly all of them are single commas.
        between = set(outside[1:-1] if ends_outside else outside[1:])
        if len(outside) > 1 or not ends_outside:
            between.add(b"," + first if first else b"")
        self.malformed |= any(
            piece and not (piece.startswith(AFTER_A_QUOTE) and piece.endswith(BEFORE_A_QUOTE))
            for piece in between
        )
        if len(outside) > 1 and ends_outside:
            self.malformed |= last not in {b"", b"\r"} and not last.startswith(AFTER_A_QUOTE)

    def _count(self, text: bytes, outside: bytes) -> None:
        line_feeds = outside.count(b"\n")
        self._line_feeds += line_feeds
        self._line_ends += text.count(b"\n") if b'"' in text else line_feeds
        if b"\r" in outside:
            lone_returns = outside.count(b"\r") - outside.count(b"\r\n")
            lone_returns -= self._place is Place.CARRIAGE_RETURN
            self._line_ends += lone_returns
            self.malformed |= lone_returns > 0


def place_after(pieces: list[bytes]) -> Place:
    """Return where a text ends that begins at a field's start and is cut at its quotes."""
    last = pieces[-1]
    if len(pieces) % 2 == 0:
        return Place.QUOTED
    if not last and len(pieces) > 1:
        return Place.QUOTE_IN_QUOTED
    if not last or last.endswith(BEFORE_A_QUOTE):
        return Place.FIELD_START
    return Place.CARRIAGE_RETURN if last.endswith(b"\r") else Place.UNQUOTED


def refuse_faulty(
    structure: Structure, manifest: Manifest, name: str, feeds: Iterable[FeedDefinition]
) -> None:
    """Refuse a file for the first of the contract's reasons that its structure gives.

    ``feeds`` are those that the file may be of: its name's and its manifest's, should they differ.

    Raises:
        FileRefused: ``row_count_differs``, ``header_differs``, ``undecodable``,
            ``truncated_gzip``, ``too_large``, ``malformed_quoting`` or
            ``manifest_differs_from_name``.
    """
    for fault in faults(structure, manifest, name, feeds):
        raise fault


def faults(
    structure: Structure, manifest: Manifest, name: str, feeds: Iterable[FeedDefinition]
) -> Iterator[FileRefused]:
    """Yield every reason to refuse a file for its structure, in the contract's order."""
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
    """Say whether a file begins with the header row of a feed, or ended before it could."""
    line, line_feed, _ = structure.beginning.partition(b"\n")
    if structure.fault is not None and not line_feed and len(line) <= LONGEST_RECORD:
        return True
    fields = [re.escape(name.encode("ascii")) for name in feed.header]
    header = b",".join(b'(?:%b|"%b")' % (field, field) for field in fields) + rb"\r?"
    return re.fullmatch(header, line) is not None
