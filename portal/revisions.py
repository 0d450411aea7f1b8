"""What revisions have changed in the published terms, for members."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaign.models import Terms
from campaign.queries import file_of
from portal import formats

LABELS = {
    "name": gettext_lazy("The name of the campaign"),
    "opens_at": gettext_lazy("Entry from"),
    "closes_at": gettext_lazy("Entry until"),
    "entry_needed": gettext_lazy("Whether one needs to enter"),
    "credit_at": gettext_lazy("Points credited"),
    "expires_on": gettext_lazy("Points valid until"),
    "kept_until": gettext_lazy("Data kept until"),
    "series": gettext_lazy("The campaigns that belong together"),
    "bookings": gettext_lazy("Which bookings count"),
    "travel": gettext_lazy("Travel period"),
    "booked": gettext_lazy("Booking period"),
    "minimum_total_yen": gettext_lazy("Minimum total"),
    "lots": gettext_lazy("Lots"),
    "budget_points": gettext_lazy("Given back in all"),
    "edge": gettext_lazy("What happens where the total ends"),
    "prizes": pgettext_lazy("of a campaign", "Prizes"),
    "texts": gettext_lazy("Explanations on this page"),
}
GROUPS = {
    "name_ja": "name",
    "name_en": "name",
    "booked_from": "booked",
    "booked_until": "booked",
    "travel": "travel",
    **dict.fromkeys(("series_code", "series_course", "series_carried"), "series"),
    **dict.fromkeys(("lots_yen", "lots_most", "lots_times"), "lots"),
    **dict.fromkeys(
        (
            *("touches", "products_excluded", "channels_excluded", "payment_methods"),
            *("kinds_excluded", "kinds_registered", "kinds_free"),
            *("phone_changes_excluded", "stopovers_excluded"),
        ),
        "bookings",
    ),
}


@dataclass(frozen=True)
class Revision:
    """One revision: the instant of its publication, and a sentence for each change."""

    at: datetime
    sentences: list[str]


def find_revisions(terms: Terms) -> list[Revision]:
    """Return the revisions of published terms, the last first; none for a first version."""
    if terms.version == 1:
        return []
    versions = terms.campaign.terms.filter(published_at__isnull=False, version__lte=terms.version)
    published = list(versions.prefetch_related("prizes").order_by("version"))
    found = []
    for before, after in pairwise(published):
        sentences = list(changes(before, after))
        if after.published_at and sentences:
            found.append(Revision(after.published_at, sentences))
    return found[::-1]


def changes(before: Terms, after: Terms) -> Iterator[str]:
    """Yield a sentence for each group of terms that differs and that pages show."""
    first, second = (
        {**file_of(terms).terms, "prizes": file_of(terms).prizes} for terms in (before, after)
    )
    changed = {GROUPS.get(name, name) for name in second if first[name] != second[name]}
    for group, label in LABELS.items():
        if group in changed:
            values = (value_in_words(group, terms) for terms in (before, after))
            yield change_in_words(str(label), *values)


def change_in_words(label: str, old: str, new: str) -> str:
    """Return the sentence of one change, with both values where they are short and differ."""
    if not old or not new or old == new:
        return _("%(what)s: changed.") % {"what": label}
    return _("%(what)s: from %(old)s to %(new)s.") % {"what": label, "old": old, "new": new}


def value_in_words(group: str, terms: Terms) -> str:
    """Return the value of a group of terms in words; empty where it is too much for a sentence."""
    writers: dict[str, Any] = {
        "opens_at": lambda: formats.moment_in_words(localtime(terms.opens_at)),
        "closes_at": lambda: formats.deadline_in_words(localtime(terms.closes_at)),
        "credit_at": lambda: formats.part_of_month_in_words(localtime(terms.credit_at).date()),
        "expires_on": lambda: formats.last_day_in_words(terms.expires_on),
        "kept_until": lambda: formats.last_day_in_words(terms.kept_until),
        "travel": lambda: formats.periods_in_words(terms.periods),
        "minimum_total_yen": lambda: (
            _("%(yen)s yen") % {"yen": formats.grouped(terms.minimum_total_yen)}
        ),
        "budget_points": lambda: (
            _("%(points)s points") % {"points": formats.large_in_words(terms.budget_points)}
        ),
    }
    return str(writers[group]()) if group in writers else ""
