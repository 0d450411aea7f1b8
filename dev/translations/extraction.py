"""Find the texts that people read: in Python, and in Django's templates."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

APPS = ("config", "portal", "points", "lottery", "entries", "campaign", "bookings")
TEMPLATES = (".html", ".txt", ".xml")
NOTE = "Translators:"  # a comment that begins so goes to the translator

Spec = tuple[int | tuple[int, str], ...]
ONE, MANY = None, (1, 2)
ONE_IN_CONTEXT, MANY_IN_CONTEXT = ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS: dict[str, Spec | None] = {
    "_": ONE,
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop"), ONE),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), MANY),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ONE_IN_CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), MANY_IN_CONTEXT),
}


@dataclass(frozen=True)
class Text:
    """One text and where it stands."""

    place: str
    line: int
    text: str | tuple[str, ...]
    context: str | None
    notes: tuple[str, ...]


def texts_of(root: Path) -> Iterator[Text]:
    """Return every text of the project in ``root``, in the order of its files."""
    for file in sources(root):
        place = file.relative_to(root).as_posix()
        for line, text, notes, context in extract(
            "python", readable(file, place), KEYWORDS, [NOTE], strip_comment_tags=True
        ):
            yield Text(place, line, text, context, tuple(notes))


def sources(root: Path) -> list[Path]:
    """Return the files that may hold texts; migrations repeat those of the models."""
    code = [
        file
        for app in APPS
        for file in (root / app).rglob("*.py")
        if "migrations" not in file.relative_to(root).parts
    ]
    folders = [root / "templates", *(root / app / "templates" for app in APPS)]
    pages = [file for folder in folders for file in folder.rglob("*") if file.suffix in TEMPLATES]
    return sorted(code + pages)


def scripts(root: Path) -> list[Path]:
    """Return the scripts of the pages."""
    folders = [root / "static", *(root / app / "static" for app in APPS)]
    return sorted(file for folder in folders for file in folder.rglob("*.js"))


def readable(file: Path, place: str) -> IO[Any]:
    """Open a source; a template is turned into calls that read like Python.

    The brackets keep Python's tokenizer from looking for indentation in what was a page.
    """
    if file.suffix == ".py":
        return BytesIO(file.read_bytes())
    return BytesIO(f"({templatize(file.read_text('utf-8'), origin=place)}\n)".encode())


def catalog_of(texts: Iterator[Text] | list[Text], locale: str) -> Catalog:
    """Return the texts as a catalog without translations."""
    catalog = Catalog(locale=locale)
    for found in texts:
        catalog.add(
            found.text,
            locations=[(found.place, found.line)],
            auto_comments=found.notes,
            context=found.context,
        )
    return catalog
