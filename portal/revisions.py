"""What revisions have changed in the published terms, for members."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from campaign.models import Terms
from campaign.queries import file_of
from portal import announcement, booking_words, formats, listing, plan_words
from portal.announcement import ShownPrize

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
NOT_COUNTED = gettext_lazy("Which tickets do not count")
PARTS_NOT_COUNTED = ("channels", "payments", "products", "cancelled", "phone")
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
    """Return the revisions up to these published terms, the last first; none for a first version.

    The terms themselves may be a draft that was given an instant in memory, for a preview.
    """
    if terms.version == 1:
        return []
    earlier = terms.campaign.terms.filter(published_at__isnull=False, version__lt=terms.version)
    published = list(earlier.prefetch_related("prizes").order_by("version"))
    found = []
    for before, after in pairwise([*published, terms]):
        sentences = list(changes(before, after))
        if after.published_at and sentences:
            found.append(Revision(after.published_at, sentences))
    return found[::-1]


def changes(before: Terms, after: Terms) -> Iterator[str]:
    """Yield the sentences of each group of terms that differs and that pages show."""
    first, second = (
        {**file_of(terms).terms, "prizes": file_of(terms).prizes} for terms in (before, after)
    )
    changed = {GROUPS.get(name, name) for name in second if first[name] != second[name]}
    for group, label in LABELS.items():
        if group in PARTS and group in changed:
            yield from changes_of_parts(group, before, after)
        elif group in changed:
            values = (value_in_words(group, terms) for terms in (before, after))
            yield change_in_words(str(label), *values)


def change_in_words(label: str, old: str, new: str) -> str:
    """Return the sentence of one change, with both values where they are short and differ."""
    if not old or not new or old == new:
        return _("%(what)s: changed.") % {"what": label}
    return _("%(what)s: from %(old)s to %(new)s.") % {"what": label, "old": old, "new": new}


def changes_of_parts(group: str, before: Terms, after: Terms) -> Iterator[str]:
    """Yield a sentence for each part of a group whose words differ, with its words before and now.

    A change that no words show is announced without them.
    """
    old, new = (PARTS[group](terms) for terms in (before, after))
    differing = [part for part in {**old, **new} if old.get(part) != new.get(part)]
    for part in differing:
        label = str(NOT_COUNTED if part in PARTS_NOT_COUNTED else LABELS[group])
        yield change_of_part(label, old.get(part, ""), new.get(part, ""))
    if not differing:
        yield change_in_words(str(LABELS[group]), "", "")


def change_of_part(label: str, old: str, new: str) -> str:
    """Return the sentence of one change from some sentences to others, of which one may lack."""
    words = {"what": label, "old": old, "new": new}
    if not old:
        return _("%(what)s, added: %(new)s") % words
    if not new:
        return _("%(what)s, taken out: %(old)s") % words
    return _("%(what)s, until now: %(old)s From now on: %(new)s") % words


def parts_of_bookings(terms: Terms) -> dict[str, str]:
    """Return which bookings count and which do not, part by part in words."""
    texts, touches = announcement.own_texts(terms), announcement.touches_of(terms)
    services = booking_words.services_of(terms)
    kinds = {
        "kinds_registered": _("Registration before booking is needed for: %(kinds)s."),
        "kinds_free": _("No procedure is needed for: %(kinds)s."),
        "kinds_excluded": _("Not eligible: %(kinds)s."),
    }
    named = {
        name: sentence % {"kinds": listing.join_names(found)}
        for name, sentence in kinds.items()
        if (found := booking_words.kinds_of(getattr(terms, name), services))
    }
    rail_points = texts["rail_points_name"]
    sentences = {
        "sections": booking_words.which_bookings_count(terms, touches),
        "lines": booking_words.lines_in_words(touches),
        "channels": booking_words.channels_not_counted(terms.channels_excluded),
        "payments": booking_words.payments_not_counted(terms),
        "products": booking_words.products_not_counted(
            terms.products_excluded, rail_points=rail_points
        ),
        "cancelled": [booking_words.cancelled_or_so(stopovers=terms.stopovers_excluded)],
        "phone": booking_words.phone_changes_not_counted(terms),
    }
    return {**named, **{part: run_together(found) for part, found in sentences.items() if found}}


def parts_of_lots(terms: Terms) -> dict[str, str]:
    """Return what gives lots, in words."""
    one_each = _("Everybody who has met the conditions has one lot.")
    return {"lots": run_together(plan_words.lots_in_words(terms.plan) or [one_each])}


def parts_of_prizes(terms: Terms) -> dict[str, str]:
    """Return each prize in words, by its code."""
    shown = announcement.shown_prizes(terms, to_all=announcement.gives_to_all(terms))
    return {prize.code: prize_in_words(prize) for prize in shown}


def prize_in_words(prize: ShownPrize) -> str:
    """Return a prize's name, who wins it, what they get, and what else holds for it."""
    sentence = pgettext("a prize", "%(name)s (%(who)s): %(what)s")
    return sentence % {
        "name": prize.name,
        "who": prize.who,
        "what": run_together([prize.what, *prize.notes]),
    }


def entry_in_words(terms: Terms) -> str:
    """Return the sentence about whether one needs to enter."""
    return _("Everybody needs to enter.") if terms.entry_needed else _("Nobody needs to enter.")


def run_together(sentences: list[str]) -> str:
    """Return sentences as one text; in Japanese words of a list get their full stop."""
    if announcement.language() != announcement.JAPANESE:
        return " ".join(sentences)
    return "".join(f"{sentence.removesuffix('。')}。" for sentence in sentences)


def value_in_words(group: str, terms: Terms) -> str:
    """Return the value of a group of terms in words; empty where it is too much for a sentence."""
    writers: dict[str, Any] = {
        "name": lambda: announcement.name_of(terms),
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


PARTS: dict[str, Callable[[Terms], dict[str, str]]] = {
    "bookings": parts_of_bookings,
    "lots": parts_of_lots,
    "prizes": parts_of_prizes,
    "entry_needed": lambda terms: {"entry": entry_in_words(terms)},
    "edge": lambda terms: {"edge": plan_words.end_of_budget(terms.plan)},
}
