"""The crediting of all awards of a draw, and the parts that it is done in."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bookings.models.triggers import never, never_truncated, refuse
from campaign.models import Approval
from lottery.models import Draw

OF_A_CONFIRMED_DRAW = pgtrigger.Trigger(
    name="payout_of_a_confirmed_draw",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=f"""
        PERFORM FROM lottery_draw WHERE id = NEW.draw_id AND state = 'confirmed' FOR SHARE;
        IF NOT FOUND THEN
            {refuse("payout_of_a_confirmed_draw", "a payout is of a draw that is confirmed")}
        END IF;
        RETURN NEW;
    """,
)
# The approval is being carried out: it is approved before anything is written.
OF_ITS_APPROVAL = pgtrigger.Trigger(
    name="payout_of_its_approval",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=f"""
        PERFORM FROM campaign_approval approval
        JOIN lottery_draw draw ON draw.id = NEW.draw_id
        JOIN campaign_campaign campaign ON campaign.id = draw.campaign_id
        WHERE approval.id = NEW.approval_id AND approval.state = 'approved'
            AND approval.action = 'payout.prepare'
            AND approval.subject = campaign.code || '/' || draw.sequence
            AND approval.decided_at = NEW.approved_at
            AND approval.content @> jsonb_build_object(
                'awards', NEW.awards, 'award_points', NEW.award_points,
                'list_sha256', NEW.list_sha256
            );
        IF NOT FOUND THEN
            {refuse("payout_of_its_approval", "a payout is what was approved of its draw")}
        END IF;
        RETURN NEW;
    """,
)
CLOSES = "OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND NEW.ended_at IS NOT NULL"
CLOSED_WHEN_SETTLED = pgtrigger.Trigger(
    name="payout_closed_when_settled",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Condition(CLOSES),
    func=f"""
        IF NOT EXISTS (SELECT FROM points_creditfile WHERE payout_id = OLD.id) OR EXISTS (
            SELECT FROM points_keystanding WHERE payout_id = OLD.id AND is_open
        ) THEN
            {refuse("payout_closed_when_settled", "both sides agree on every key before the close")}
        END IF;
        IF EXISTS (
            SELECT FROM points_resultsfile results
            JOIN bookings_quarantinedrow answer ON answer.file_id = results.file_id
            WHERE results.payout_id = OLD.id AND answer.status = 'open'
        ) THEN
            {refuse("payout_closed_when_read", "no answer waits in quarantine at the close")}
        END IF;
        IF EXISTS (
            SELECT FROM points_awardstanding WHERE draw_id = OLD.draw_id
                AND award_points <> credited_points + released_points + forfeited_points
        ) THEN
            {refuse("payout_closed_when_sums_agree", "every award is what became of it")}
        END IF;
        RETURN NEW;
    """,
)
CHANGED = "(OLD.{name} IS NOT NULL AND OLD.{name} IS DISTINCT FROM NEW.{name})"


class Payout(models.Model):
    """The approved crediting of a draw's awards; there is one as soon as it is approved.

    What was approved is an upper bound: the recheck may only lower it. Source: the rules of
    crediting, "The February payout".
    """

    draw = models.OneToOneField(Draw, models.PROTECT, related_name="payout", verbose_name=_("draw"))
    approval = models.ForeignKey(
        Approval, models.PROTECT, related_name="+", verbose_name=_("approval")
    )
    awards = models.IntegerField(_("awards"))
    award_points = models.BigIntegerField(_("points of the awards"))
    list_sha256 = models.CharField(
        max_length=64, db_comment="Of the approved list: key, WESTER ID and points of each award."
    )
    approved_at = models.DateTimeField(_("approved at"))
    ended_at = models.DateTimeField(
        _("ended at"), null=True, blank=True, db_comment="When the last award found its end."
    )
    closed_at = models.DateTimeField(
        _("closed at"), null=True, blank=True, db_comment="When both sides agreed on every key."
    )

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        permissions = [
            ("request_payout", "Can ask for a payout"),
            ("request_resolution", "Can ask for a key to be resolved"),
            ("run_payout", "Can run, export, settle and close a payout"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(awards__gte=0, award_points__gte=F("awards")),
                name="payout_of_some_points_each",
            ),
            models.CheckConstraint(
                condition=Q(list_sha256__regex=r"^[0-9a-f]{64}$"), name="payout_hash_is_sha256"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(ended_at__isnull=False),
                name="payout_closed_after_its_end",
            ),
        ]
        triggers = [
            OF_A_CONFIRMED_DRAW,
            OF_ITS_APPROVAL,
            CLOSED_WHEN_SETTLED,
            never(
                "payout_begins_unpaid",
                pgtrigger.Insert,
                condition=pgtrigger.Q(new__ended_at__isnull=False),
                message="a payout is approved before it ends",
            ),
            never(
                "payout_approved_stays",
                pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "draw", "approval", "awards", "award_points", "list_sha256", "approved_at"
                ),
                message="what was approved stays as it is",
            ),
            never(
                "payout_moves_forward",
                pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"({CHANGED.format(name='ended_at')} OR {CHANGED.format(name='closed_at')})"
                ),
                message="a payout ends and is closed once",
            ),
            never("payout_never_deleted", pgtrigger.Delete, message="payouts are never deleted"),
            never_truncated("payout_never_truncated"),
        ]

    def __str__(self) -> str:
        return str(self.draw)


class PayoutPart(models.Model):
    """Some awards of a payout by their ranks; whoever holds the row's lock pays them."""

    payout = models.ForeignKey(
        Payout, models.PROTECT, related_name="parts", db_index=False, verbose_name=_("payout")
    )
    number = models.IntegerField(_("number"), db_comment="From 0.")
    first_rank = models.IntegerField(_("first rank"))
    last_rank = models.IntegerField(_("last rank"), db_comment="Inclusive.")
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("part of a payout")
        verbose_name_plural = _("parts of a payout")
        constraints = [
            models.UniqueConstraint(fields=["payout", "number"], name="payoutpart_once"),
            models.CheckConstraint(
                condition=Q(number__gte=0, first_rank__gte=1, last_rank__gte=F("first_rank")),
                name="payoutpart_of_some_ranks",
            ),
        ]
        triggers = [
            never(
                "payoutpart_done_once",
                pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__done_at__isnull=False),
                message="what is done stays done",
            ),
            never_truncated("payoutpart_never_truncated"),
        ]

    def __str__(self) -> str:
        return f"{self.payout_id}/{self.number}"


class PaidDraw(Draw):
    """What the money asks of a draw: void only before its payout, and with nothing reserved."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            pgtrigger.Trigger(
                name="draw_not_void_once_paid",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__state="void") & ~pgtrigger.Q(old__state="void"),
                func=f"""
                    IF EXISTS (SELECT FROM points_payout WHERE draw_id = OLD.id) THEN
                        {refuse("draw_not_void_once_paid", "the payout of this draw is approved")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            # To the end of the transaction, in which the reserves are taken back.
            pgtrigger.Trigger(
                name="draw_void_reserves_nothing",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__state="void") & ~pgtrigger.Q(old__state="void"),
                func=f"""
                    IF EXISTS (
                        SELECT FROM lottery_award award
                        JOIN points_transfer reserve
                            ON reserve.award_id = award.id AND reserve.kind = 'reserve'
                        LEFT JOIN points_transfer reversal ON reversal.reverses_id = reserve.id
                        WHERE award.draw_id = NEW.id AND reversal.id IS NULL
                    ) THEN
                        {refuse("draw_void_reserves_nothing", "a void draw reserves no points")}
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]
