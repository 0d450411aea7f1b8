"""Find feed files, and read their bytes as delivered or unpacked.

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
# Smaller: the rest of a packed block is copied for every block that it unpacks to.
PACKED_BLOCK_SIZE = 1 << 16
MAX_CONTENT_BYTES = 4 << 30  # unpacked
BOM = b"\xef\xbb\xbf"


class PathNotReadable(Refusal):
    """A given path leads to nothing that can be read."""


class FileRefused(Refusal):
    """A whole feed file is refused; ``code`` is the reason code."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Digest(Protocol):
    """A checksum under way, such as the objects of hashlib."""

    def update(self, block: bytes, /) -> None:
        """Add the next bytes."""


def find_feed_files(paths: Iterable[Path]) -> list[Path]:
    """Return the given files and, for each folder, its ``*.csv`` and ``*.csv.gz`` by name.

    Subfolders and hidden files are skipped. A given path may be a link; a link inside a folder is
    returned like a file, and refused when it is opened.

    Raises:
        PathNotReadable: a path does not exist, or its folder cannot be read.
    """
    found: list[Path] = []
    for path in paths:
        try:
            path.stat()
            found += list_feed_files(path) if path.is_dir() else [path]
        except OSError as error:
            sentence = f"{printable_name(path)} cannot be read: {error.strerror}."
            raise PathNotReadable(sentence) from error
    return found


def list_feed_files(folder: Path) -> list[Path]:
    """Return a folder's own feed files, by name."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.name.endswith(SUFFIXES) and not path.name.startswith(".") and not is_folder(path)
    )


def is_folder(path: Path) -> bool:
    """Return whether this is a folder; a link to a folder is a link."""
    return stat.S_ISDIR(path.lstat().st_mode)


def open_regular(path: Path, *, follow_links: bool = False) -> BinaryIO:
    """Open a regular file for reading.

    Raises:
        OSError: it does not exist, may not be read, or is not regular (reading a pipe could wait
            for ever); it is a link, unless links are followed.
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
    """Yield the content of a feed file, unpacked, without the BOM of UTF-8.

    No block is empty. Args: ``digest`` is updated with the bytes as delivered.

    Raises:
        FileRefused: ``unreadable_file``, ``truncated_gzip`` or ``too_large``.
    """
    packed = path.name.endswith(".gz")
    size = min(block_size, PACKED_BLOCK_SIZE) if packed else block_size
    delivered = read_delivered(path, size, follow_links=follow_links)
    if digest is not None:
        delivered = update_digest(delivered, digest)
    content = unpack(delivered, block_size) if packed else delivered
    content = limit_size(content)
    return remove_bom(content) if encoding == "utf-8" else content


def read_delivered(
    path: Path, block_size: int = BLOCK_SIZE, *, follow_links: bool = False
) -> Iterator[bytes]:
    """Yield the bytes of a file as delivered.

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


def update_digest(blocks: Iterable[bytes], digest: Digest) -> Iterator[bytes]:
    """Yield the blocks, and update the digest with each."""
    for block in blocks:
        digest.update(block)
        yield block


def unpack(blocks: Iterable[bytes], block_size: int) -> Iterator[bytes]:
    """Yield unpacked gzip of one or more members, at most ``block_size`` bytes at a time.

    Raises:
        FileRefused: ``truncated_gzip``: the last member has no end, or some bytes are not gzip.
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


def limit_size(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the blocks, up to the limit of a feed file's content.

    Raises:
        FileRefused: ``too_large``.
    """
    size = 0
    for block in blocks:
        size += len(block)
        if size > MAX_CONTENT_BYTES:
            raise FileRefused("too_large", "The file has more than 4 GiB unpacked.")
        yield block


def remove_bom(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the blocks without a BOM at the beginning."""
    beginning = b""
    for block in blocks:
        beginning += block
        if len(beginning) >= len(BOM):
            break
    if content := beginning.removeprefix(BOM):
        yield content
    yield from blocks
