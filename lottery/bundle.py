"""The files of a draw."""

from collections.abc import Callable, Iterator
from functools import partial

from lottery.models import Draw


def bundle_files(draw: Draw) -> dict[str, Callable[[], Iterator[bytes]]]:
    """Return what yields each file's bytes."""
    found = {
        "terms.json": draw.terms_json,
        "manifest.json": draw.manifest,
        "manifest.sig": draw.signature.encode(),
        "verify_draw.py": draw.verifier,
        "round.json": draw.round_json,
        "result.json": draw.result,
        "winners.csv": draw.winners_csv,
    }
    files: dict[str, Callable[[], Iterator[bytes]]] = {
        name: partial(iter, [bytes(content)]) for name, content in found.items() if content
    }
    return {**files, "entries.bin": partial(records, draw)}


def records(draw: Draw) -> Iterator[bytes]:
    """Yield the records."""
    for pid, commitment in draw.entrants.order_by("position").values_list("pid", "commitment"):
        yield bytes(pid) + bytes(commitment)
