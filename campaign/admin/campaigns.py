"""The admin pages of campaigns and of their terms."""

from django.contrib import admin
from django.db.models import DateTimeField, QuerySet, Value
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaign import queries
from campaign.forms import file_as_text
from campaign.models import Campaign, Terms
from campaign.sentences import ENTRY_STATES
from campaign.states import entry_state
from core import clock
from core.admin_base import ReadOnlyAdmin, ReadOnlyInline


class TermsInline(ReadOnlyInline):
    """The versions of a campaign's terms."""

    model = Terms
    # Read-only fields and fields alike, for a form field exists only for some of them.
    readonly_fields = ["version", "published_at", "publisher", "opens_at", "closes_at"]
    fields = [*readonly_fields]
    ordering = ["version"]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Terms]:
        """Fetch the publishers in the same query."""
        versions: QuerySet[Terms] = super().get_queryset(request)
        return versions.select_related("published_by")

    @admin.display(description=_("published by"))
    def publisher(self, version: Terms) -> str:
        """Return who published a version, without a link: the account is for who runs them."""
        return str(version.published_by or "")


@admin.register(Campaign)
class CampaignAdmin(ReadOnlyAdmin):
    """The campaigns, to be read; the desk's pages make and change them."""

    list_display = ["code", "state", "entries_frozen_at"]
    ordering = ["-id"]
    inlines = [TermsInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """Prefetch the versions of the terms, and read the clock once for all rows."""
        campaigns: QuerySet[Campaign] = super().get_queryset(request)
        seen_at = Value(clock.now(), output_field=DateTimeField())
        return campaigns.prefetch_related("terms").annotate(seen_at=seen_at)

    @admin.display(description=_("state"))
    def state(self, campaign: Campaign) -> str:
        """Return the state of the entry period."""
        seen_at = getattr(campaign, "seen_at")  # noqa: B009 - an annotation, not a field
        state = entry_state(
            queries.working_terms(campaign), campaign.entries_frozen_at, now=seen_at
        )
        return str(ENTRY_STATES[state])


@admin.register(Terms)
class TermsAdmin(ReadOnlyAdmin):
    """The versions of the terms, to be read; the desk's pages of campaigns write drafts."""

    readonly_fields = ["campaign", "version", "published_at", "published_by", "as_file"]
    fields = [*readonly_fields]
    list_display = ["campaign", "version", "published_at", "published_by", "opens_at", "closes_at"]
    list_select_related = ["campaign", "published_by"]
    ordering = ["-campaign_id", "-version"]

    @admin.display(description=_("campaign file"))
    def as_file(self, version: Terms) -> str:
        """Return the campaign file of a version, to be read."""
        return format_html("<pre>{}</pre>", file_as_text(version))
