"""Questions about draws. Published files are large: they are fetched only where they are read."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaign.models import Campaign
from campaign.queries import get_campaign
from lottery.models import Draw
from lottery.refusals import NoDraw

FILES = ("terms_json", "manifest", "verifier", "round_json", "result", "winners_csv", "subtrees")


def draws_of(campaign: Campaign) -> QuerySet[Draw]:
    """Return the draws of a campaign in their order, the void ones too."""
    return campaign.draws.select_related("campaign").order_by("sequence").defer(*FILES)


def standing_draw(campaign: Campaign) -> Draw | None:
    """Return the one draw of a campaign that is not void, if there is one."""
    return draws_of(campaign).exclude(state=Draw.State.VOID).first()


def latest_draw(campaign: Campaign) -> Draw:
    """Return the last draw of a campaign: the one that stands, or the last void one.

    Raises:
        NoDraw: there was none.
    """
    draw = draws_of(campaign).last()
    if draw is None:
        raise NoDraw(_("This campaign has no draw yet; use: draw freeze."))
    return draw


def get_draw(code: str, sequence: int) -> Draw:
    """Return one draw of a campaign.

    Raises:
        UnknownCampaign: there is no such campaign.
        NoDraw: it has no such draw.
    """
    draw = draws_of(get_campaign(code)).filter(sequence=sequence).first()
    if draw is None:
        raise NoDraw(_("This campaign has no draw of this number."))
    return draw


def hold_draw(draw: Draw) -> Draw:
    """Hold the rows of a campaign and its draw to the end of the transaction, read afresh.

    The campaign's row comes first: whoever freezes, publishes, runs, confirms or voids takes both
    in this order.
    """
    Campaign.objects.select_for_update(no_key=True).get(pk=draw.campaign_id)
    held = Draw.objects.select_for_update(no_key=True, of=("self",)).defer(*FILES)
    return held.select_related("campaign", "terms").get(pk=draw.pk)


def subject_of(draw: Draw) -> str:
    """Return what an approval or a line of the audit calls a draw."""
    return f"{draw.campaign.code}/{draw.sequence}"


def find_subject(subject: str) -> Draw:
    """Return the draw that an approval is about.

    Raises:
        UnknownCampaign, NoDraw: there is none.
    """
    code, _slash, sequence = subject.rpartition("/")
    return get_draw(code, int(sequence) if sequence.isdecimal() else 0)


def hold_subject(subject: str) -> Draw:
    """Hold the draw that an approval is about, and its campaign's row, read afresh."""
    return hold_draw(find_subject(subject))


def lock_draw_for_approval(subject: str) -> None:
    """Lock the rows of a campaign and its draw, the subject of an approval of the draw."""
    hold_subject(subject)
