"""Read, write and compile the files of translations, each in one normal form."""

from collections.abc import Iterator
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from bookings.atomic_files import PUBLIC, write_atomically
from config.translations.extraction import catalog_of, texts_of

LANGUAGES = ("ja",)  # beside English, the source
PACKAGES = ("django", "allauth")  # whose texts stand on our pages beside ours
# No dates and no names: they would differ in every branch and say nothing that history does not.
HEADER = """\
# Dodonto in {name}. Written by: python -m config.translations update
msgid ""
msgstr ""
"Project-Id-Version: dodonto\\n"
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


class UnreadableFile(Exception):
    """A file of translations cannot be read; the message says where."""


def files(root: Path) -> list[Path]:
    """Return the files of translations that the project in ``root`` must have."""
    return [root / "locale" / language / "LC_MESSAGES" / "django.po" for language in LANGUAGES]


def locale_of(file: Path) -> str:
    """Return the language of a file, by its folder."""
    return file.parent.parent.name


def read(file: Path) -> Catalog:
    """Read a file of translations.

    Raises:
        UnreadableFile: it is not there, or not in the form of a .po file.
    """
    try:
        return read_po(BytesIO(file.read_bytes()), locale=locale_of(file), abort_invalid=True)
    except (OSError, PoFileError, UnicodeDecodeError) as failure:
        raise UnreadableFile(f"{file.name} of '{locale_of(file)}': {failure}") from failure


def packaged(language: str) -> Iterator[tuple[str, Catalog]]:
    """Yield what the packages bring in a language, each catalog with the name of its folder."""
    for package in PACKAGES:
        spec = find_spec(package)
        for folder in spec.submodule_search_locations or [] if spec else []:
            root = Path(folder)
            for file in sorted(root.rglob(f"locale/{language}/LC_MESSAGES/django.mo")):
                with file.open("rb") as compiled:
                    yield file.parents[3].relative_to(root.parent).as_posix(), read_mo(compiled)


def update_all(root: Path) -> list[Path]:
    """Bring the texts of the code into every file; return the files that changed."""
    changed = []
    for file in files(root):
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        wanted = normal_form(texts=catalog_of(texts_of(root), locale_of(file)), known=read(file))
        if file.read_text("utf-8") != wanted:
            file.write_text(wanted, "utf-8")
            changed.append(file)
    return changed


def normal_form(*, texts: Catalog, known: Catalog) -> str:
    """Write ``texts`` with what is ``known`` of their translations, sorted, without line numbers.

    A translation is taken over for exactly the same text only, never guessed for a similar one.
    """
    for message in texts:
        if message.id and (before := known.get(message.id, message.context)):
            message.string = taken_over(message, before)
            message.user_comments = before.user_comments
            message.flags |= before.flags & {"fuzzy"}
    body = BytesIO()
    write_po(body, texts, width=0, omit_header=True, sort_output=True, include_lineno=False)
    locale = texts.locale
    header = HEADER.format(
        name=locale.english_name if locale else "",
        locale=locale,
        plurals=texts.plural_forms,
    )
    return header + body.getvalue().decode("utf-8").rstrip("\n") + "\n"


def taken_over(message: Message, before: Message) -> str | tuple[str, ...]:
    """Return the known translation in the shape that the text now asks for."""
    strings = forms(before.string)
    return strings if message.pluralizable else strings[0]


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Return a text's forms: one, or the singular and the plurals."""
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)


def compile_all(root: Path, *, only_stale: bool = False) -> list[Path]:
    """Write the .mo file beside every file of translations; return those written."""
    written = []
    for file in files(root):
        if only_stale and not is_stale(file):
            continue
        compile_one(file)
        written.append(file.with_suffix(".mo"))
    return written


def is_stale(file: Path) -> bool:
    """Say whether a file of translations was written since it was last compiled."""
    compiled = file.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns <= file.stat().st_mtime_ns


def compile_one(file: Path) -> None:
    """Write one .mo file in one step, for another process may be about to read it."""
    catalog = read(file)
    content = BytesIO()
    write_mo(content, catalog)
    write_atomically(file.with_suffix(".mo"), [content.getvalue()], mode=PUBLIC)
