"""The admin pages of the money: payouts, awards, credits and the ledger, all read-only."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from core.admin_base import MembersAdmin, ModelAdmin, ReadOnlyAdmin
from core.coded import Words, coded_filter, show_code, yes_column
from core.masking import mask_identifier
from core.models import User
from lottery import bundle
from points import queries
from points.models import Account, AwardStanding, KeyStanding, Payout, Transfer
from points.words import AWARDS, MADE_BY, REASONS

OPEN = yes_column("is_open", pgettext_lazy("a key", "open"), pgettext_lazy("a key", "open"))
REASON, MADE = _("reason"), _("made by")


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    """The approved payouts and their progress; warnings are shown above the list."""

    list_display = ["draw", "awards", "award_points", "progress", "ended_at", "closed_at"]
    list_select_related = ["draw__campaign"]
    ordering = ["-id"]
    fields = [
        ("draw", "approval", "approved_at"),
        ("awards", "award_points", "fingerprint"),
        yes_column(
            "ended_by_budget",
            pgettext_lazy("a payout", "ended by the budget"),
            pgettext_lazy("column", "yes"),
        ),
        "progress",
        "sums",
        "keys",
        "unread",
        ("ended_at", "closed_at"),
    ]
    readonly_fields = ["fingerprint", "progress", "sums", "keys", "unread"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payout]:
        """Count the parts of all payouts in one query."""
        payouts: QuerySet[Payout] = super().get_queryset(request)
        return payouts.annotate(
            part_count=Count("parts"),
            done_count=Count("parts", filter=Q(parts__done_at__isnull=False)),
        )

    @admin.display(description=pgettext_lazy("SHA-256", "fingerprint of the list"))
    def fingerprint(self, payout: Payout) -> str:
        """Return the hash of the list of credits."""
        return payout.list_sha256

    @admin.display(description=_("parts done"))
    def progress(self, payout: Payout) -> str:
        """Return how many of the payout's parts are done."""
        counts: dict[str, Any] = vars(payout)
        return f"{counts['done_count']} / {counts['part_count']}"

    @admin.display(description=_("sums"))
    def sums(self, payout: Payout) -> str:
        """Return the sums of the awards by what became of them."""
        return join_counts(queries.count_awards(payout.draw), AWARDS)

    @admin.display(description=_("keys"))
    def keys(self, payout: Payout) -> str:
        """Return the number of credits in each state of the reconciliation."""
        return join_counts(queries.count_keys(payout), dict(KeyStanding.Class.choices))

    @admin.display(description=_("answers in quarantine"))
    def unread(self, payout: Payout) -> str:
        """Return the rows of the answers that wait in quarantine."""
        return " ".join(queries.describe_waiting_answers(payout))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, with a warning for each payout that is overdue or has stalled."""
        for sentence in queries.list_warnings(now=clock.now()):
            self.message_user(request, sentence, messages.WARNING)
        return super().changelist_view(request, extra_context)


def join_counts(counts: dict[str, int], words: Words) -> SafeString:
    """List named counts, each in words."""
    lines = ((words[name], f"{value:,}") for name, value in counts.items())
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{} {}</li>", lines))


@admin.register(AwardStanding)
class AwardStandingAdmin(MembersAdmin):
    """The state of each award."""

    guarded = ("wester_id",)
    list_display = [
        "draw",
        "prize",
        "rank",
        "wester_id",
        "state",
        "award_points",
        "credited_points",
        "released_points",
        "forfeited_points",
        "expired_points",
        "reason_in_words",
        "credited_at",
    ]
    list_filter = [
        "draw__campaign",
        "prize",
        "state",
        coded_filter("reason", REASON, REASONS),
    ]
    list_select_related = ["draw__campaign"]
    search_fields = ["=rank"]  # not by member: a search term becomes part of the address
    ordering = ["-draw_id", "prize", "rank"]
    fields = [
        ("draw", "prize", "rank"),
        "wester_id",
        ("state", "reason_in_words", "detail"),
        ("award_points", "credited_points"),
        ("released_points", "forfeited_points", "expired_points"),
        ("credited_at", "expires_on"),
    ]
    readonly_fields = ["reason_in_words"]

    @admin.display(description=REASON, ordering="reason", empty_value="-")
    def reason_in_words(self, award: AwardStanding) -> str:
        """Return why the award is less, or lost."""
        return show_code(award.reason, REASONS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AwardStanding]:
        """Leave out the awards of a result that the user may not read yet."""
        awards: QuerySet[AwardStanding] = super().get_queryset(request)
        if bundle.may_read_results(cast("User", request.user)):
            return awards
        return awards.exclude(draw__confirmed_at=None, draw__voided_at=None)


@admin.register(KeyStanding)
class KeyStandingAdmin(MembersAdmin):
    """The reconciliation of each credit with the points system, open ones first."""

    list_display = ["__str__", "payout", "classed", OPEN, "points", "answered_points"]
    list_filter = ["payout__draw__campaign", "classed", "is_open"]
    list_select_related = ["payout__draw__campaign"]
    ordering = ["-is_open", "id"]
    fields = ["payout", "classed", OPEN, "points", "answered_points", "detail"]


@admin.register(Account)
class AccountAdmin(MembersAdmin):
    """The accounts and their balances."""

    guarded = ("wester_id",)
    list_display = ["id", "kind", "campaign", "wester_id", "balance_points"]
    list_filter = ["kind", "campaign"]
    list_select_related = ["campaign"]
    ordering = ["id"]


class TransferCampaignFilter(admin.SimpleListFilter):
    """Choose the campaign whose points move."""

    title = _("campaign")
    parameter_name = "campaign"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """Return the campaigns that have accounts, the last one first."""
        of_accounts = Account.objects.exclude(campaign=None)
        codes = of_accounts.order_by("-campaign_id").values_list("campaign__code", flat=True)
        return [(code, code) for code in dict.fromkeys(codes)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Transfer]) -> QuerySet[Transfer]:
        """Return the transfers from or to an account of the chosen campaign."""
        if self.value() is None:
            return queryset
        accounts = Account.objects.filter(campaign__code=self.value())
        return queryset.filter(Q(from_account__in=accounts) | Q(to_account__in=accounts))


@admin.register(Transfer)
class TransferAdmin(MembersAdmin):
    """The transfers of the ledger."""

    guarded = ("from_account_name", "to_account_name")
    linked_filters = ("from_account__id__exact", "to_account__id__exact")
    list_display = [
        "id",
        "campaign",
        "kind",
        "from_account_name",
        "to_account_name",
        "points",
        "reason_in_words",
        "at",
        "step",
    ]
    list_filter = [
        TransferCampaignFilter,
        "kind",
        coded_filter("reason", REASON, REASONS),
        coded_filter("made_by", MADE, MADE_BY),
    ]
    list_select_related = ["from_account__campaign", "to_account__campaign"]
    ordering = ["-id"]
    show_full_result_count = False
    fields = [
        ("kind", "points", "expires_on"),
        ("from_account_name", "to_account_name"),
        "reverses",
        ("reason_in_words", "detail"),
        ("at", "step", "approval"),
    ]
    readonly_fields = ["from_account_name", "to_account_name", "reason_in_words", "step"]

    @admin.display(description=_("campaign"))
    def campaign(self, transfer: Transfer) -> str:
        """Return the campaign whose points move: one of the two accounts is always a campaign's."""
        account = transfer.from_account if transfer.from_account.campaign else transfer.to_account
        return str(account.campaign)

    @admin.display(description=_("from"), ordering=F("from_account_id"))
    def from_account_name(self, transfer: Transfer) -> str:
        """Return the name of the account that is debited."""
        return account_name(transfer.from_account)

    @admin.display(description=_("to"), ordering=F("to_account_id"))
    def to_account_name(self, transfer: Transfer) -> str:
        """Return the name of the account that is credited."""
        return account_name(transfer.to_account)

    @admin.display(description=REASON, ordering="reason", empty_value="-")
    def reason_in_words(self, transfer: Transfer) -> str:
        """Return why the points were moved."""
        return show_code(transfer.reason, REASONS)

    @admin.display(description=MADE, ordering="made_by")
    def step(self, transfer: Transfer) -> str:
        """Return the step that moved the points."""
        return show_code(transfer.made_by, MADE_BY)

    def mask_value(self, row: Transfer, name: str) -> str:
        """Return the name of an account with its WESTER ID masked."""
        account = row.from_account if name == "from_account_name" else row.to_account
        return account_name(account, shown=mask_identifier)


def account_name(account: Account, *, shown: Callable[[str], str] = str) -> str:
    """Return an account's kind and, of a member's account, the WESTER ID as ``shown`` has it."""
    identifier = shown(account.wester_id) if account.wester_id else ""
    return f"{account.get_kind_display()} {identifier}".strip()
