"""Read a feed file: check the whole file, then yield its rows for COPY.

``open_feed_file`` reads the manifest and compares the checksum; a file that is loaded already costs
only that. ``FeedFileReader.chunks`` then reads the file twice: first its structure, to find any
reason to refuse the whole file before the first row is yielded, then its rows.

Source: docs/specs/feeds.md 1.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bookings.chunks import Chunk, make_chunks
from bookings.definitions import FeedDefinition
from bookings.delivery import BLOCK_SIZE, Digest, FileRefused, read_content, read_delivered
from bookings.manifests import Manifest, feed_of_name, read_manifest
from bookings.records import split_records
from bookings.structure import Structure, check_structure
from bookings.values import MAX_RECORD_BYTES
from core.printable import stored_name

MIN_ROWS = 100  # of a file that can be refused for its bad rows
BAD_ROW_SHARE = 20  # more than one bad row in so many are too many


@dataclass(frozen=True)
class FeedFileReader:
    """A feed file whose manifest is valid and whose checksum agrees."""

    path: Path
    definition: FeedDefinition
    manifest: Manifest
    sha256: str  # of the file as delivered, lower-case hex
    expected: tuple[FeedDefinition, ...]  # the feeds whose header the file may have
    block_size: int = BLOCK_SIZE
    follow_links: bool = False

    @property
    def name(self) -> str:
        """Return the delivered name, in printable characters."""
        return stored_name(self.path.name)

    @property
    def rows(self) -> int:
        """Return the number of rows in the manifest, which ``chunks`` checks."""
        return self.manifest.rows

    def chunks(self) -> Iterator[Chunk]:
        """Check the structure of the whole file, then yield its rows.

        Raises:
            FileRefused: for any reason after the checksum, before the first chunk;
                ``too_many_bad_rows`` as soon as that is certain; ``checksum_differs`` at the end
                where the file has changed since.
        """
        structure = Structure(self.manifest.encoding)
        structure.read_all(self.content())
        check_structure(structure, self.manifest, self.path.name, self.expected)
        digest = hashlib.sha256()
        bad = 0
        try:
            for first, records in self.records(digest):
                for chunk in make_chunks(self.definition, self.manifest.encoding, first, records):
                    bad += len(chunk.bad)
                    self.check_bad_rows(bad)
                    yield chunk
        except UnicodeDecodeError as error:
            raise checksum_differs() from error
        if digest.hexdigest() != self.sha256:
            raise checksum_differs()

    def check_bad_rows(self, bad: int) -> None:
        """Check that at most 5 % of 100 rows or more are bad by themselves.

        Raises:
            FileRefused: ``too_many_bad_rows``.
        """
        if self.rows >= MIN_ROWS and bad * BAD_ROW_SHARE > self.rows:
            raise FileRefused("too_many_bad_rows", "More than 5 % of the rows are bad.")

    def content(self, digest: Digest | None = None) -> Iterator[bytes]:
        """Yield the file's content in blocks, unpacked, without BOM."""
        return read_content(
            self.path,
            self.manifest.encoding,
            digest=digest,
            block_size=self.block_size,
            follow_links=self.follow_links,
        )

    def records(self, digest: Digest | None = None) -> Iterator[tuple[int, list[bytes]]]:
        """Yield lists of records after the header, each with the number of its first record."""
        first = 0
        for records in split_records(self.content(digest)):
            if records:
                yield (first, records) if first else (1, records[1:])
                first += len(records)


def open_feed_file(
    path: Path, definitions: Mapping[str, FeedDefinition], *, follow_links: bool = False
) -> FeedFileReader:
    """Read the manifest of a feed file, and compare the checksum.

    Args: ``definitions`` has the first version of each feed by its name. ``follow_links`` is set
    only where a person named the path: who may write to the inbox must not be able to read other
    files through a link.

    Raises:
        FileRefused: ``code`` is the reason: ``no_manifest``, ``unreadable_manifest``,
            ``unknown_version``, ``unknown_feed``, ``unreadable_file`` or ``checksum_differs``.
    """
    manifest = read_manifest(
        path,
        feeds_with_totals=[name for name, definition in definitions.items() if definition.totals],
        versions={
            name: [one.version for one in definition.versions]
            for name, definition in definitions.items()
        },
        follow_links=follow_links,
    )
    names = (feed_of_name(path.name) or "", manifest.feed)
    expected = tuple(
        one
        for name in names
        if name in definitions
        for one in definitions[name].versions
        if one.version == manifest.version
    )
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
    """Return the refusal of a file whose checksum differs from its manifest's."""
    return FileRefused("checksum_differs", "The file has not the checksum that its manifest says.")


def read_records(reader: FeedFileReader, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """Yield the records of these numbers, ascending, each cut as ``BadRow.content`` is."""
    wanted = sorted(set(numbers))
    done = 0
    for first, records in reader.records():
        while done < len(wanted) and wanted[done] < first + len(records):
            yield wanted[done], records[wanted[done] - first][:MAX_RECORD_BYTES]
            done += 1
        if done == len(wanted):
            return
