"""What a preview shows: which page of which version, when, in which state, and for whom."""

import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaign.models import Terms
from portal import names
from portal.states import ShownState, shown_state

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)


class PageKind(TextChoices):
    """A page of members."""

    CAMPAIGN = "campaign", pgettext_lazy("preview", "Campaign page")
    FRONT = "front", pgettext_lazy("preview", "Entry on the front page")
    DRAW = "draw", pgettext_lazy("preview", "Page of the draw")
    MY_PAGE = "my_page", pgettext_lazy("preview", "My page")


class MadeUp(TextChoices):
    """A made-up member, by what becomes of them."""

    WINNER = "winner", pgettext_lazy("preview", "Winner")
    LOSER = "loser", pgettext_lazy("preview", "Not a winner")
    CAP = "cap", pgettext_lazy("preview", "Winner whose total is above the cap")
    LOWERED = "lowered", pgettext_lazy("preview", "Winner with fewer points after cancellations")
    FORFEITED = "forfeited", pgettext_lazy("preview", "Winner who loses the points")
    OUTSIDE = "outside", pgettext_lazy("preview", "Known too late for the draw")
    PENDING = "pending", pgettext_lazy("preview", "Entered, rides not confirmed")
    BELOW = "below", pgettext_lazy("preview", "Entered, total below the minimum")
    NO_BOOKINGS = "no_bookings", pgettext_lazy("preview", "Entered, without bookings")
    NOT_ENTERED = "not_entered", pgettext_lazy("preview", "Not entered")


class Width(TextChoices):
    """How wide the page is shown."""

    PHONE = "phone", pgettext_lazy("preview", "Phone")
    DESKTOP = "desktop", pgettext_lazy("preview", "Computer")


@dataclass(frozen=True)
class Scene:
    """One page of one version at one instant; ``member`` is None for who is not logged in."""

    terms: Terms
    page: PageKind
    state: ShownState
    now: datetime
    member: MadeUp | None
    language: str

    @property
    def state_name(self) -> str:
        """The name of the state, as staff chose it."""
        return str(names.STATES[self.state])

    @property
    def version_name(self) -> str:
        """The version, and whether it is a draft."""
        return name_of_version(self.terms)

    @property
    def has_draw(self) -> bool:
        """Whether the list of entrants is fixed in this state."""
        return self.state in (ShownState.COUNTING, ShownState.RESULTS, ShownState.CREDITED)


class SceneForm(forms.Form):
    """The choices of a preview: an empty state is the clock's, an empty instant a usual one."""

    version = forms.TypedChoiceField(
        label=pgettext_lazy("preview", "Version of the terms"), coerce=int
    )
    page = forms.ChoiceField(label=pgettext_lazy("preview", "Page"), choices=PageKind)
    state = forms.ChoiceField(label=pgettext_lazy("preview", "State"), required=False)
    at = forms.DateTimeField(
        label=pgettext_lazy("preview", "Day and time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        help_text=gettext_lazy("Empty: a usual instant of the state; without a state, now."),
    )
    member = forms.ChoiceField(
        label=pgettext_lazy("preview", "Made-up member"),
        required=False,
        help_text=gettext_lazy("No real member is shown here."),
    )
    language = forms.ChoiceField(
        label=pgettext_lazy("preview", "Language"), choices=settings.LANGUAGES
    )
    width = forms.ChoiceField(label=pgettext_lazy("preview", "Width"), choices=Width)

    def __init__(self, address: QueryDict, versions: list[Terms]) -> None:
        """Read the address; what it leaves out is filled with the usual choices."""
        usual: dict[str, Any] = {
            "version": usual_version(versions).version,
            "page": PageKind.CAMPAIGN,
            "language": settings.LANGUAGE_CODE,
            "width": Width.PHONE,
        }
        super().__init__({**usual, **address.dict()})
        self.versions = {terms.version: terms for terms in versions}
        fields: dict[str, Any] = self.fields
        fields["version"].choices = [(one.version, name_of_version(one)) for one in versions]
        fields["state"].choices = [("", _("By the clock")), *names.STATES.items()]
        fields["member"].choices = [("", _("Visitor who is not logged in")), *MadeUp.choices]

    def scene(self, *, now: datetime) -> Scene:
        """Return the scene of valid choices.

        My page needs a member: without a choice it is that of a winner.
        """
        chosen = self.cleaned_data
        terms, page = self.versions[chosen["version"]], PageKind(chosen["page"])
        state, at = place_in_time(terms, state=chosen["state"], at=chosen["at"], now=now)
        member = chosen["member"] or (MadeUp.WINNER if page is PageKind.MY_PAGE else None)
        return Scene(
            terms=terms,
            page=page,
            state=state,
            now=at,
            member=MadeUp(member) if member else None,
            language=chosen["language"],
        )


def versions_of(code: str) -> list[Terms]:
    """Return the versions of a campaign's terms, the last first."""
    versions = Terms.objects.filter(campaign__code=code).select_related("campaign")
    return list(versions.prefetch_related("prizes").order_by("-version"))


def usual_version(versions: list[Terms]) -> Terms:
    """Return the draft, or else the terms in force."""
    return versions[0]


def name_of_version(terms: Terms) -> str:
    """Return the name of a version for a choice."""
    words = {"version": terms.version}
    if terms.published_at is None:
        return _("Version %(version)s (draft)") % words
    return _("Version %(version)s (published)") % words


def place_in_time(
    terms: Terms, *, state: str, at: datetime | None, now: datetime
) -> tuple[ShownState, datetime]:
    """Return the state and the instant of a scene, of which either may be left out.

    The clock alone knows nothing of a draw: after the entry period it says closed.
    """
    if state:
        return ShownState(state), at or usual_instant(terms, ShownState(state))
    instant = at or now
    shown = shown_state(as_published(terms, instant), now=instant, entries_frozen_at=None)
    return shown, instant


def as_published(terms: Terms, at: datetime) -> Terms:
    """Return a draft as if it had been published at an instant, not saved; else the terms."""
    if terms.published_at is not None and terms.published_at <= at:
        return terms
    shown = copy.copy(terms)
    shown.published_at = at
    return shown


def usual_instant(terms: Terms, state: ShownState) -> datetime:
    """Return an instant at which a campaign is usually in a state, from the dates of its terms."""
    wait = terms.credit_at - terms.closes_at
    instants = {
        ShownState.BEFORE: terms.opens_at - (terms.closes_at - terms.opens_at) / 20,
        ShownState.OPEN: terms.opens_at + (terms.closes_at - terms.opens_at) / 2,
        ShownState.CLOSED: terms.closes_at + wait / 6,
        ShownState.COUNTING: terms.closes_at + wait / 3,
        ShownState.RESULTS: terms.closes_at + wait * 2 / 3,
        ShownState.CREDITED: terms.credit_at + wait / 6,
    }
    return localtime(instants[state]).replace(second=0, microsecond=0)
