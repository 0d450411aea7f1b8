"""What staff see of draws, and what they ask for there; neither keys nor pseudonyms are shown."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin_base import ReadOnlyAdmin, carry_out
from lottery import (
    admin_pages,
    confirming,
    forgetting,
    publishing,
    running,
    verifying,
    voiding,
)
from lottery.admin_forecasts import ForecastAdmin
from lottery.models import Draw, StoredForecast
from lottery.queries import FILES, subject_of

KEYS = ("pid_key", "nonce_key")
admin.site.register(StoredForecast, ForecastAdmin)


class DrawActionForm(ActionForm):
    """An action, and the reason that a void needs."""

    reason = forms.CharField(
        label=_("reason of a void (published)"),
        required=False,
        max_length=voiding.MAX_REASON_LENGTH,
    )


@admin.register(Draw)
class DrawAdmin(ReadOnlyAdmin):
    """The draws of all campaigns, and what can be done with each."""

    change_list_template = "admin/lottery/draws.html"
    change_form_template = "admin/lottery/draw.html"
    list_display = [
        "campaign",
        "sequence",
        "state",
        "entry_count",
        "round_time",
        "publish_by",
        "published_at",
        "drawn_at",
        "confirmed_at",
        "voided_at",
        "winners",
        "total_points",
    ]
    list_filter = ["state", "campaign"]
    list_select_related = ["campaign"]
    ordering = ["-campaign_id", "-sequence"]
    fields = [
        ("campaign", "sequence", "state"),
        ("terms", "entry_count"),
        "manifest_hash",
        ("chain", "round", "round_time"),
        ("frozen_at", "publish_by"),
        ("published_at", "published_by"),
        "drawn_at",
        ("winners", "total_points", "leftover_points"),
        ("confirmed_at", "confirmed_by"),
        ("voided_at", "voided_by", "void_reason"),
        ("forgotten_at", "forgotten_by"),
    ]
    action_form = DrawActionForm
    actions = ["verify", "publish", "run", "confirm", "void", "forget"]

    def get_urls(self) -> list[URLPattern]:
        """Add the pages beside the list: freeze, bundle and receipt."""
        return [*admin_pages.addresses(), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Draw]:
        """Leave files and keys in the database."""
        draws: QuerySet[Draw] = super().get_queryset(request)
        return draws.defer(*FILES, *KEYS)

    @admin.display(description=_("manifest hash"))
    def manifest_hash(self, draw: Draw) -> str:
        """Return what is announced before the round."""
        return bytes(draw.manifest_sha256).hex()

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Say whether this person may ask for a publication."""
        return request.user.has_perm(publishing.PERMISSION)

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Say whether this person may run a draw."""
        return request.user.has_perm(running.PERMISSION)

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        """Say whether this person may ask for a confirmation."""
        return request.user.has_perm(confirming.PERMISSION)

    def has_void_permission(self, request: HttpRequest) -> bool:
        """Say whether this person may ask for a void."""
        return request.user.has_perm(voiding.PERMISSION)

    def has_forget_permission(self, request: HttpRequest) -> bool:
        """Say whether this person may ask for the keys to be erased."""
        return request.user.has_perm(forgetting.PERMISSION)

    @admin.action(description=_("Check the bundle as outsiders do"), permissions=["view"])
    def verify(self, request: HttpRequest, queryset: QuerySet[Draw]) -> None:
        """Have the outsider's verifier look at what there is of each draw."""
        for draw in queryset.select_related("campaign").order_by("pk"):
            said: list[str] = []
            holds = verifying.verify_draw(draw, print_line=said.append)
            verdict = gettext("The bundle holds.") if holds else gettext("The bundle is refused.")
            level = messages.SUCCESS if holds else messages.ERROR
            self.message_user(
                request, f"{subject_of(draw)}: {verdict} {said[-1] if said else ''}", level
            )

    @admin.action(description=_("Ask for publication"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Draw]) -> None:
        """Ask for each draw to be published."""
        self.each(request, queryset, publishing.request_publication)

    @admin.action(description=_("Run with the beacon's round"), permissions=["run"])
    def run(self, request: HttpRequest, queryset: QuerySet[Draw]) -> None:
        """Run each draw whose round has come."""
        self.each(request, queryset, running.run_with_beacon)

    @admin.action(description=_("Ask for confirmation"), permissions=["confirm"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Draw]) -> None:
        """Ask for each result to be confirmed."""
        self.each(request, queryset, confirming.request_confirmation)

    @admin.action(description=_("Ask for a void, with a reason"), permissions=["void"])
    def void(self, request: HttpRequest, queryset: QuerySet[Draw]) -> None:
        """Ask for each draw to be void, for the reason beside the action."""
        reason = request.POST.get("reason", "")
        self.each(request, queryset, voiding.request_void, reason=reason)

    @admin.action(description=_("Ask for the keys to be erased"), permissions=["forget"])
    def forget(self, request: HttpRequest, queryset: QuerySet[Draw]) -> None:
        """Ask for the keys of each draw to be erased."""
        self.each(request, queryset, forgetting.request_forgetting)

    def each(
        self, request: HttpRequest, queryset: QuerySet[Draw], operation: Any, **arguments: Any
    ) -> None:
        """Do one thing with each draw, in the name of the person signed in."""
        for draw in queryset.select_related("campaign").order_by("pk"):
            carry_out(self, request, operation, draw=draw, **arguments)
