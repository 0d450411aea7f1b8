"""Queries and row locks of draws. The large columns of files are deferred."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaign.models import Campaign
from campaign.queries import get_campaign
from lottery import documents
from lottery.models import Draw
from lottery.refusals import NoDraw

LARGE_COLUMNS = (
    "terms_json",
    "manifest",
    "verifier",
    "round_json",
    "result",
    "winners_csv",
    "subtrees",
    "ranks",
)


def draws_of(campaign: Campaign) -> QuerySet[Draw]:
    """Return all draws of a campaign by sequence, void ones included."""
    return campaign.draws.select_related("campaign").order_by("sequence").defer(*LARGE_COLUMNS)


def standing_draw(campaign: Campaign) -> Draw | None:
    """Return the draw of a campaign that is not void, or None."""
    return draws_of(campaign).exclude(state=Draw.State.VOID).first()


def latest_draw(campaign: Campaign) -> Draw:
    """Return the draw of a campaign with the highest sequence, void or not.

    Raises:
        NoDraw: there was none.
    """
    draw = draws_of(campaign).last()
    if draw is None:
        raise NoDraw(_("This campaign has no draw yet."))
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


def find_signing_keys() -> dict[str, list[str]]:
    """Return the public keys of all published manifests, each with its draws, the newest first.

    Keys are in hex; a draw is named ``CODE/SEQUENCE``.
    """
    published = Draw.objects.filter(published_at__isnull=False).order_by("-published_at", "-id")
    found: dict[str, list[str]] = {}
    for code, sequence, manifest in published.values_list("campaign__code", "sequence", "manifest"):
        key = documents.read_json(bytes(manifest))["signing_key"]
        found.setdefault(key, []).append(f"{code}/{sequence}")
    return found


def lock_draw(draw: Draw) -> Draw:
    """Lock a draw's row and its campaign's; return the draw, read again.

    The locks last until the transaction ends. Every operation locks the campaign's row first.
    """
    Campaign.objects.select_for_update(no_key=True).get(pk=draw.campaign_id)
    locked = Draw.objects.select_for_update(no_key=True, of=("self",)).defer(*LARGE_COLUMNS)
    return locked.select_related("campaign", "terms").get(pk=draw.pk)


def subject_of(draw: Draw) -> str:
    """Return the name of a draw in approvals and in the audit."""
    return f"{draw.campaign.code}/{draw.sequence}"


def find_subject(subject: str) -> Draw:
    """Return the draw of this name.

    Raises:
        UnknownCampaign, NoDraw: there is none.
    """
    code, _slash, sequence = subject.rpartition("/")
    return get_draw(code, int(sequence) if sequence.isdecimal() else 0)


def lock_subject(subject: str) -> Draw:
    """Lock the draw of this name and its campaign's row, as ``lock_draw`` does."""
    return lock_draw(find_subject(subject))


def lock_draw_for_approval(subject: str) -> None:
    """Lock the draw of this name and its campaign's row, for an approval."""
    lock_subject(subject)
