"""What a card says of a request: rows of words, differences, what approving does, where it leads.

Each action's card is made by a function of its own (``kinds``); this is what they have in common.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaign.models import Terms
from core.models import Approval, User
from portal import announcement, formats

Names = Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """A value with its label; ``holds`` is whether the law allows it, None where it does not ask.

    ``is_code`` marks hashes and the like, which pages break anywhere.
    """

    label: str
    value: str
    holds: bool | None = None
    is_code: bool = False


@dataclass(frozen=True)
class Change:
    """A value before and after; empty where there is none."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Link:
    """A page that helps to decide, or that shows what came of it.

    Shown to who holds one of the permissions; to everybody where none is named.
    """

    text: str
    address: str
    permissions: tuple[str, ...] = ()

    def is_for(self, user: User) -> bool:
        """Return whether a user may open the page."""
        return not self.permissions or any(user.has_perm(one) for one in self.permissions)


@dataclass(frozen=True)
class Card:
    """What a person reads before they decide.

    ``effect`` is what approving does, as a sentence; ``done`` what has come of it. ``compared``
    says whether there is something in force that ``changes`` are the differences to. ``announced``
    is what members will read of it. ``can_be_verified``: the verifier can check the draw's files.
    """

    effect: str
    rows: list[Row]
    compared: bool = False
    changes: list[Change] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)
    law: list[Row] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    more: list[Row] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    done: str = ""
    done_links: list[Link] = field(default_factory=list)
    can_be_verified: bool = False


@dataclass(frozen=True)
class Kind:
    """How requests of an action are shown.

    ``subject`` names what a request is about, from the names of campaigns by their codes.
    ``is_slow``: its content takes long to compute again, so that only approving checks it.
    """

    describe: Callable[[Approval], Card]
    subject: Callable[[Approval, Names], str]
    is_slow: bool = False


def campaign_code(approval: Approval) -> str:
    """Return the code of the campaign that a request is about; empty where it is about none."""
    named = approval.content.get("campaign")
    return str(named or (approval.subject if approval.action.startswith("campaign.") else ""))


def campaign_names(approvals: Iterable[Approval]) -> dict[str, str]:
    """Return the names of the published campaigns that requests are about, by one query."""
    codes = {code for one in approvals if (code := campaign_code(one))}
    published = Terms.objects.filter(campaign__code__in=codes, published_at__isnull=False)
    last = published.order_by("campaign", "-version").distinct("campaign")
    found = last.select_related("campaign").only("name_ja", "name_en", "campaign__code")
    return {terms.campaign.code: announcement.name_of(terms) for terms in found}


def name_in(named: Mapping[str, Any]) -> str:
    """Return a name of a campaign file in the language of the page."""
    return str(announcement.in_language(named))


def yen(number: int) -> str:
    """Return an amount of yen."""
    return _("%(yen)s yen") % {"yen": formats.grouped(number)}


def large_yen(number: int) -> str:
    """Return a round amount of yen in short."""
    return _("%(yen)s yen") % {"yen": formats.large_in_words(number)}


def points(number: int) -> str:
    """Return an amount of points."""
    return _("%(points)s points") % {"points": formats.grouped(number)}


def large_points(number: int) -> str:
    """Return a round amount of points in short."""
    return _("%(points)s points") % {"points": formats.large_in_words(number)}


def moment(text: str) -> str:
    """Return an instant of a content in Japan's time."""
    return formats.moment_in_words(localtime(datetime.fromisoformat(text)))


def deadline(text: str) -> str:
    """Return an exclusive end of a content in Japan's time."""
    return formats.deadline_in_words(localtime(datetime.fromisoformat(text)))


def day(text: str) -> str:
    """Return a day of a content."""
    return formats.day_in_words(date.fromisoformat(text))


def truth(value: object) -> str:
    """Return yes or no."""
    return pgettext("of a condition", "Yes") if value else pgettext("of a condition", "No")


def fingerprint(label: str, value: object) -> Row:
    """Return the row of a hash."""
    return Row(label, str(value), is_code=True)


def describe_unknown(approval: Approval) -> Card:
    """Return the card of a request whose action has none, or whose content has another form."""
    return Card(
        effect=_("There is no description of this request; do not approve what you do not know."),
        rows=list(flattened(approval.content)),
        warnings=[_("What this request holds is shown as it is stored.")],
    )


def flattened(value: Any, place: str = "") -> Iterable[Row]:
    """Yield the rows of a content of any form, each value by its place."""
    if isinstance(value, dict) and value:
        for name, one in value.items():
            yield from flattened(one, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list) and value:
        for number, one in enumerate(value, 1):
            yield from flattened(one, f"{place} {number}".strip())
    else:
        yield Row(place, "–" if value in (None, "", [], {}) else str(value), is_code=True)


def subject_as_stored(approval: Approval, _names: Names) -> str:
    """Return the subject as it is stored."""
    return approval.subject
