"""Rows that are read only as far as somebody iterates over them, and then kept in memory."""

from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

Row = TypeVar("Row")


class RowsAsRead(Sequence[Row]):
    """So many rows, of which an iterator yields as many as were needed so far.

    Every iteration begins at the first row. Raises IndexError where the iterator ends early.
    """

    def __init__(self, rows: Iterator[Row], length: int) -> None:
        self._rows, self._length = rows, length
        self.read: list[Row] = []

    def __len__(self) -> int:
        """Return how many rows there are, read or not."""
        return self._length

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows from the first on, and read those that were not read yet."""
        yield from self.read
        for row in self._rows:
            self.read.append(row)
            yield row
        if len(self.read) < self._length:
            raise IndexError("There are fewer rows than were announced.")

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        """Return a row that was read."""
        return self.read[place]
