"""From the path of a feed file to rows that are ready for COPY, and the rows that are not.

``open_feed_file`` reads the manifest and the checksum, so that a file which is loaded already costs
no more than that. ``FeedFileReader.chunks`` then goes through the file twice: first its structure,
against every reason to refuse it whole, before a single row is handed on; then its rows.

Source: docs/specs/feeds.md 1.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bookings.chunks import BadRow, Chunk, make_chunks
from bookings.definitions import FeedDefinition
from bookings.delivery import (
    BLOCK_SIZE,
    Digest,
    FileRefused,
    PathNotReadable,
    find_feed_files,
    read_content,
    read_delivered,
)
from bookings.manifests import Manifest, feed_of_name, read_manifest
from bookings.records import split_records
from bookings.rows import AcceptedRow, read_row
from bookings.structure import Structure, refuse_faulty
from bookings.values import LONGEST_RECORD
from core.printable import stored_name

__all__ = [
    "AcceptedRow",
    "BadRow",
    "Chunk",
    "FeedFileReader",
    "FileRefused",
    "PathNotReadable",
    "find_feed_files",
    "open_feed_file",
    "read_records",
    "read_row",
]

FEWEST_ROWS = 100  # of a file that can be refused for its bad rows
BAD_ROW_SHARE = 20  # more than one in so many are too many


@dataclass(frozen=True)
class FeedFileReader:
    """A feed file whose manifest and checksum are right."""

    path: Path
    definition: FeedDefinition
    manifest: Manifest
    sha256: str  # of the file as delivered, lower-case hex
    expected: tuple[FeedDefinition, ...]  # of whose header the file may have one
    block_size: int = BLOCK_SIZE
    follow_links: bool = False

    @property
    def name(self) -> str:
        """Return the name that the file was delivered under, as any terminal can print it."""
        return stored_name(self.path.name)

    @property
    def rows(self) -> int:
        """Return how many rows the manifest says there are; ``chunks`` makes sure."""
        return self.manifest.rows

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows, after the whole file's structure has been found in order.

        Raises:
            FileRefused: for any reason after the checksum, before the first chunk;
                ``too_many_bad_rows`` as soon as it is certain; ``checksum_differs`` at last where
                the file was changed meanwhile.
        """
        structure = Structure(self.manifest.encoding)
        structure.take_all(self.content())
        refuse_faulty(structure, self.manifest, self.path.name, self.expected)
        digest = hashlib.sha256()
        bad = 0
        try:
            for first, records in self.records(digest):
                for chunk in make_chunks(self.definition, self.manifest.encoding, first, records):
                    bad += len(chunk.bad)
                    self.refuse_many_bad_rows(bad)
                    yield chunk
        except UnicodeDecodeError as error:
            raise checksum_differs() from error
        if digest.hexdigest() != self.sha256:
            raise checksum_differs()

    def refuse_many_bad_rows(self, bad: int) -> None:
        """Refuse the file where more than 5 % of at least 100 rows are bad by themselves.

        Raises:
            FileRefused: ``too_many_bad_rows``.
        """
        if self.rows >= FEWEST_ROWS and bad * BAD_ROW_SHARE > self.rows:
            raise FileRefused("too_many_bad_rows", "More than 5 % of the rows are bad.")

    def content(self, digest: Digest | None = None) -> Iterator[bytes]:
        """Yield the file's content in blocks, unpacked and without BOM."""
        return read_content(
            self.path,
            self.manifest.encoding,
            digest=digest,
            block_size=self.block_size,
            follow_links=self.follow_links,
        )

    def records(self, digest: Digest | None = None) -> Iterator[tuple[int, list[bytes]]]:
        """Yield lists of records as delivered, each with the number of its first; no header."""
        first = 0
        for records in split_records(self.content(digest)):
            if records:
                yield (first, records) if first else (1, records[1:])
                first += len(records)


def open_feed_file(
    path: Path, definitions: Mapping[str, FeedDefinition], *, follow_links: bool = False
) -> FeedFileReader:
    """Read the manifest of a feed file and compare its checksum.

    Links are followed for a person who names one, never for who can put one into a folder.

    Raises:
        FileRefused: ``code`` is the reason: ``no_manifest``, ``unreadable_manifest``,
            ``unknown_version``, ``unknown_feed``, ``unreadable_file`` or ``checksum_differs``.
    """
    totalled = [name for name, definition in definitions.items() if definition.totals]
    manifest = read_manifest(path, totalled=totalled, follow_links=follow_links)
    names = (feed_of_name(path.name) or "", manifest.feed)
    expected = tuple(definitions[name] for name in names if name in definitions)
    if not expected:
        raise FileRefused("unknown_feed", "There is no feed of this name.")
    digest = hashlib.sha256()
    for block in read_delivered(path, follow_links=follow_links):
        digest.update(block)
    if digest.hexdigest() != manifest.sha256:
        raise checksum_differs()
    return FeedFileReader(
        path, expected[0], manifest, manifest.sha256, expected, follow_links=follow_links
    )


def checksum_differs() -> FileRefused:
    """Return the refusal of a file that is not the one its manifest speaks of."""
    return FileRefused("checksum_differs", "The file has not the checksum that its manifest says.")


def read_records(reader: FeedFileReader, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """Yield the records of these numbers, ascending, as ``BadRow.content`` would hold them."""
    wanted = sorted(set(numbers))
    done = 0
    for first, records in reader.records():
        while done < len(wanted) and wanted[done] < first + len(records):
            yield wanted[done], records[wanted[done] - first][:LONGEST_RECORD]
            done += 1
        if done == len(wanted):
            return
