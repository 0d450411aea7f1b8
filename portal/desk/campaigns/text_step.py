"""Step 5: the sentences of the campaign page that are its own, in both languages."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import pgettext_lazy

from campaign.checks import DRAWINGS
from campaign.file_form import TRANSLATED
from portal.desk.campaigns.editor import Editor, Group, StepForm, make_rows
from portal.desk.campaigns.fields import LANGUAGES, LineField, TextField, choices_with, in_language

LABELS = {
    "heading": pgettext_lazy("a text of the page", "Heading"),
    "slogan": pgettext_lazy("a text of the page", "Slogan (may be left empty)"),
    "overview": pgettext_lazy("a text of the page", "Overview"),
    "products": pgettext_lazy("a text of the page", "Tickets that count"),
    "rail_points_name": pgettext_lazy("a text of the page", "Name of tickets paid in points"),
    "registration_name": pgettext_lazy("a text of the page", "Name of the points registration"),
    "points_use": pgettext_lazy("a text of the page", "What the points can be used for"),
    "organiser": pgettext_lazy("a text of the page", "Organiser"),
    "privacy": pgettext_lazy("a text of the page", "Handling of personal information"),
    "contact_name": pgettext_lazy("a text of the page", "Contact"),
    "contact_hours": pgettext_lazy("a text of the page", "Hours of the contact"),
}
ROWS = {"overview": 5, "points_use": 5, "privacy": 5, "products": 3}
NOTE = pgettext_lazy("a text of the page", "Note")
TELEPHONE = pgettext_lazy("a text of the page", "Telephone of the contact")
DRAWING = pgettext_lazy("a text of the page", "Drawing at the top")
DRAWING_NAMES = {
    "plain": pgettext_lazy("a drawing", "Plain"),
    "new_year": pgettext_lazy("a drawing", "New Year"),
    "rain": pgettext_lazy("a drawing", "Rainy season"),
    "snow": pgettext_lazy("a drawing", "Snow"),
}
GROUPS = (
    (pgettext_lazy("desk", "Top of the page"), ("heading", "slogan", "overview")),
    (
        pgettext_lazy("desk", "Tickets and registration"),
        ("products", "rail_points_name", "registration_name", "points_use"),
    ),
    (
        pgettext_lazy("desk", "Organiser and contact"),
        ("organiser", "privacy", "contact_name", "contact_hours"),
    ),
)


def named(text: str, language: str) -> str:
    """Return the name of the field of a text in a language."""
    return f"{text}_{language}"


class TextForm(StepForm):
    """The texts but the notes; their fields are made of the list of texts."""

    contact_telephone = LineField(label=TELEPHONE)

    def __init__(self, *args: Any, drawing: str, **options: Any) -> None:
        super().__init__(*args, **options)
        for text in TRANSLATED:
            for language in LANGUAGES:
                self.fields[named(text, language)] = TextField(
                    label=in_language(LABELS[text], language), rows=ROWS.get(text, 2)
                )
        known = {name: DRAWING_NAMES[name] for name in DRAWINGS}
        self.fields["drawing"] = forms.ChoiceField(
            label=DRAWING, choices=choices_with(known, [drawing]), widget=forms.RadioSelect
        )


class NoteForm(StepForm):
    """A note."""

    ja = TextField(label=in_language(NOTE, "ja"), rows=2)
    en = TextField(label=in_language(NOTE, "en"), rows=2)


NoteRows = make_rows(NoteForm, can_order=True, max_num=100)


class TextStep(Editor):
    """The step of the texts."""

    places = ("texts",)

    def make_forms(self) -> Iterator[Any]:
        """Yield the texts and the notes."""
        texts = self.shown["texts"]
        initial = {
            named(text, language): texts[text][language]
            for text in TRANSLATED
            for language in LANGUAGES
        }
        rest = {name: texts[name] for name in ("contact_telephone", "drawing")}
        self.form = TextForm(self.data, initial=initial | rest, drawing=texts["drawing"])
        self.notes = NoteRows(self.data, prefix="notes", initial=list(texts["notes"]))
        yield from (self.form, self.notes)

    def groups(self) -> list[Group]:
        """Return the texts in the order of the page."""
        found = [
            Group(
                heading,
                [self.form[named(text, language)] for text in texts for language in LANGUAGES],
            )
            for heading, texts in GROUPS
        ]
        found[0].fields.append(self.form["drawing"])
        found[-1].fields.append(self.form["contact_telephone"])
        notes = Group(pgettext_lazy("desk", "Notes"), rows=self.notes, row_name=NOTE)
        return [*found[:-1], notes, found[-1]]

    def values(self) -> dict[str, Any]:
        """Return the texts as a file has them."""
        given = self.form.cleaned_data
        return {
            "texts": {
                **{
                    text: {language: given[named(text, language)] for language in LANGUAGES}
                    for text in TRANSLATED
                },
                "notes": [
                    {language: note[language] for language in LANGUAGES}
                    for note in self.notes.given()
                ],
                "contact_telephone": given["contact_telephone"],
                "drawing": given["drawing"],
            }
        }

    def fields_by_place(self) -> dict[str, tuple[StepForm, str]]:
        """Return the fields by their places."""
        return {
            **{
                f"texts.{text}.{language}": (self.form, named(text, language))
                for text in TRANSLATED
                for language in LANGUAGES
            },
            **{
                f"texts.notes[{number}].{language}": (form, language)
                for number, form in enumerate(self.notes.forms)
                for language in LANGUAGES
            },
            "texts.contact_telephone": (self.form, "contact_telephone"),
            "texts.drawing": (self.form, "drawing"),
        }
