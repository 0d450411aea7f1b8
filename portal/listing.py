"""Join words to a list that a sentence can hold, in the language of the page."""

from collections.abc import Iterable

from django.utils.translation import pgettext


def join_all(words: Iterable[object]) -> str:
    """Join words that all hold: A, B and C."""
    return join(list(words), pgettext("last of a list", " and "))


def join_any(words: Iterable[object]) -> str:
    """Join words of which one holds: A, B or C."""
    return join(list(words), pgettext("last of a list", " or "))


def join_none(words: Iterable[object]) -> str:
    """Join words none of which holds, as the object of a negative verb: A or B."""
    every = list(words)
    if len(every) == 1:
        return pgettext("the only one of a list that lacks", "%(words)s") % {"words": every[0]}
    joined = pgettext("between words none of which holds", " or ").join(map(str, every))
    return pgettext("all of a list that lacks", "%(words)s") % {"words": joined}


def join_dotted(words: Iterable[object]) -> str:
    """Join short words of which one holds; in Japanese with points between them."""
    return join(
        list(words),
        pgettext("last of a short list", " or "),
        comma=pgettext("inside a short list", ", "),
    )


def join_names(words: Iterable[object]) -> str:
    """Join names that are listed and not part of a sentence."""
    comma = pgettext("inside a list", ", ")
    return comma.join(map(str, words))


def join(words: list[object], last: str, *, comma: str | None = None) -> str:
    """Join words with the comma of the language, the last one with its own word."""
    if not words:
        return ""
    *earlier, end = words
    comma = comma or pgettext("inside a list", ", ")
    return f"{comma.join(map(str, earlier))}{last}{end}" if earlier else str(end)
