"""The list of requests: what is open, and what was decided, page by page."""

from dataclasses import dataclass

from core import approvals
from core.models import Approval, User
from portal.desk.approvals.cards import campaign_names
from portal.desk.approvals.kinds import subject_in_words

MAX_OPEN = 100
DECIDED_PER_PAGE = 30


@dataclass(frozen=True)
class Listed:
    """A request in the list: the words of its action, what it is about, why it was refused."""

    approval: Approval
    action: str
    subject: str
    reason: str


def open_requests(user: User) -> list[Listed]:
    """Return the requests that wait for a decision, the oldest first."""
    waiting = Approval.objects.filter(state=Approval.State.OPEN).order_by("id")
    return listed(list(waiting[:MAX_OPEN]), user)


def decided_requests(user: User, *, before: int | None) -> tuple[list[Listed], int | None]:
    """Return a page of ended requests, the last first, and the number that the next page is before.

    Args: ``before``: the page has requests of smaller numbers; None for the first page.
    """
    ended = Approval.objects.exclude(state=Approval.State.OPEN)
    if before is not None:
        ended = ended.filter(pk__lt=before)
    found = list(ended.order_by("-id")[: DECIDED_PER_PAGE + 1])
    page = found[:DECIDED_PER_PAGE]
    return listed(page, user), page[-1].pk if len(found) > len(page) else None


def listed(found: list[Approval], user: User) -> list[Listed]:
    """Return requests with the words of the list, the names of their campaigns by one query."""
    names = campaign_names(found)
    return [
        Listed(
            approval,
            approvals.name_of_action(approval.action),
            subject_in_words(approval, names, is_readable=approvals.may_read(user, approval)),
            reason_for(user, approval),
        )
        for approval in found
    ]


def reason_for(user: User, approval: Approval) -> str:
    """Return why a request was refused, which may say what it holds; empty to who may not read."""
    is_for_user = approval.requested_by_id == user.pk or approvals.may_read(user, approval)
    return approval.refused_because if is_for_user else ""
