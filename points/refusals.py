"""What this app refuses; every message may be read by staff."""

from bookings.refusals import Refusal


class PointsRefusal(Refusal):
    """Base of what this app refuses."""


class NotConfirmed(PointsRefusal):
    """The campaign has no confirmed draw: nothing is owed to anybody yet."""


class PayoutApproved(PointsRefusal):
    """The payout of this draw is approved, so the draw cannot be void any more."""


class NotApproved(PointsRefusal):
    """The payout is not approved."""


class NotDueYet(PointsRefusal):
    """The crediting instant of the terms has not come."""


class NotPaid(PointsRefusal):
    """The payout has not been carried out to its end."""


class NotExported(PointsRefusal):
    """The file of credits was never written, so nothing can be settled."""


class BatchChanged(PointsRefusal):
    """The credits are not those that the file was first written of."""


class SentOtherwise(PointsRefusal):
    """A file of credits of this name has other content, and may have been sent."""


class UnfitFolder(PointsRefusal):
    """A folder or file that cannot be written."""


class UnknownKey(PointsRefusal):
    """No credit and no result of this payout has this key."""


class NothingOpen(PointsRefusal):
    """This key is settled already."""


class CreditReversed(PointsRefusal):
    """No credit stands for this key, and none can be given."""


class AwardExceeded(PointsRefusal):
    """The points system credited more than the award."""


class KeysOpen(PointsRefusal):
    """There are keys on which both sides do not agree."""


class AnswersWait(PointsRefusal):
    """Rows of results files wait in quarantine: what they answer is not known."""


class SumsDiffer(PointsRefusal):
    """The awards are not what was credited, released and forfeited."""


class OtherPayout(PointsRefusal):
    """A results file answers for another payout."""


class PayoutClosed(PointsRefusal):
    """The payout is closed."""


class UnfitReason(PointsRefusal):
    """There is no reason, or it is none that can be printed."""


class UnknownTransfer(PointsRefusal):
    """There is no such transfer."""


class NotReversible(PointsRefusal):
    """Only a credit that stands can be reversed."""


class BeingSettled(PointsRefusal):
    """The credit is being settled with the points system; it is resolved there."""
