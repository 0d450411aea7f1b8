"""Step 2: when the page is shown, when members enter, travel and get their points."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import pgettext_lazy

from core.clock import JAPAN
from portal.desk.campaigns.editor import Editor, Group, StepForm, make_rows
from portal.desk.campaigns.fields import DayField, InstantField

INSTANTS = ("public_at", "opens_at", "closes_at", "credit_at")
DAYS = ("expires_on", "kept_until")
UNTIL = pgettext_lazy(
    "desk", "Possible until just before this time. For all of January 13: January 14, 0:00."
)


class PeriodForm(StepForm):
    """All instants and days but those of travel."""

    public_at = InstantField(
        label=pgettext_lazy("desk", "Shown on the front page from"), required=False
    )
    opens_at = InstantField(label=pgettext_lazy("desk", "Entry opens"), required=False)
    closes_at = InstantField(
        label=pgettext_lazy("desk", "Entry closes"), required=False, help_text=UNTIL
    )
    credit_at = InstantField(label=pgettext_lazy("desk", "Points are credited"), required=False)
    expires_on = DayField(
        label=pgettext_lazy("desk", "Last day on which the points are valid"), required=False
    )
    kept_until = DayField(
        label=pgettext_lazy("desk", "Last day on which members’ data is kept"), required=False
    )
    booked_from = InstantField(
        label=pgettext_lazy("desk", "Booked from"),
        required=False,
        help_text=pgettext_lazy("desk", "Leave both empty if the time of booking does not matter."),
    )
    booked_until = InstantField(
        label=pgettext_lazy("desk", "Booked until"), required=False, help_text=UNTIL
    )

    def clean(self) -> dict[str, Any]:
        """Check that a period of booking has both ends."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name, other in (("booked_from", "booked_until"), ("booked_until", "booked_from")):
            if given.get(other) and name in given and not given[name]:
                self.add_error(name, pgettext_lazy("desk", "Enter both ends, or none."))
        return given


class TravelForm(StepForm):
    """A travel period."""

    first = DayField(label=pgettext_lazy("desk", "First day"))
    last = DayField(label=pgettext_lazy("desk", "Last day"))


TravelRows = make_rows(TravelForm, max_num=50)


class PeriodStep(Editor):
    """The step of the periods."""

    places = (*INSTANTS, *DAYS, "bookings.travel", "bookings.booked")

    def make_forms(self) -> Iterator[Any]:
        """Yield the form and the travel periods."""
        booked = self.shown["bookings.booked"] or {}
        initial = {
            **{name: self.shown[name] for name in (*INSTANTS, *DAYS)},
            **{f"booked_{end}": instant for end, instant in booked.items()},
        }
        self.form = PeriodForm(self.data, initial=initial)
        self.travel = TravelRows(
            self.data, prefix="travel", initial=list(self.shown["bookings.travel"])
        )
        yield from (self.form, self.travel)

    def groups(self) -> list[Group]:
        """Return entry, travel, booking and crediting."""
        form = self.form
        return [
            Group(pgettext_lazy("desk", "Entry"), [form[name] for name in INSTANTS[:3]]),
            Group(
                pgettext_lazy("desk", "Travel"),
                rows=self.travel,
                row_name=pgettext_lazy("desk", "Travel period"),
                note=pgettext_lazy("desk", "Both days are included."),
            ),
            Group(
                pgettext_lazy("desk", "Time of booking"),
                [form["booked_from"], form["booked_until"]],
            ),
            Group(
                pgettext_lazy("desk", "Crediting"),
                [form[name] for name in ("credit_at", *DAYS)],
            ),
        ]

    def values(self) -> dict[str, Any]:
        """Return instants and days as a file has them."""
        given = self.form.cleaned_data
        written = {
            name: instant.astimezone(JAPAN).isoformat() if instant else None
            for name, instant in given.items()
            if name not in DAYS
        }
        booked = {"from": written["booked_from"], "until": written["booked_until"]}
        travel = sorted(self.travel.given(), key=lambda period: period["first"])
        return {
            **{name: written[name] for name in INSTANTS},
            **{name: given[name].isoformat() if given[name] else None for name in DAYS},
            "bookings.travel": [
                {name: period[name].isoformat() for name in ("first", "last")} for period in travel
            ],
            "bookings.booked": booked if booked["from"] else None,
        }

    def fields_by_place(self) -> dict[str, tuple[StepForm, str]]:
        """Return the fields by their places."""
        return {
            **{name: (self.form, name) for name in (*INSTANTS, *DAYS)},
            "bookings.booked": (self.form, "booked_from"),
            "bookings.booked.until": (self.form, "booked_until"),
            "bookings.travel": (self.travel.forms[0], "first"),
            **{
                f"bookings.travel[{number}]": (form, "first")
                for number, form in enumerate(self.travel.forms)
            },
        }
