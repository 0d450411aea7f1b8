"""The search of the audit as a form."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from core import action_names
from core.approvals import declared_actions
from core.models import User
from portal.desk.audit import searching
from portal.desk.audit.searching import OF_APPROVAL, Position, Search

FIRST_YEAR, LAST_YEAR = 2000, 2999  # as records may be of
MAX_NUMBER = 2**63 - 1
ABOUT = {
    "": pgettext_lazy("about whom", "anything"),
    searching.ENTRY: pgettext_lazy("about whom", "entry no."),
    searching.MEMBER: pgettext_lazy("about whom", "member no."),
    searching.BOOKING: pgettext_lazy("about whom", "booking no."),
    searching.APPROVAL: pgettext_lazy("about whom", "approval no."),
    searching.CASE: pgettext_lazy("about whom", "case no."),
}


class DayField(forms.DateField):
    """A day of Japan, of the years that the audit can have."""

    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], required=False, **options)

    def clean(self, value: Any) -> Any:
        """Return the day; refuse years before or after those of records."""
        day = super().clean(value)
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(_("Enter a day from the year 2000 on."))
        return day


class PositionField(forms.CharField):
    """The place from which a page goes on: an instant and a number."""

    def clean(self, value: Any) -> Position | None:
        """Return the position; None where there is none, or what is given is none."""
        at, _comma, number = str(value or "").partition(",")
        try:
            instant, last = datetime.fromisoformat(at), int(number)
        except ValueError:
            return None
        if instant.tzinfo is None or not FIRST_YEAR <= instant.year <= LAST_YEAR:
            return None
        return Position(instant, last) if 0 <= last <= MAX_NUMBER else None


class SearchForm(forms.Form):
    """What is looked for in the audit."""

    person = forms.CharField(
        label=_("Person (user name)"),
        required=False,
        max_length=150,
        widget=forms.TextInput({"list": "people", "autocomplete": "off"}),
    )
    since = DayField(label=_("From (day)"))
    until = DayField(label=_("Until (day)"))
    action = forms.ChoiceField(label=pgettext_lazy("of the audit", "Action"), required=False)
    subject = forms.CharField(
        label=pgettext_lazy("of the audit", "Subject"),
        required=False,
        max_length=100,
        help_text=_("A campaign's name or code, a draw (code/number), or a user name, in full."),
    )
    about = forms.ChoiceField(
        label=pgettext_lazy("of the audit", "About whom or what"),
        required=False,
        choices=list(ABOUT.items()),
    )
    number = forms.IntegerField(
        label=pgettext_lazy("of the audit", "Its number"),
        required=False,
        min_value=0,
        max_value=MAX_NUMBER,
    )
    text = forms.CharField(
        label=pgettext_lazy("of the audit", "Any text"),
        required=False,
        max_length=100,
        help_text=_("No record contains a WESTER ID; look for the number of the entry instead."),
    )
    after = PositionField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        groups = [
            (str(action_names.GROUPS[group]), list(names.items()))
            for group, names in action_names.by_group().items()
            if names
        ]
        approvable = [
            (f"{OF_APPROVAL}{code}", one.name) for code, one in declared_actions().items()
        ]
        self.fields["action"].choices = [  # type: ignore[attr-defined] # it is a choice
            ("", pgettext("of the audit", "every action")),
            *groups,
            (pgettext("group of actions", "What is approved"), approvable),
        ]

    def clean_person(self) -> str:
        """Return the user name as the account has it, in whatever case it was typed."""
        typed: str = self.cleaned_data["person"]
        names = User.objects.filter(is_staff=True, username__iexact=typed)
        known = list(names.values_list("username", flat=True)[:2])
        return known[0] if len(known) == 1 else typed

    def clean(self) -> dict[str, Any]:
        """Refuse what could only find everything, or nothing."""
        given = {**self.cleaned_data}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first."))
        if "number" in given and given.get("about") and given["number"] is None:
            self.add_error("number", _("Enter the number."))
        if "about" in given and not given["about"] and given.get("number") is not None:
            self.add_error("about", _("Choose what has this number."))
        return given

    def search(self) -> Search:
        """Return what is looked for; of a valid form."""
        given = {**self.cleaned_data}
        del given["after"]
        return Search(**given)
