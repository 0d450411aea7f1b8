"""Step 3: which bookings count, and what can be won by how much."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import pgettext_lazy

from bookings.enumerations import PaymentMethod, ProductKind, SalesChannel
from campaign import queries
from campaign.file_form import MAX_LOTS
from portal.desk.campaigns.editor import Editor, Group, StepForm, make_rows
from portal.desk.campaigns.fields import NumberField, SeveralField, TextField, choices_with
from portal.desk.campaigns.prize_rows import PrizeRows, WhenForm, present_facts
from portal.names import BOOKING_SERVICES, operator_name

PRODUCTS = {
    ProductKind.FARE_ONLY: pgettext_lazy("a kind of ticket", "Fare only, no limited express"),
    ProductKind.RAIL_POINTS: pgettext_lazy("a kind of ticket", "Paid in points"),
    ProductKind.DISCOUNT: pgettext_lazy("a kind of ticket", "Discount tickets"),
    ProductKind.STANDARD: pgettext_lazy("a kind of ticket", "Standard tickets"),
}
CHANNELS = {
    SalesChannel.COUNTER: pgettext_lazy("where tickets are sold", "Ticket office"),
    SalesChannel.AGENCY: pgettext_lazy("where tickets are sold", "Travel agency"),
    SalesChannel.WEB: pgettext_lazy("where tickets are sold", "Website"),
    SalesChannel.APP: pgettext_lazy("where tickets are sold", "App"),
}
METHODS = {
    PaymentMethod.REGISTERED_CARD: pgettext_lazy("a way of paying", "Registered card"),
    PaymentMethod.OTHER_CARD: pgettext_lazy("a way of paying", "Another card"),
    PaymentMethod.CONVENIENCE_STORE: pgettext_lazy("a way of paying", "Convenience store"),
    PaymentMethod.BANK: pgettext_lazy("a way of paying", "Bank"),
    PaymentMethod.STATION: pgettext_lazy("a way of paying", "At a station"),
    PaymentMethod.POINTS: pgettext_lazy("a way of paying", "Points"),
}
EDGES = (
    ("stop", pgettext_lazy("where the budget ends", "It ends before the award that does not fit")),
    (
        "partial",
        pgettext_lazy("where the budget ends", "The award that does not fit gets what is left"),
    ),
)
PLAIN = (
    *("products_excluded", "channels_excluded", "phone_changes_excluded", "stopovers_excluded"),
)
AMOUNTS = ("minimum_total_yen", "budget_points", "edge")
SALES = ("expected_sales_yen", "expected_sales_basis")
YEN, POINTS = pgettext_lazy("after an amount", "yen"), pgettext_lazy("after an amount", "points")
LOTS = pgettext_lazy("after an amount", "lots")


class TouchForm(StepForm):
    """Sections of which a journey must touch one, by services."""

    services = forms.MultipleChoiceField(
        label=pgettext_lazy("desk", "Booked on"), widget=forms.CheckboxSelectMultiple
    )
    operator = forms.ChoiceField(label=pgettext_lazy("desk", "Company that runs the section"))
    lines = SeveralField(
        label=pgettext_lazy("desk", "Lines and trains"),
        help_text=pgettext_lazy("desk", "Tick none for all lines of the company."),
    )

    def __init__(
        self, *args: Any, network: Mapping[str, Any], present: Mapping[str, Any], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        chosen = self.initial.get("lines") or ()
        chosen_first = sorted(network, key=lambda name: (name not in chosen, name))
        operators = {name: operator_name(name) for running in network.values() for name in running}
        known = {
            "services": choices_with(BOOKING_SERVICES, present["services"]),
            "operator": [("", "—"), *choices_with(operators, present["operators"])],
            "lines": choices_with({name: name for name in chosen_first}, present["lines"]),
        }
        for name, choices in known.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices


TouchRows = make_rows(TouchForm, max_num=20)


class TimesForm(WhenForm):
    """How many times the lots are multiplied for members with some facts."""

    times = NumberField(
        label=pgettext_lazy("desk", "Lots are multiplied by"), least=2, most=MAX_LOTS
    )


TimesRows = make_rows(TimesForm, max_num=20)


class AmountForm(StepForm):
    """Conditions and amounts of the whole campaign."""

    products_excluded = SeveralField(
        label=pgettext_lazy("desk", "Tickets that do not count"), choices=()
    )
    channels_excluded = SeveralField(
        label=pgettext_lazy("desk", "Where tickets that do not count are sold"), choices=()
    )
    phone_changes_excluded = forms.BooleanField(
        label=pgettext_lazy("desk", "Bookings changed by telephone do not count"), required=False
    )
    stopovers_excluded = forms.BooleanField(
        label=pgettext_lazy("desk", "Journeys broken off on the way do not count"), required=False
    )
    minimum_total_yen = NumberField(
        label=pgettext_lazy("desk", "Minimum total"), unit=YEN, required=False
    )
    budget_points = NumberField(
        label=pgettext_lazy("desk", "Total of all rewards"), unit=POINTS, required=False
    )
    edge = forms.ChoiceField(
        label=pgettext_lazy("desk", "Where the total ends"), choices=EDGES, widget=forms.RadioSelect
    )
    lots_yen = NumberField(
        label=pgettext_lazy("desk", "Spending for a lot"),
        unit=YEN,
        required=False,
        help_text=pgettext_lazy("desk", "Leave empty if everybody has one lot."),
    )
    lots_most = NumberField(
        label=pgettext_lazy("desk", "Most lots of a member"),
        unit=LOTS,
        most=MAX_LOTS,
        required=False,
    )
    expected_sales_yen = NumberField(
        label=pgettext_lazy("desk", "Expected sales of the campaign"), unit=YEN, required=False
    )
    expected_sales_basis = TextField(
        label=pgettext_lazy("desk", "Basis of the expected sales"),
        help_text=pgettext_lazy("desk", "File or source; it is kept with the version."),
    )

    def __init__(self, *args: Any, shown: Mapping[str, Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.set_choices("products_excluded", PRODUCTS, shown["bookings.products_excluded"])
        self.set_choices("channels_excluded", CHANNELS, shown["bookings.channels_excluded"])
        methods = shown["bookings.payment_methods"]
        self.methods: dict[str, str] = {}
        for service, label in choices_with(BOOKING_SERVICES, methods):
            name = self.methods[service] = f"paid-{service}"
            self.fields[name] = SeveralField(label=label, initial=methods.get(service, []))
            self.set_choices(name, METHODS, methods.get(service, []))

    def set_choices(self, name: str, known: Mapping[Any, Any], present: list[str]) -> None:
        """Set the choices of a field to what is known, and what the draft has."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices_with({str(key): known[key] for key in known}, present)

    def clean(self) -> dict[str, Any]:
        """Check that lots are counted by spending where there may be several."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if (given.get("lots_most") or 1) > 1 and "lots_yen" in given and not given["lots_yen"]:
            sentence = pgettext_lazy("desk", "Enter for how much spending a member has a lot.")
            self.add_error("lots_yen", sentence)
        return given


class AmountStep(Editor):
    """The step of conditions and amounts."""

    places = (
        *(f"bookings.{name}" for name in ("touches", *PLAIN, "payment_methods")),
        *(*AMOUNTS, "lots", "prizes", *SALES),
    )

    def make_forms(self) -> Iterator[Any]:
        """Yield the form, the sections, what multiplies lots, and the prizes."""
        shown, lots = self.shown, self.shown["lots"]
        initial = {
            **{name: shown[f"bookings.{name}"] for name in PLAIN},
            **{name: shown[name] for name in (*AMOUNTS, *SALES)},
            **{f"lots_{name}": lots[name] for name in ("yen", "most")},
        }
        self.form = AmountForm(self.data, initial=initial, shown=shown)
        self.touches = self.make_touches(shown["bookings.touches"])
        facts = present_facts(lots["times"], shown["prizes"])
        self.times = TimesRows(
            self.data, prefix="times", initial=list(lots["times"]), form_kwargs={"present": facts}
        )
        self.prizes = PrizeRows(
            self.data,
            prefix="prizes",
            initial=[prize_initial(prize) for prize in shown["prizes"]],
            form_kwargs={"present": facts},
        )
        yield from (self.form, self.touches, self.times, self.prizes)

    def make_touches(self, touches: list[dict[str, Any]]) -> Any:
        """Return the rows of the sections, with what the network and the draft have to choose."""
        present = {
            "services": {service for touch in touches for service in touch["services"]},
            "operators": {touch["operator"] for touch in touches},
            "lines": {line for touch in touches for line in touch["lines"] or ()},
        }
        return TouchRows(
            self.data,
            prefix="touches",
            initial=list(touches),
            form_kwargs={"network": queries.lines_of_network(), "present": present},
        )

    def groups(self) -> list[Group]:
        """Return the conditions, then lots, prizes, and the law beside the amounts."""
        form = self.form
        return [
            Group(
                pgettext_lazy("desk", "Journeys that count"),
                rows=self.touches,
                row_name=pgettext_lazy("desk", "Sections"),
                note=pgettext_lazy("desk", "A journey counts if it fits one of these."),
            ),
            Group(
                pgettext_lazy("desk", "Tickets that do not count"), [form[name] for name in PLAIN]
            ),
            Group(
                pgettext_lazy("desk", "Ways of paying that count"),
                [form[name] for name in form.methods.values()],
                note=pgettext_lazy("desk", "Tick none if any way counts."),
            ),
            Group(pgettext_lazy("desk", "Amounts"), [form[name] for name in AMOUNTS]),
            Group(
                pgettext_lazy("desk", "Prizes"),
                rows=self.prizes,
                row_name=pgettext_lazy("desk", "Prize"),
                note=pgettext_lazy("desk", "They are drawn in this order."),
            ),
            Group(pgettext_lazy("desk", "Prize law"), [form[name] for name in SALES], is_law=True),
            Group(
                pgettext_lazy("desk", "Lots"),
                [form["lots_yen"], form["lots_most"]],
                rows=self.times,
                row_name=pgettext_lazy("desk", "Lots for members with"),
            ),
        ]

    def is_valid(self) -> bool:
        """Return whether all forms are, and the lots are not too many together."""
        if not super().is_valid():
            return False
        greatest = max((row["times"] for row in self.times.given()), default=1)
        if (self.form.cleaned_data["lots_most"] or 1) * greatest > MAX_LOTS:
            sentence = pgettext_lazy("desk", "With the multiplication these are too many lots.")
            self.form.add_error("lots_most", sentence)
        return self.form.is_valid()

    def values(self) -> dict[str, Any]:
        """Return conditions and amounts as a file has them."""
        given = self.form.cleaned_data
        return {
            "bookings.touches": [
                {
                    "services": sorted(touch["services"]),
                    "operator": touch["operator"],
                    "lines": sorted(touch["lines"]) or None,
                }
                for touch in self.touches.given()
            ],
            **{
                f"bookings.{name}": sorted(value)
                if isinstance(value := given[name], list)
                else value
                for name in PLAIN
            },
            "bookings.payment_methods": {
                service: sorted(given[name])
                for service, name in self.form.methods.items()
                if given[name]
            },
            **{name: given[name] for name in (*AMOUNTS, *SALES)},
            "lots": {
                "yen": given["lots_yen"],
                "most": given["lots_most"] or 1,
                "times": [
                    {"when": sorted(row["when"]), "times": row["times"]}
                    for row in self.times.given()
                ],
            },
            "prizes": self.prizes.prizes(),
        }

    def fields_by_place(self) -> dict[str, tuple[StepForm, str]]:
        """Return the fields by their places."""
        form = self.form
        found: dict[str, tuple[Any, str]] = {
            **{f"bookings.{name}": (form, name) for name in PLAIN},
            **{name: (form, name) for name in (*AMOUNTS, *SALES)},
            **{
                f"bookings.payment_methods.{service}": (form, name)
                for service, name in form.methods.items()
            },
            "lots": (form, "lots_yen"),
            "bookings.touches": (self.touches.forms[0], "services"),
            "prizes": (self.prizes.forms[0], "name_ja"),
        }
        for number, row in enumerate(self.touches.forms):
            for name in ("services", "operator", "lines"):
                found[f"bookings.touches[{number}].{name}"] = (row, name)
        for number, row in enumerate(self.times.forms):
            found[f"lots.times[{number}]"] = (row, "when")
        for number, row in enumerate(self.prizes.forms):
            found |= row.fields_by_place(f"prizes[{number}]")
        return found


def prize_initial(prize: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a prize's row."""
    ((take, count),) = prize["take"].items()
    reward = prize["reward"]
    return {
        "code": prize["code"],
        **{f"name_{language}": text for language, text in prize["name"].items()},
        "take": take,
        "take_count": None if count is True else count,
        "minimum_total_yen": prize["minimum_total_yen"],
        "beside": prize["beside"],
        "kind": reward["kind"],
        **{name: reward.get(name) for name in ("percent", "points", "cap")},
        "cap_if": reward.get("cap_if", []),
    }
