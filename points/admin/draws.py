"""The admin page of draws, read-only; it shows neither keys nor pseudonyms.

The steps of a draw are pages of the desk (portal.desk.operations).
"""

from typing import cast

from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_value
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin_base import GuardedColumns
from core.errors import Refusal, system_failed
from core.models import User
from lottery import bundle, verifying
from lottery.admin import draw_pages
from lottery.models import Draw
from lottery.queries import LARGE_COLUMNS, subject_of

KEYS = ("pid_key", "nonce_key")


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
    actions = ["verify"]

    def get_urls(self) -> list[URLPattern]:
        """Add the views beside the list: bundle and receipt."""
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
        return str(display_for_value(value, "")) if is_shown else ""

    @admin.display(description=_("manifest hash"))
    def manifest_hash(self, draw: Draw) -> str:
        """Return the hash that is published before the round, in hex."""
        return bytes(draw.manifest_sha256).hex()

    @admin.action(description=_("Check the bundle as outsiders do"), permissions=["view"])
    def verify(self, request: HttpRequest, queryset: QuerySet[Draw]) -> None:
        """Run the published verifier on the files of each draw."""
        for draw in queryset.select_related("campaign").order_by("pk"):
            is_valid, result = verify_bundle(draw)
            level = messages.SUCCESS if is_valid else messages.ERROR
            self.message_user(request, f"{subject_of(draw)}: {result}", level)


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
