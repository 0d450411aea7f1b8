"""The admin page of draws and their actions; it shows neither keys nor pseudonyms.

It stands here and not in ``lottery``, which knows no points and so no payout.
"""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.utils import display_for_field
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin_base import GuardedColumns, carry_out
from core.errors import Refusal, system_failed
from core.models import User
from lottery import bundle, confirming, forgetting, publishing, running, verifying, voiding
from lottery.admin import draw_pages
from lottery.models import Draw
from lottery.queries import LARGE_COLUMNS, subject_of
from points import preparing

KEYS = ("pid_key", "nonce_key")


class DrawActionForm(ActionForm):
    """The choice of an action, with the reason that a void needs."""

    reason = forms.CharField(
        label=_("reason of a void (published)"),
        required=False,
        max_length=voiding.MAX_REASON_LENGTH,
    )


@admin.register(Draw)
class DrawAdmin(GuardedColumns):
    """The draws of all campaigns; a result is read by all of staff once it is public."""

    guarded = ("winners", "total_points", "leftover_points")
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
    actions = ["verify", "publish", "run", "confirm", "void", "forget", "prepare"]

    def get_urls(self) -> list[URLPattern]:
        """Add the views beside the list: freeze, bundle and receipt."""
        return [*draw_pages.url_patterns(), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Draw]:
        """Leave the contents of files and keys in the database."""
        draws: QuerySet[Draw] = super().get_queryset(request)
        return draws.defer(*LARGE_COLUMNS, *KEYS)

    def may_see_guarded(self, request: HttpRequest) -> bool:
        """Return whether the user reads results before they are public."""
        return bundle.may_read_results(cast("User", request.user))

    def mask_value(self, row: Draw, name: str) -> str:
        """Return the number of a result that is public; nothing before."""
        value = getattr(row, name)
        is_shown = value is not None and bundle.has_public_result(row)
        return display_for_field(value, Draw._meta.get_field(name), "") if is_shown else ""

    @admin.display(description=_("manifest hash"))
    def manifest_hash(self, draw: Draw) -> str:
        """Return the hash that is published before the round, in hex."""
        return bytes(draw.manifest_sha256).hex()

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may request a publication."""
        return request.user.has_perm(publishing.PERMISSION)

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may run a draw."""
        return request.user.has_perm(running.PERMISSION)

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may request a confirmation."""
        return request.user.has_perm(confirming.PERMISSION)

    def has_void_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may request that a draw is voided."""
        return request.user.has_perm(voiding.PERMISSION)

    def has_forget_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may request that a draw's keys are erased."""
        return request.user.has_perm(forgetting.PERMISSION)

    @admin.action(description=_("Check the bundle as outsiders do"), permissions=["view"])
    def verify(self, request: HttpRequest, queryset: QuerySet[Draw]) -> None:
        """Run the published verifier on the files of each draw."""
        for draw in queryset.select_related("campaign").order_by("pk"):
            is_valid, result = verify_bundle(draw)
            level = messages.SUCCESS if is_valid else messages.ERROR
            self.message_user(request, f"{subject_of(draw)}: {result}", level)

    @admin.action(description=_("Ask for publication"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Draw]) -> None:
        """Request the publication of each draw."""
        self.carry_out_each(request, queryset, publishing.request_publication)

    @admin.action(description=_("Run with the beacon's round"), permissions=["run"])
    def run(self, request: HttpRequest, queryset: QuerySet[Draw]) -> None:
        """Run each draw with the beacon's round."""
        self.carry_out_each(request, queryset, running.run_with_beacon)

    @admin.action(description=_("Ask for confirmation"), permissions=["confirm"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Draw]) -> None:
        """Request the confirmation of each result."""
        self.carry_out_each(request, queryset, confirming.request_confirmation)

    @admin.action(description=_("Ask for a void, with a reason"), permissions=["void"])
    def void(self, request: HttpRequest, queryset: QuerySet[Draw]) -> None:
        """Request that each draw is voided, for the reason beside the action."""
        reason = request.POST.get("reason", "")
        self.carry_out_each(request, queryset, voiding.request_void, reason=reason)

    @admin.action(description=_("Ask for the keys to be erased"), permissions=["forget"])
    def forget(self, request: HttpRequest, queryset: QuerySet[Draw]) -> None:
        """Request that the keys of each draw are erased."""
        self.carry_out_each(request, queryset, forgetting.request_forgetting)

    def has_prepare_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may request a payout."""
        return request.user.has_perm(preparing.PERMISSION)

    @admin.action(description=_("Ask for the payout"), permissions=["prepare"])
    def prepare(self, request: HttpRequest, queryset: QuerySet[Draw]) -> None:
        """Request the payout of each draw's campaign."""
        for draw in queryset.select_related("campaign").order_by("pk"):
            carry_out(self, request, preparing.request_payout, campaign=draw.campaign)

    def carry_out_each(
        self, request: HttpRequest, queryset: QuerySet[Draw], operation: Any, **arguments: Any
    ) -> None:
        """Carry out one operation per draw as the signed-in user."""
        for draw in queryset.select_related("campaign").order_by("pk"):
            carry_out(self, request, operation, draw=draw, **arguments)


def verify_bundle(draw: Draw) -> tuple[bool, str]:
    """Return whether the verifier accepts a draw's files, and its result in words.

    It reads files, so a full disk is a result as well, and no fault of the page.
    """
    lines: list[str] = []
    try:
        is_valid = verifying.verify_draw(draw, print_line=lines.append)
    except Refusal as refusal:
        reason = str(refusal)
    except OSError as failure:
        reason = system_failed(failure)
    else:
        verdict = gettext("The bundle holds.") if is_valid else gettext("The bundle is refused.")
        return is_valid, f"{verdict} {lines[-1] if lines else ''}"
    return False, gettext("The bundle could not be checked. %(reason)s") % {"reason": reason}
