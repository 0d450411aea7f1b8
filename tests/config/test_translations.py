"""The tooling must catch every way in which a translation can be wrong."""

from collections.abc import Callable
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.apps import apps
from django.test import override_settings

from config.checks import check_translations
from config.translations.__main__ import ROOT, main
from config.translations.catalogs import PACKAGES, compile_all, files, is_stale, packaged
from config.translations.extraction import APPS
from config.translations.findings import find_all

VIEWS = """from django.utils.translation import gettext as _, ngettext, pgettext_lazy

def texts(count: int) -> list[str]:
    return [
        # Translators: on the button
        _("Enter"),
        _("Up to %(points)s points"),
        _("%d of %s"),
        ngettext("%(count)s ride", "%(count)s rides", count) % {"count": count},
        pgettext_lazy("of a campaign", "Open"),
    ]
"""
PAGE = """{% load i18n %}
  <p title="{% translate "Your entry" %}">{% blocktranslate trimmed with day=day %}
    Enter <strong>until</strong>
    {{ day }}.
  {% endblocktranslate %}</p>
{{ form|default:_("Nothing") }}
{% translate "Open" context "of a door" %} 100 % isn't a text <b class='it'>&amp;</b>
"""
TRANSLATIONS = {
    "Enter": "エントリーする",
    "Up to %(points)s points": "最大%(points)sポイント",
    "%d of %s": "%d／%s",
    "%(count)s ride": "%(count)s回のご乗車",
    "Your entry": "エントリー",
    "Enter <strong>until</strong> %(day)s.": "%(day)s<strong>まで</strong>にどうぞ。",
    "Nothing": "ありません",
    "Open": "開いています",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a small project whose translations are complete."""
    for place, text in {"portal/views.py": VIEWS, "templates/page.html": PAGE}.items():
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text(text, "utf-8")
    main(["update"], root=tmp_path)
    translate(tmp_path, TRANSLATIONS)
    return tmp_path


def po(project: Path) -> Path:
    return files(project)[0]


def translate(project: Path, translations: dict[str, str]) -> None:
    lines, msgid = [], ""
    for line in po(project).read_text("utf-8").splitlines():
        if line.startswith("msgid "):
            msgid = line[7:-1]
        key = line.partition(" ")[0]
        is_empty = key in ("msgstr", "msgstr[0]") and line.endswith(' ""')
        lines.append(f'{key} "{translations[msgid]}"' if is_empty and msgid else line)
    po(project).write_text("\n".join(lines) + "\n", "utf-8")


def replace(place: str, old: str, new: str) -> Callable[[Path], None]:
    def change(project: Path) -> None:
        file = project / place
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    return change


def in_po(old: str, new: str) -> Callable[[Path], None]:
    return replace("locale/ja/LC_MESSAGES/django.po", old, new)


def append(place: str, text: str) -> Callable[[Path], None]:
    def change(project: Path) -> None:
        file = project / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((file.read_text("utf-8") if file.exists() else "") + text, "utf-8")

    return change


def test_check_finds_nothing_in_a_complete_project(project: Path) -> None:
    assert find_all(project) == []
    assert main(["check"], root=project) == 0


def test_update_of_a_complete_project_changes_nothing(project: Path) -> None:
    before = po(project).read_bytes()
    main(["update"], root=project)
    assert po(project).read_bytes() == before


MISTAKES = [
    pytest.param(
        append("portal/views.py", '\nLATE = _("New text")\n'),
        'portal/views.py:13: missing: "New text"',
        id="a text of the code is missing",
    ),
    pytest.param(
        append("templates/page.html", '{% translate "New text" %}'),
        'templates/page.html:8: missing: "New text"',
        id="a text of a template is missing",
    ),
    pytest.param(
        append("campaign/templates/campaign/mail.txt", '{% load i18n %}{% translate "Mail" %}'),
        'campaign/templates/campaign/mail.txt:1: missing: "Mail"',
        id="a text of an app's own template is missing",
    ),
    pytest.param(
        append("portal/views.py", '\nLATE = pgettext_lazy("of a shop", "Open")\n'),
        'portal/views.py:13: missing: "Open"',
        id="a text is there, but in another context",
    ),
    pytest.param(
        replace("portal/views.py", '_("Enter")', 'ngettext("Enter", "Enter all", count)'),
        'portal/views.py:6: missing: "Enter"',
        id="a text gained a plural",
    ),
    pytest.param(
        in_po("エントリーする", ""),
        'portal/views.py:6: untranslated: "Enter"',
        id="a translation is empty",
    ),
    pytest.param(
        in_po("%(count)s回のご乗車", ""),
        'portal/views.py:9: untranslated: "%(count)s ride"',
        id="a plural has no translation",
    ),
    pytest.param(
        in_po('msgid "Enter"\n', '#, fuzzy\nmsgid "Enter"\n'),
        'portal/views.py:6: fuzzy: "Enter"',
        id="a translation is marked as a guess",
    ),
    pytest.param(
        replace("portal/views.py", '_("Enter"),', ""),
        'locale/ja/LC_MESSAGES/django.po: obsolete: "Enter"',
        id="a text is no longer used",
    ),
    pytest.param(
        append("locale/ja/LC_MESSAGES/django.po", '\n#~ msgid "Old"\n#~ msgstr "古い"\n'),
        'locale/ja/LC_MESSAGES/django.po: obsolete: "Old"',
        id="a text is kept as a comment",
    ),
    pytest.param(
        in_po("最大%(points)sポイント", "最大ポイント"),
        'portal/views.py:7: other placeholders: "Up to %(points)s points"',
        id="a named placeholder is lost",
    ),
    pytest.param(
        in_po("最大%(points)sポイント", "最大%(pionts)sポイント"),
        'portal/views.py:7: other placeholders: "Up to %(points)s points"',
        id="a named placeholder is misspelt",
    ),
    pytest.param(
        in_po("%d／%s", "%s／%d"),
        'portal/views.py:8: other placeholders: "%d of %s"',
        id="unnamed placeholders change places",
    ),
    pytest.param(
        in_po("%(count)s回", "何回"),
        'portal/views.py:9: other placeholders: "%(count)s ride"',
        id="a plural loses its number",
    ),
    pytest.param(
        in_po("<strong>まで</strong>", "まで"),
        'templates/page.html:2: other tags: "Enter <strong>until</strong> %(day)s."',
        id="a tag is lost",
    ),
    pytest.param(
        in_po('"エントリーする"', '"エントリーする "'),
        'portal/views.py:6: other space at the ends: "Enter"',
        id="a space is added at the end",
    ),
    pytest.param(
        in_po('"Project-Id-Version: dodonto\\n"', '"Project-Id-Version: other\\n"'),
        "locale/ja/LC_MESSAGES/django.po: is not in its normal form; run: make messages",
        id="the header is another one",
    ),
    pytest.param(
        in_po("#: portal/views.py\n", "#: portal/forms.py\n"),
        "locale/ja/LC_MESSAGES/django.po: is not in its normal form; run: make messages",
        id="a place is out of date",
    ),
    pytest.param(
        in_po('msgid "Enter"', '<<<<<<< HEAD\nmsgid "Enter"'),
        "locale/ja/LC_MESSAGES/django.po: cannot be read",
        id="a merge was left unfinished",
    ),
    pytest.param(
        append("portal/views.py", '\nLATE = _("エントリー")\n'),
        'portal/views.py:13: the source is not English: "エントリー"',
        id="the source is Japanese",
    ),
    pytest.param(
        append("static/portal/verify.js", 'show(gettext("Verified"));\n'),
        "static/portal/verify.js:1: a script takes its texts from the page",
        id="a script asks for a text",
    ),
]


@pytest.mark.parametrize(("make_mistake", "expected"), MISTAKES)
def test_check_finds(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    make_mistake: Callable[[Path], None],
    expected: str,
) -> None:
    make_mistake(project)
    assert main(["check"], root=project) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if line.startswith(expected)], lines


def test_check_finds_entries_out_of_order(project: Path) -> None:
    first, *entries = po(project).read_text("utf-8").rstrip("\n").split("\n\n")
    po(project).write_text("\n\n".join([first, *reversed(entries)]) + "\n", "utf-8")
    assert [finding.problem for finding in find_all(project)] == [
        "is not in its normal form; run: make messages"
    ]


def test_check_finds_a_missing_file(project: Path) -> None:
    po(project).unlink()
    (finding,) = find_all(project)
    assert finding.problem.startswith("cannot be read")


@pytest.mark.parametrize(
    ("call", "japanese", "found"),
    [
        pytest.param('_("Close")', "締める", ["django/contrib/admin"], id="another translation"),
        pytest.param('_("Close")', "閉じる", [], id="the same translation"),
        pytest.param('pgettext_lazy("the books", "Close")', "締める", [], id="a context"),
        pytest.param('_("Sign In")', "入る", ["allauth"], id="of allauth"),
        pytest.param('_("entry")', "記入", [], id="theirs is a plural, which is another text"),
    ],
)
def test_check_finds_what_overrides_a_packages_text(
    project: Path, call: str, japanese: str, found: list[str]
) -> None:
    append("portal/views.py", f"\nLATE = {call}\n")(project)
    main(["update"], root=project)
    translate(project, {**TRANSLATIONS, call.split('"')[-2]: japanese})

    assert [str(finding).split('"')[0] for finding in find_all(project)] == [
        f"portal/views.py:13: overrides a text of {package}, give it a context: "
        for package in found
    ]


def test_every_package_with_texts_is_compared() -> None:
    with_texts = {
        config.name.partition(".")[0]
        for config in apps.get_app_configs()
        if config.name.partition(".")[0] not in APPS and (Path(config.path) / "locale").is_dir()
    }

    assert with_texts == set(PACKAGES)
    for package in PACKAGES:
        assert any(place.startswith(package) for place, _ in packaged("ja"))


def test_update_keeps_what_is_known_and_guesses_nothing(project: Path) -> None:
    replace("portal/views.py", '_("Enter")', '_("Enter now")')(project)
    main(["update"], root=project)
    assert [(finding.problem, finding.text) for finding in find_all(project)] == [
        ("untranslated", "Enter now")
    ]


def test_update_hands_notes_to_the_translator(project: Path) -> None:
    assert '#. on the button\n#: portal/views.py\nmsgid "Enter"' in po(project).read_text("utf-8")


def test_compile_writes_what_django_reads(project: Path) -> None:
    assert main(["compile"], root=project) == 0
    with po(project).with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)
    assert compiled.gettext("Enter") == "エントリーする"
    assert compiled.ngettext("%(count)s ride", "%(count)s rides", 1) == "%(count)s回のご乗車"
    assert compiled.pgettext("of a campaign", "Open") == "開いています"


def test_compile_only_where_the_source_is_newer(project: Path) -> None:
    assert compile_all(project, only_stale=True) == [po(project).with_suffix(".mo")]
    assert compile_all(project, only_stale=True) == []
    po(project).touch()
    assert is_stale(po(project))


def test_compile_of_an_unreadable_file_is_one_sentence(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_po('msgid "Enter"', '<<<<<<< HEAD\nmsgid "Enter"')(project)
    assert main(["compile"], root=project) == 1
    assert capsys.readouterr().err.startswith("Error: django.po of 'ja': ")


def test_translations_of_this_project_are_complete() -> None:
    assert find_all(ROOT) == []


def test_system_check_warns_of_an_uncompiled_language(project: Path) -> None:
    with override_settings(LOCALE_PATHS=[project / "locale"]):
        assert [found.id for found in check_translations()] == ["config.W001"]
        main(["compile"], root=project)
        assert check_translations() == []
