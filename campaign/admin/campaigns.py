"""The admin pages of campaigns and of their terms."""

from typing import Any

from django.contrib import admin
from django.db.models import DateTimeField, QuerySet, Value
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaign import queries, terms
from campaign.forms import TermsForm, file_as_text
from campaign.models import Campaign, Terms
from campaign.sentences import ENTRY_STATES
from campaign.states import entry_state
from core import clock
from core.admin_base import (
    DeclaredFilters,
    ReadOnlyAdmin,
    ReadOnlyInline,
    carry_out,
    signed_in_actor,
)


class TermsInline(ReadOnlyInline):
    """The versions of a campaign's terms."""

    model = Terms
    # Read-only fields and fields alike, for a form field exists only for some of them.
    readonly_fields = ["version", "published_at", "published_by", "opens_at", "closes_at"]
    fields = [*readonly_fields]
    ordering = ["version"]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Terms]:
        """Fetch the publishers in the same query."""
        versions: QuerySet[Terms] = super().get_queryset(request)
        return versions.select_related("published_by")


@admin.register(Campaign)
class CampaignAdmin(ReadOnlyAdmin):
    """The campaigns; ``campaign load`` creates a new one."""

    list_display = ["code", "state", "entries_frozen_at"]
    ordering = ["-id"]
    inlines = [TermsInline]
    actions = ["publish"]

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

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may request a publication."""
        return request.user.has_perm("campaign.request_publication")

    @admin.action(description=_("Ask for publication"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
        """Request the publication of each campaign's draft."""
        for campaign in queryset.order_by("pk"):
            carry_out(
                self,
                request,
                terms.request_draft_publication,
                campaign=campaign,
            )


@admin.register(Terms)
class TermsAdmin(DeclaredFilters):
    """The terms: a draft can be changed, a published version cannot."""

    form = TermsForm
    readonly_fields = ["campaign", "version", "published_at", "published_by", "as_file"]
    list_display = ["campaign", "version", "published_at", "published_by", "opens_at", "closes_at"]
    list_select_related = ["campaign", "published_by"]
    ordering = ["-campaign_id", "-version"]

    def get_fields(self, request: HttpRequest, obj: Terms | None = None) -> list[Any]:
        """Return the file to be changed, or the file to be read."""
        file = "file" if self.has_change_permission(request, obj) else "as_file"
        return ["campaign", "version", "published_at", "published_by", file]

    @admin.display(description=_("campaign file"))
    def as_file(self, version: Terms) -> str:
        """Return the campaign file of a version, to be read."""
        return format_html("<pre>{}</pre>", file_as_text(version))

    def save_model(self, request: HttpRequest, obj: Terms, form: TermsForm, change: bool) -> None:  # noqa: FBT001 - as Django calls it
        """Save the terms and their prizes as the file says."""
        terms.edit_draft(
            obj, form.cleaned_data["file"], actor=signed_in_actor(request), at=clock.now()
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: ``campaign load`` and ``campaign revise`` create versions."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Terms | None = None) -> bool:
        """Return False, also for superusers."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Terms | None = None) -> bool:
        """Return whether the user may change this version, which must be a draft."""
        is_draft = obj is None or obj.published_at is None
        return is_draft and super().has_change_permission(request, obj)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Terms | None:
        """Lock the campaign while a version is saved, against a publication meanwhile."""
        version: Terms | None = super().get_object(request, object_id, from_field)
        if version and request.method == "POST":
            terms.lock_campaign(version.campaign)
            version.refresh_from_db()
        return version
