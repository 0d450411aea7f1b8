"""Search for a member by an identifier, and open a case where exactly one is meant."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from core import approvals
from core.audit import Actor
from core.masking import mask_identifier
from entries import cases, finding, looking
from entries.finding import Match
from entries.models import MemberCase
from portal.desk.member import quarantined
from portal.desk.member.quarantined import ShownRow


@dataclass(frozen=True)
class Candidate:
    """A member who may be meant: what of theirs was typed so, or nearly so."""

    match: Match
    masked: str


@dataclass(frozen=True)
class Found:
    """What a search found: the case of the one member, or else what a person reads.

    ``candidates`` have a member each; ``without_member`` are known numbers whose bookings belong
    to none; ``rows`` are those of the quarantine that contain what was typed.
    """

    case: MemberCase | None = None
    campaign: str = ""
    is_exact: bool = False
    candidates: list[Candidate] = field(default_factory=list)
    without_member: list[Match] = field(default_factory=list)
    rows: list[ShownRow] = field(default_factory=list)

    @property
    def is_unknown(self) -> bool:
        """Whether nothing is stored under it, exactly or nearly."""
        return not self.case and not self.candidates and not self.without_member


def search(*, identifier: str, actor: Actor, at: datetime) -> Found:
    """Return what is stored under an identifier, and record the search in the audit.

    Raises:
        NotPermitted: the person may not view members.
        TooManyLookUps: the person has searched as often as one may in an hour.
    """
    approvals.require(actor.user, looking.PERMISSION)
    looking.claim_look_up(user=actor.user, at=at)
    with transaction.atomic():
        found = find(identifier, actor=actor, at=at)
        cases.record_search(
            actor=actor,
            found=1 if found.case else len(found.candidates),
            case=found.case,
            bookings=[pk for match in found.without_member for pk in match.bookings],
            candidates=[str(one.match.wester_id) for one in found.candidates],
            at=at,
        )
        looking.record_rows([row.pk for row in found.rows], actor=actor, at=at)
    return found


def find(identifier: str, *, actor: Actor, at: datetime) -> Found:
    """Return the one member's case, or what a person chooses among."""
    matches = finding.find_exactly(identifier)
    is_exact = bool(matches)
    matches = matches or finding.find_similar(identifier)
    members = {match.wester_id for match in matches}
    if is_exact and len(members) == 1 and None not in members:
        first = matches[0]
        case = cases.open_case(wester_id=str(first.wester_id), actor=actor, at=at)
        return Found(case=case, campaign=first.campaign, is_exact=True)
    return Found(
        is_exact=is_exact,
        candidates=[
            Candidate(match, mask_identifier(match.wester_id))
            for match in matches
            if match.wester_id is not None
        ],
        without_member=[match for match in matches if match.wester_id is None],
        rows=quarantined.rows_with([identifier]) if not matches else [],
    )


def choose(*, wester_id: str, actor: Actor, at: datetime) -> Found:
    """Return the case of a candidate that a person chose, recorded as a search.

    Raises:
        NotPermitted, TooManyLookUps: as for searching.
    """
    approvals.require(actor.user, looking.PERMISSION)
    looking.claim_look_up(user=actor.user, at=at)
    with transaction.atomic():
        case = (
            cases.open_case(wester_id=wester_id, actor=actor, at=at)
            if finding.is_known(wester_id)
            else None
        )
        found = Found(case=case, is_exact=True)
        cases.record_search(actor=actor, found=int(bool(case)), case=case, at=at)
    return found
