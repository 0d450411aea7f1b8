"""The cards of a draw: its list, its result, its void, and its keys."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.models import Approval
from lottery import bundle
from lottery.models import Draw
from portal import formats
from portal.desk.approvals.cards import (
    Card,
    Link,
    Names,
    Row,
    campaign_code,
    fingerprint,
    moment,
    points,
)


def subject_of_draw(approval: Approval, names: Names) -> str:
    """Return the name of the campaign, and which of its draws it is."""
    code = campaign_code(approval)
    values = {
        "name": names.get(code, code),
        "number": approval.content.get("sequence", approval.subject.rpartition("/")[2]),
    }
    return pgettext("approval", "%(name)s, draw no. %(number)s") % values


def describe_list(approval: Approval) -> Card:
    """Return the card of the publication of a frozen list."""
    content = approval.content
    return Card(
        effect=_(
            "The list of those who take part is published with its fingerprint. After that only "
            "the public random number decides who wins."
        ),
        rows=[
            Row(_("Members on the list"), formats.grouped(content["entry_count"])),
            Row(_("Time of the draw"), moment(content["round_time"])),
            Row(_("To be published by"), moment(content["publish_by"])),
            Row(_("Number of the random value"), formats.grouped(content["round"])),
            Row(_("Where the random value comes from"), chain_name(content["chain"])),
        ],
        warnings=test_chain(content["chain"]),
        more=[manifest_row(approval)],
        links=step_links(approval),
        done=_("The list is published."),
        done_links=page_links(approval),
        can_be_verified=True,
    )


def describe_result(approval: Approval) -> Card:
    """Return the card of the confirmation of a result."""
    content = approval.content
    return Card(
        effect=_(
            "The result is announced, and the points of all winners are owed from then on. It "
            "cannot be taken back after the payout is approved."
        ),
        rows=[
            *winner_rows(content["winners"]),
            Row(_("Points of all winners"), points(content["total_points"])),
            Row(_("Left of the budget"), points(content["leftover_points"])),
        ],
        more=[
            fingerprint(_("Fingerprint of the result (SHA-256)"), content["result_sha256"]),
            manifest_row(approval),
        ],
        links=step_links(approval),
        done=_("The result is confirmed."),
        done_links=page_links(approval),
        can_be_verified=True,
    )


def winner_rows(winners: list[int]) -> list[Row]:
    """Return the number of winners of each prize."""
    if len(winners) == 1:
        return [Row(pgettext("number", "Winners"), formats.grouped(winners[0]))]
    title = pgettext("number", "Winners of prize %(number)s")
    return [
        Row(title % {"number": number}, formats.grouped(count))
        for number, count in enumerate(winners, 1)
    ]


def describe_void(approval: Approval) -> Card:
    """Return the card of a void."""
    content = approval.content
    state = str(dict(Draw.State.choices).get(content["state"], content["state"]))
    return Card(
        effect=_(
            "The draw becomes void for good, and the reason is published. Points that were "
            "reserved for winners are free again, and a new list can be made."
        ),
        rows=[
            Row(_("Reason, to be published"), content["reason"]),
            Row(_("State of the draw"), state),
        ],
        warnings=(
            [_("This draw has a result; it is published together with the void.")]
            if content["result_sha256"]
            else []
        ),
        more=[manifest_row(approval)],
        links=step_links(approval),
        done=_("The draw is void."),
        done_links=page_links(approval),
    )


def describe_forgetting(approval: Approval) -> Card:
    """Return the card of the erasure of a draw's keys."""
    return Card(
        effect=_(
            "The draw's secret keys are erased for good: nobody can compute any more which member "
            "an entry of the public list stands for. Receipts still work."
        ),
        rows=[],
        more=[key_row(approval), manifest_row(approval)],
        links=step_links(approval),
        done=_("The keys are erased."),
        done_links=step_links(approval),
    )


def describe_reveal(approval: Approval) -> Card:
    """Return the card of the disclosure of a draw's key."""
    return Card(
        effect=_(
            "The person who asked may write the draw's secret key to one file, for an auditor. "
            "With it one can compute which member each entry of the list stands for."
        ),
        rows=[],
        warnings=[_("Ask who gets the file, and for what, before you approve.")],
        more=[key_row(approval), manifest_row(approval)],
        links=step_links(approval),
        done=_("The person who asked may write the file, once."),
        done_links=step_links(approval),
    )


def chain_name(chain: str) -> str:
    """Return the name of the source of random values."""
    return str(dict(Draw.Chain.choices).get(chain, chain))


def test_chain(chain: str) -> list[str]:
    """Return the warning of random values that are ours, for tests only."""
    if chain != Draw.Chain.LOCAL:
        return []
    return [_("The random value is for tests: who holds its key could choose the winners.")]


def manifest_row(approval: Approval) -> Row:
    """Return the row of the list's fingerprint."""
    return fingerprint(_("Fingerprint of the list (SHA-256)"), approval.content["manifest_sha256"])


def key_row(approval: Approval) -> Row:
    """Return the row of the key's fingerprint."""
    return fingerprint(_("Fingerprint of the key (SHA-256)"), approval.content["pid_key_sha256"])


def page_links(approval: Approval) -> list[Link]:
    """Return the link to the public page of the draw."""
    address = reverse("lottery:draw", args=[campaign_code(approval)])
    return [Link(_("The page of the draw"), address)]


def step_links(approval: Approval) -> list[Link]:
    """Return the link to the page with the steps of the draw and of the payout."""
    address = reverse("desk:steps", args=[campaign_code(approval)])
    return [Link(_("The steps of the draw and the payout"), address, (bundle.PERMISSION,))]
