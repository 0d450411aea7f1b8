"""What the page of a rehearsal shows: two columns side by side, in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from campaign.findings import refusing
from campaign.law import SHARE_OF_SALES_PERCENT, check_law, plan_at_its_largest
from campaign.models import Terms
from campaign.plan import PERCENT
from campaign.queries import terms_in_force
from lottery.forecast import Spread
from lottery.rehearsing import Comparison, Rehearsal, rehearse
from portal import announcement, formats, reasons
from portal.desk.preview.scenes import name_of_version

EVERYTHING = "-"


class RehearsalForm(forms.Form):
    """Which version is rehearsed, with whose bookings."""

    version = forms.TypedChoiceField(
        label=pgettext_lazy("preview", "Version of the terms"), coerce=int
    )
    like = forms.ChoiceField(
        label=gettext_lazy("Bookings"),
        help_text=gettext_lazy(
            "Of a campaign: its bookings, moved to the days of this one; who entered it takes "
            "part. All: everybody with a booking that counts takes part."
        ),
    )

    def __init__(self, address: QueryDict, versions: list[Terms]) -> None:
        """Read the address; without a choice of bookings nothing is computed."""
        self.versions = {terms.version: terms for terms in versions}
        self.sources = find_sources(versions[0])
        usual = {"version": versions[0].version, "like": next(iter(self.sources), EVERYTHING)}
        super().__init__({**usual, **address.dict()} if "like" in address else None, initial=usual)
        fields: dict[str, Any] = self.fields
        fields["version"].choices = [(one.version, name_of_version(one)) for one in versions]
        fields["like"].choices = [
            *((code, name_of_source(terms)) for code, terms in self.sources.items()),
            (EVERYTHING, _("All bookings that are known, on their own days")),
        ]

    def compare(self) -> Comparison:
        """Rehearse what was chosen."""
        chosen = self.cleaned_data
        like = self.sources.get(chosen["like"])
        return rehearse(self.versions[chosen["version"]], like=like)


@dataclass(frozen=True)
class Row:
    """A row of the page: a name, and the words of both columns."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Share:
    """A share of sales in percent, and whether the law allows it."""

    name: str
    share: str
    fits: bool


@dataclass(frozen=True)
class ReasonRow:
    """A reason in words: how many bookings it rejects by both terms, and the bars' lengths."""

    sentence: str
    before: int
    after: int
    before_percent: int
    after_percent: int


def find_sources(terms: Terms) -> dict[str, Terms]:
    """Return the published campaigns whose bookings may serve, by code; the likeliest first.

    The last to open before this one, then the others; the campaign itself, for a revision, last.
    """
    found = terms_in_force().prefetch_related("prizes").order_by("-opens_at", "-id")
    ordered = sorted(
        found,
        key=lambda one: (one.campaign_id == terms.campaign_id, one.opens_at >= terms.opens_at),
    )
    return {one.campaign.code: one for one in ordered}


def name_of_source(terms: Terms) -> str:
    """Return the name of a campaign in the choice of bookings."""
    words = {
        "name": announcement.name_of(terms),
        "travel": formats.periods_in_words(terms.periods),
    }
    return _("%(name)s (travel: %(travel)s)") % words


def rehearse_choice(form: RehearsalForm) -> dict[str, Any]:
    """Rehearse what was chosen, and return the context of the page.

    Raises:
        RehearsalTooLong: it took too long.
    """
    compared = form.compare()
    terms = form.versions[form.cleaned_data["version"]]
    shares = shares_of_sales(terms, compared.after)
    return {
        "compared": compared,
        "figures": list(figures(compared)),
        "reasons": reason_rows(compared, terms),
        "law": shares,
        "limit": SHARE_OF_SALES_PERCENT,
        "is_above": not shares[-1].fits,
        "law_findings": refusing(
            check_law(terms.plan, expected_sales_yen=terms.expected_sales_yen)
        ),
    }


def figures(compared: Comparison) -> Iterator[Row]:
    """Yield the rows of figures."""
    writers: list[tuple[str, Callable[[Rehearsal], str]]] = [
        (_("Bookings that were judged"), lambda one: formats.grouped(one.bookings)),
        (_("Bookings that count"), lambda one: formats.grouped(one.reasons["counts"]["bookings"])),
        (_("Eligible yen of all"), lambda one: yen(one.counting_yen)),
        (_("Members in the draw"), lambda one: formats.grouped(one.forecast.entrants)),
        (_("Winners, forecast"), lambda one: spread(one.forecast.members)),
        (
            pgettext("rehearsal", "Points, forecast"),
            lambda one: spread(one.forecast.used_points),
        ),
        (_("Points if everybody won"), lambda one: formats.grouped(one.forecast.reward_points)),
        (
            pgettext("rehearsal", "Budget (points)"),
            lambda one: formats.grouped(one.forecast.budget_points),
        ),
        (_("Use of the budget, forecast"), lambda one: f"{one.forecast.used_percent[1]:.1f}%"),
    ]
    for name, write in writers:
        yield Row(name, write(compared.before) if compared.before else "", write(compared.after))


def yen(number: int) -> str:
    """Return yen with their unit."""
    return _("%(yen)s yen") % {"yen": formats.grouped(number)}


def spread(found: Spread) -> str:
    """Return a forecast: the middle, and between what it usually lies."""
    if found.p10 == found.p90:
        return formats.grouped(found.p50)
    return pgettext("a forecast", "%(middle)s (%(low)s to %(high)s)") % {
        "middle": formats.grouped(found.p50),
        "low": formats.grouped(found.p10),
        "high": formats.grouped(found.p90),
    }


def reason_rows(compared: Comparison, terms: Terms) -> list[ReasonRow]:
    """Return the reasons that reject some booking, by either terms; the most frequent first."""
    before, after = (
        {code: counts["bookings"] for code, counts in one.reasons.items()} if one else {}
        for one in (compared.before, compared.after)
    )
    words = reasons.booking_sentences(terms)
    if compared.before:
        words = {**reasons.booking_sentences(compared.before.terms), **words}
    codes = [code for code in words if before.get(code) or after.get(code)]
    most = max((max(before.get(code, 0), after.get(code, 0)) for code in codes), default=1)
    rows = [
        ReasonRow(
            sentence=words[code],
            before=before.get(code, 0),
            after=after.get(code, 0),
            before_percent=before.get(code, 0) * PERCENT // most,
            after_percent=after.get(code, 0) * PERCENT // most,
        )
        for code in codes
    ]
    return sorted(rows, key=lambda row: (row.after, row.before), reverse=True)


def shares_of_sales(terms: Terms, after: Rehearsal) -> list[Share]:
    """Return the share of the sales that the law bounds: as planned, and as rehearsed."""
    return [
        share(
            _("All prizes at their largest, of the expected sales"),
            plan_at_its_largest(terms.plan),
            terms.expected_sales_yen,
        ),
        share(
            _("Points as rehearsed, of the expected sales"),
            after.forecast.used_points.p90,
            terms.expected_sales_yen,
        ),
    ]


def share(name: str, points: int, yen: int) -> Share:
    """Return points as a share of yen, in percent with two decimals; of no yen it is 0."""
    words = f"{points * PERCENT / yen:.2f}%" if yen else "0%"
    return Share(name, words, fits=points * PERCENT <= yen * SHARE_OF_SALES_PERCENT)
