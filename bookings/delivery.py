"""Feed files as they were delivered: where they lie, and their bytes, unpacked.

Source: docs/specs/feeds.md 1.1, 1.3, 1.5.
"""

import errno
import os
import stat
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from core.errors import Refusal
from core.printable import printable_name

SUFFIXES = (".csv", ".csv.gz")
BLOCK_SIZE = 1 << 18  # bytes of content at a time
PACKED_BLOCK_SIZE = (
    1 << 16
)  # what is left of a packed block is copied for every block it unpacks to
LARGEST_CONTENT = 4 << 30  # bytes, unpacked
BOM = b"\xef\xbb\xbf"


class PathNotReadable(Refusal):
    """A path that was given leads to nothing that can be read."""


class FileRefused(Refusal):
    """A feed file is refused whole; ``code`` is the reason, for programs."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Digest(Protocol):
    """What takes every delivered byte, as the objects of hashlib do."""

    def update(self, block: bytes, /) -> None:
        """Take the next bytes."""


def find_feed_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files named and, of each folder, its ``*.csv`` and ``*.csv.gz`` by name.

    Folders are not searched deeper, hidden files are passed over. A path that is named may be a
    link; one that lies in a folder is returned like a file, and refused where it is opened.

    Raises:
        PathNotReadable: a path leads nowhere, or its folder is closed to us.
    """
    found: list[Path] = []
    for path in paths:
        try:
            path.stat()
            found += feed_files_in(path) if path.is_dir() else [path]
        except OSError as error:
            sentence = f"{printable_name(path)} cannot be read: {error.strerror}."
            raise PathNotReadable(sentence) from error
    return found


def feed_files_in(folder: Path) -> list[Path]:
    """Return the feed files that lie right in a folder, by name."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.name.endswith(SUFFIXES) and not path.name.startswith(".") and not is_folder(path)
    )


def is_folder(path: Path) -> bool:
    """Return whether this is a folder itself; a link to one is a link."""
    return stat.S_ISDIR(path.lstat().st_mode)


def open_regular(path: Path, *, follow_links: bool = False) -> BinaryIO:
    """Open a file for reading.

    Raises:
        OSError: it is not there, not ours to read, or no regular file (a pipe would keep us
            waiting for ever); a link, unless these are followed.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | (0 if follow_links else os.O_NOFOLLOW)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP and not follow_links:
            raise OSError(errno.ELOOP, "A link is not followed") from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "Not a regular file")
    return os.fdopen(descriptor, "rb", buffering=0)


def read_content(
    path: Path,
    encoding: str,
    *,
    digest: Digest | None = None,
    block_size: int = BLOCK_SIZE,
    follow_links: bool = False,
) -> Iterator[bytes]:
    """Yield the content of a feed file: unpacked, without the BOM that UTF-8 may begin with.

    ``digest`` is given the bytes as delivered. No block is empty.

    Raises:
        FileRefused: ``unreadable_file``, ``truncated_gzip`` or ``too_large``.
    """
    packed = path.name.endswith(".gz")
    size = min(block_size, PACKED_BLOCK_SIZE) if packed else block_size
    delivered = read_delivered(path, size, follow_links=follow_links)
    if digest is not None:
        delivered = tell(delivered, digest)
    content = unpack(delivered, block_size) if packed else delivered
    content = limit(content)
    return without_bom(content) if encoding == "utf-8" else content


def read_delivered(
    path: Path, block_size: int = BLOCK_SIZE, *, follow_links: bool = False
) -> Iterator[bytes]:
    """Yield the bytes of a file as they lie there.

    Raises:
        FileRefused: ``unreadable_file``.
    """
    try:
        with open_regular(path, follow_links=follow_links) as file:
            while block := file.read(block_size):
                yield block
    except OSError as error:
        raise FileRefused(
            "unreadable_file", f"The file cannot be read: {error.strerror}."
        ) from error


def tell(blocks: Iterable[bytes], digest: Digest) -> Iterator[bytes]:
    """Yield the blocks, each after the digest has taken it."""
    for block in blocks:
        digest.update(block)
        yield block


def unpack(blocks: Iterable[bytes], block_size: int) -> Iterator[bytes]:
    """Unpack gzip, of one member or several, never more than ``block_size`` bytes at a time.

    Raises:
        FileRefused: ``truncated_gzip``: the last member has no end, or this is not gzip, or not
            to its last byte.
    """
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    for block in blocks:
        rest = block
        while rest:
            if member.eof:
                member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            try:
                content = member.decompress(rest, block_size)
            except zlib.error as error:
                raise FileRefused("truncated_gzip", f"The gzip is broken: {error}.") from error
            rest = member.unconsumed_tail or member.unused_data
            if content:
                yield content
    if not member.eof:
        raise FileRefused("truncated_gzip", "The gzip is cut off.")


def limit(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the blocks until they are more than a feed file may hold.

    Raises:
        FileRefused: ``too_large``.
    """
    size = 0
    for block in blocks:
        size += len(block)
        if size > LARGEST_CONTENT:
            raise FileRefused("too_large", "The file holds more than 4 GiB unpacked.")
        yield block


def without_bom(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the blocks without the BOM that may stand at the very beginning."""
    beginning = b""
    for block in blocks:
        beginning += block
        if len(beginning) >= len(BOM):
            break
    if content := beginning.removeprefix(BOM):
        yield content
    yield from blocks
