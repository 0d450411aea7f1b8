"""From the path of a feed file to rows that are ready for COPY, and the rows that are not.

``open_feed_file`` reads the manifest and the checksum, so that a file which is loaded already costs
no more than that. ``FeedFileReader.chunks`` then goes through the file twice: first its structure,
against every reason to refuse it whole, before a single row is handed on; then its rows.

Source: feed contract, "Common to every feed".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bookings.definitions import FeedDefinition
from bookings.manifests import Manifest


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that breaks a rule by itself."""

    record: int  # 1 is the first after the header
    reason: str
    content: bytes  # the first 8,192 bytes as delivered, without the line end


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records of a file, in order; a few megabytes at most."""

    rows: bytes  # COPY text: record number, columns, computed columns; null is \N; UTF-8
    count: int  # of the rows in ``rows``
    bad: list[BadRow]


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """One row that breaks no rule by itself: its fields in order, unquoted, an empty one None."""

    definition: FeedDefinition
    values: tuple[str | None, ...]

    def copy_line(self, record: int) -> bytes:
        """Return the row as ``Chunk.rows`` holds it, with its line end."""
        raise NotImplementedError


@dataclass(frozen=True)
class FeedFileReader:
    """A feed file whose manifest and checksum are right."""

    path: Path
    definition: FeedDefinition
    manifest: Manifest
    sha256: str  # of the file as delivered, lower-case hex

    @property
    def name(self) -> str:
        """Return the name that the file was delivered under."""
        return self.path.name

    @property
    def rows(self) -> int:
        """Return how many rows the manifest says there are; ``chunks`` makes sure."""
        return self.manifest.rows

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows, after the whole file's structure has been found in order.

        Raises:
            FileRefused: for any reason after the checksum, before the first chunk;
                ``too_many_bad_rows`` as soon as it is certain; ``checksum_differs`` after the last
                chunk where the file was changed meanwhile.
        """
        raise NotImplementedError


def find_feed_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files named, and of each folder its ``*.csv`` and ``*.csv.gz`` by name.

    Raises:
        NoSuchPath: a path leads nowhere.
    """
    raise NotImplementedError


def open_feed_file(path: Path, definitions: Mapping[str, FeedDefinition]) -> FeedFileReader:
    """Read the manifest of a feed file and compare its checksum.

    Raises:
        FileRefused: ``code`` is the reason: ``unreadable_file``, ``no_manifest``,
            ``unreadable_manifest``, ``unknown_version``, ``unknown_feed`` or ``checksum_differs``.
    """
    raise NotImplementedError


def read_records(reader: FeedFileReader, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """Yield the records of these numbers, ascending, as ``BadRow.content`` would hold them."""
    raise NotImplementedError


def read_row(definition: FeedDefinition, content: bytes, encoding: str) -> AcceptedRow | str:
    """Return one record's values, or the reason why it is bad by itself.

    ``content`` is the record as delivered, in the ``encoding`` of its manifest, without line end.
    """
    raise NotImplementedError
