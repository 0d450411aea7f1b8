"""When a feed is expected, as a form."""

from django import forms
from django.utils.translation import pgettext_lazy

from bookings.models import FeedExpectation
from portal import names

HOURS = [(hour, f"{hour}:00") for hour in range(24)]


class ExpectationForm(forms.Form):
    """By what hour a feed's file comes, and on which weekdays none may."""

    by_hour = forms.TypedChoiceField(
        label=pgettext_lazy("feed", "By what hour"), choices=HOURS, coerce=int
    )
    days_without = forms.TypedMultipleChoiceField(
        label=pgettext_lazy("feed", "Weekdays on which none may come"),
        choices=list(names.WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def form_of(expected: FeedExpectation, data: object = None) -> ExpectationForm:
    """Return the form of a feed, with what was sent if anything was."""
    return ExpectationForm(
        data,  # type: ignore[arg-type] # a QueryDict or None
        prefix=expected.feed,
        initial={"by_hour": expected.by_hour, "days_without": expected.days_without},
    )
