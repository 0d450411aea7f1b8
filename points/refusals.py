"""What this app refuses; staff may read every message."""

from core.errors import Refusal


class PointsRefusal(Refusal):
    """Base of what this app refuses."""


class NotConfirmed(PointsRefusal):
    """The campaign has no confirmed draw, so that nothing is owed yet."""


class PayoutApproved(PointsRefusal):
    """The payout of this draw is approved; the draw can no longer become void."""


class NotApproved(PointsRefusal):
    """The payout is not approved."""


class NotDueYet(PointsRefusal):
    """The crediting instant of the terms has not come."""


class NotPaid(PointsRefusal):
    """The payout has not ended."""


class NotExported(PointsRefusal):
    """The file of credits was never written, so nothing can be settled."""


class BatchChanged(PointsRefusal):
    """The credits differ from those of the file when it was first written."""


class SentOtherwise(PointsRefusal):
    """A file of credits of this name has other content, and may have been sent."""


class UnfitFolder(PointsRefusal):
    """A folder or file cannot be written."""


class UnknownKey(PointsRefusal):
    """No credit and no result of this payout has this key."""


class NothingOpen(PointsRefusal):
    """This key is settled already."""


class CreditReversed(PointsRefusal):
    """No credit stands for this key, and none can be made."""


class AwardExceeded(PointsRefusal):
    """The points system credited more than the award."""


class KeysOpen(PointsRefusal):
    """There are keys on which both sides do not agree."""


class AnswersWait(PointsRefusal):
    """Rows of results files wait in quarantine, so that their answers are unknown."""


class SumsDiffer(PointsRefusal):
    """The awards differ from what was credited, released and forfeited."""


class OtherPayout(PointsRefusal):
    """A results file answers only for other payouts."""


class PayoutClosed(PointsRefusal):
    """The payout is closed."""


class UnfitReason(PointsRefusal):
    """The reason is missing or cannot be printed."""


class UnknownTransfer(PointsRefusal):
    """There is no such transfer."""


class NotReversible(PointsRefusal):
    """Only a credit that stands can be reversed."""


class BeingSettled(PointsRefusal):
    """The credit is being settled with the points system; its key is resolved instead."""


class UnknownMember(PointsRefusal):
    """Nothing is stored of a member with this WESTER ID."""


class DrawOpen(PointsRefusal):
    """A draw of the member, or its payout, has not ended."""


class BeingWritten(PointsRefusal):
    """A load or a nightly run writes what would be removed."""


class MemberErased(PointsRefusal):
    """A file named a member who was erased since."""


class StillKept(PointsRefusal):
    """The retention of a campaign's terms has not ended."""


class BooksOpen(PointsRefusal):
    """A draw of the campaign is open, or its payout is not closed."""


class FolderTaken(PointsRefusal):
    """The folder for a disclosure exists, and is not overwritten."""


class UnfitIdentifier(PointsRefusal):
    """This cannot be a WESTER ID."""
