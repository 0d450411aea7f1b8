"""Say what is wrong with the translations, each finding with its place and its text."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from config.translations.catalogs import (
    UnreadableFile,
    files,
    forms,
    locale_of,
    normal_form,
    packaged,
    read,
)
from config.translations.extraction import Text, catalog_of, scripts, texts_of

# %(name)s and {name} may come in any order; the others are told apart by their place alone.
NAMED = re.compile(r"%\(\w+\)[#0 +-]*[\d.]*[a-zA-Z]|\{\w*(?:![rsa])?(?::[^{}]*)?\}")
POSITIONAL = re.compile(r"%[#0 +-]*[\d.]*[diouxXeEfFgGcrsa]")
TAG = re.compile(r"</?[a-z][^<>]*>")
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff01-\uffee]")
SCRIPT_TEXT = re.compile(r"\b(?:n|p|np)?gettext(?:_noop)?\(|(?<![\w.$])_\(")
LONGEST_SHOWN = 70


@dataclass(frozen=True)
class Finding:
    """One thing to mend."""

    place: str
    problem: str
    text: str = ""

    def __str__(self) -> str:
        text = self.text.replace("\n", "\\n")
        shown = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
        return (
            f'{self.place}: {self.problem}: "{shown}"' if shown else f"{self.place}: {self.problem}"
        )


def find_all(root: Path) -> list[Finding]:
    """Return everything that is missing or wrong in the project in ``root``."""
    texts = list(texts_of(root))
    found = [*in_source(texts), *in_scripts(root)]
    for file in files(root):
        found += in_file(root, file, texts)
    return found


def in_source(texts: list[Text]) -> Iterator[Finding]:
    """Find texts whose source is not English: names in Japanese come in as placeholders."""
    for found in texts:
        for text in forms(found.text):
            if JAPANESE.search(text):
                yield Finding(f"{found.place}:{found.line}", "the source is not English", text)


def in_scripts(root: Path) -> Iterator[Finding]:
    """Find scripts that ask for a text themselves."""
    for file in scripts(root):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            if SCRIPT_TEXT.search(line):
                place = f"{file.relative_to(root).as_posix()}:{number}"
                yield Finding(place, "a script takes its texts from the page", line.strip())


def in_file(root: Path, file: Path, texts: list[Text]) -> list[Finding]:
    """Find what is wrong with one file of translations."""
    name = file.relative_to(root).as_posix()
    try:
        known = read(file)
    except UnreadableFile as failure:
        return [Finding(name, f"cannot be read ({failure})")]
    wanted = catalog_of(texts, locale_of(file))
    found = [
        *missing(known, wanted, texts),
        *wrong(name, known, wanted),
        *overriding(known, wanted, locale_of(file)),
    ]
    if not found and file.read_text("utf-8") != normal_form(texts=wanted, known=known):
        found.append(Finding(name, "is not in its normal form; run: make messages"))
    return found


def missing(known: Catalog, wanted: Catalog, texts: list[Text]) -> Iterator[Finding]:
    """Find texts that the file does not have at all, at their first place in the code."""
    seen = set()
    for found in texts:
        key = (forms(found.text)[0], found.context)
        in_file, in_code = known.get(*key), wanted.get(*key)
        absent = in_file is None or (in_code is not None and forms(in_file.id) != forms(in_code.id))
        if absent and key not in seen:
            seen.add(key)
            yield Finding(f"{found.place}:{found.line}", "missing", key[0])


def wrong(name: str, known: Catalog, wanted: Catalog) -> Iterator[Finding]:
    """Find texts of the file that are unused, unfinished, or do not say what the source says."""
    for message in [*known, *known.obsolete.values()]:
        if not message.id:
            continue
        in_code = wanted.get(forms(message.id)[0], message.context)
        place = "{}:{}".format(*in_code.locations[0]) if in_code else name
        for problem in problems(message, used=in_code is not None):
            yield Finding(place, problem, forms(message.id)[0])


def overriding(known: Catalog, wanted: Catalog, language: str) -> Iterator[Finding]:
    """Find texts that change what a package says: one text has one translation on all pages."""
    for package, catalog in packaged(language):
        for theirs in catalog:
            key = (forms(theirs.id)[0], theirs.context)
            ours, in_code = known.get(*key), wanted.get(*key)
            if not (theirs.id and ours and in_code) or ours.pluralizable != theirs.pluralizable:
                continue
            if forms(ours.string) != forms(theirs.string):
                place = "{}:{}".format(*in_code.locations[0])
                yield Finding(place, f"overrides a text of {package}, give it a context", key[0])


def problems(message: Message, *, used: bool) -> Iterator[str]:
    """Name what is wrong with one translation."""
    strings = forms(message.string)
    if not used:
        yield "obsolete"
    elif message.fuzzy:
        yield "fuzzy"
    elif not all(strings):
        yield "untranslated"
    else:
        source = forms(message.id)[-1]  # of a plural its last form, which names the number
        for string in strings:
            yield from differences(source, string)


def differences(source: str, string: str) -> Iterator[str]:
    """Name in what a translation differs from its source, apart from the words."""
    source_signs, string_signs = bare(source), bare(string)
    if set(NAMED.findall(source_signs)) != set(NAMED.findall(string_signs)) or (
        POSITIONAL.findall(source_signs) != POSITIONAL.findall(string_signs)
    ):
        yield "other placeholders"
    if Counter(TAG.findall(source)) != Counter(TAG.findall(string)):
        yield "other tags"
    if (
        source[:1].isspace() != string[:1].isspace()
        or source[-1:].isspace() != string[-1:].isspace()
    ):
        yield "other space at the ends"


def edges(text: str) -> tuple[bool, bool]:
    """Say whether a text begins, and whether it ends, with white space."""
    return text[:1].isspace(), text[-1:].isspace()


def bare(text: str) -> str:
    """Take out the doubled signs that stand for a single one."""
    return text.replace("%%", "").replace("{{", "").replace("}}", "")
