"""The translations are complete, and change nothing but the words."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tests.outside import ROOT

FILE = ROOT / "locale" / "ja" / "LC_MESSAGES" / "django.po"
# %(name)s and {name} may come in any order; the others are told apart by their place alone.
NAMED = re.compile(r"%\(\w+\)[#0 +-]*[\d.]*[a-zA-Z]|\{\w*(?:![rsa])?(?::[^{}]*)?\}")
POSITIONAL = re.compile(r"%[#0 +-]*[\d.]*[diouxXeEfFgGcrsa]")
TAG = re.compile(r"</?[a-z][^<>]*>")
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff01-\uffee]")
SCRIPT_TEXT = re.compile(r"\b(?:n|p|np)?gettext(?:_noop)?\(|(?<![\w.$])_\(")


def recipe(word: str) -> list[str]:
    """Return what follows a word in the recipe that renews the translations."""
    lines = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    return re.findall(rf"{word} (\S+)", lines)


@cache
def in_code() -> Catalog:
    """Return the texts of code and pages, as ``make messages`` finds them."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    catalog = Catalog()
    for place, line, text, _comments, context in extract_from_dir(
        ROOT, methods, options, parse_keywords([*DEFAULT, *recipe("--keyword")])
    ):
        catalog.add(text, context=context, locations=[(place, line)])
    return catalog


DEFAULT = ("_", "gettext", "ngettext:1,2", "pgettext:1c,2", "npgettext:1c,2,3")


@cache
def in_file() -> Catalog:
    """Return the translations."""
    return read_po(BytesIO(FILE.read_bytes()), locale="ja", abort_invalid=True)


def messages(catalog: Catalog) -> dict[tuple[str | None, str], Message]:
    """Return a catalog's texts by context and source."""
    return {(one.context, forms(one.id)[0]): one for one in catalog if one.id}


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """Return a text's forms: one, or the singular and the plurals."""
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)


def test_every_text_is_translated_and_nothing_else() -> None:
    assert len(messages(in_code())) > 700
    assert messages(in_file()).keys() == messages(in_code()).keys()
    assert [one.id for one in in_file().obsolete.values()] == []


def test_every_translation_is_finished() -> None:
    unfinished = [
        one.id for one in messages(in_file()).values() if one.fuzzy or not all(forms(one.string))
    ]

    assert unfinished == []


def test_every_text_is_english_in_the_code() -> None:
    assert [text for _context, text in messages(in_code()) if JAPANESE.search(text)] == []


@pytest.mark.parametrize(
    ("source", "translation", "fault"),
    [
        pytest.param("%(n)s of %(m)s", "%(m)s中%(n)s", None, id="placeholders in another order"),
        pytest.param("%(n)s of %(m)s", "%(m)s中", "placeholders", id="a placeholder is missing"),
        pytest.param("100%% of {n}", "{n}の100%%", None, id="doubled characters are none"),
        pytest.param("%s of %d", "%d中%s", "placeholders", id="unnamed ones in another order"),
        pytest.param("<b>a</b>", "<b>あ", "tags", id="a tag is left open"),
        pytest.param("a ", "あ", "space at the ends", id="the space at the end is gone"),
    ],
)
def test_differences_finds(source: str, translation: str, fault: str | None) -> None:
    assert list(differences(source, translation)) == ([fault] if fault else [])


JOINING = {" and ", " or ", ", ", ": ", "; "}  # what stands between words


def test_no_translation_changes_more_than_words() -> None:
    different = {
        string: found
        for one in messages(in_file()).values()
        if one.id not in JOINING  # spaced in English alone
        for string in forms(one.string)
        if (found := list(differences(forms(one.id)[-1], string)))
    }

    assert different == {}


def differences(source: str, string: str) -> Iterator[str]:
    """Name in what a translation differs from its source, apart from the words."""
    bare_source, bare_string = bare(source), bare(string)
    if set(NAMED.findall(bare_source)) != set(NAMED.findall(bare_string)) or (
        POSITIONAL.findall(bare_source) != POSITIONAL.findall(bare_string)
    ):
        yield "placeholders"
    if Counter(TAG.findall(source)) != Counter(TAG.findall(string)):
        yield "tags"
    if ends(source) != ends(string):
        yield "space at the ends"


def ends(text: str) -> tuple[bool, bool]:
    """Return whether a text begins, and whether it ends, with white space."""
    return text[:1].isspace(), text[-1:].isspace()


def bare(text: str) -> str:
    """Take out the doubled characters that stand for a single one."""
    return text.replace("%%", "").replace("{{", "").replace("}}", "")


def test_scripts_take_their_texts_from_the_page() -> None:
    files = [path for folder in ("static", "dev/static") for path in (ROOT / folder).rglob("*.js")]

    assert files
    assert [str(path) for path in files if SCRIPT_TEXT.search(path.read_text())] == []


def libraries() -> Iterator[Path]:
    """Yield the Japanese catalogs of the libraries whose texts our pages show."""
    import allauth  # noqa: PLC0415
    import django  # noqa: PLC0415

    for package in (allauth, django):
        yield from Path(str(package.__file__)).parent.rglob("ja/LC_MESSAGES/django.mo")


def test_no_text_of_ours_takes_the_place_of_a_librarys() -> None:
    """Django keeps one catalog for all: ours would change the words of its own pages."""
    ours = messages(in_file())
    changed = {
        key: (forms(ours[key].string), forms(theirs.string))
        for file in libraries()
        for key, theirs in messages(read_mo(BytesIO(file.read_bytes()))).items()
        if key in ours and forms(ours[key].string)[0] != forms(theirs.string)[0]
    }

    assert changed == {}
