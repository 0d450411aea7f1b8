"""The refusals of this app. Staff may read every message."""

from core.errors import Refusal


class LotteryRefusal(Refusal):
    """Base of this app's refusals."""


class NoDraw(LotteryRefusal):
    """There is no such draw."""


class EntryPeriodRuns(LotteryRefusal):
    """The period of entry, of booking or of travel has not ended."""


class ListTooLarge(LotteryRefusal):
    """There are more entrants, or more lots, than the protocol allows."""


class TermsRevised(LotteryRefusal):
    """The terms were revised while the freeze waited."""


class DrawStands(LotteryRefusal):
    """The campaign has a draw that is not void."""


class RoundTooSoon(LotteryRefusal):
    """Too little time would remain between publishing and the round."""


class RoundNotLater(LotteryRefusal):
    """A successor's round is not later than that of the void draw before it."""


class ChainRefused(LotteryRefusal):
    """The draw is on another beacon chain."""


class PublishedTooLate(LotteryRefusal):
    """The last instant to publish the draw at has passed."""


class NotPublishedYet(LotteryRefusal):
    """The draw was not published."""


class RoundNotDue(LotteryRefusal):
    """The time of the round has not come."""


class WrongRound(LotteryRefusal):
    """The round is not the one that the manifest names."""


class NotDrawn(LotteryRefusal):
    """The draw has not been run."""


class DrawEnded(LotteryRefusal):
    """The draw is void, or in a later state than this needs."""


class NotVoidable(LotteryRefusal):
    """The round has come: the draw must be run before it can become void."""


class KeysNeeded(LotteryRefusal):
    """The keys of the draw are still needed."""


class KeysErased(LotteryRefusal):
    """The keys of the draw are erased."""


class UnfitKey(LotteryRefusal):
    """A file holds no key, or the key of another draw."""


class BrokenKey(LotteryRefusal):
    """The stored keys cannot be decrypted with this DRAW_KEY."""


class NoReceipt(LotteryRefusal):
    """There is no receipt: the draw is not published, or the member is no entrant."""


class UnfitReason(LotteryRefusal):
    """The reason cannot be published."""


class UnfitFolder(LotteryRefusal):
    """The bundle or file cannot be written there."""


class UnreadableRound(LotteryRefusal):
    """The file of a round cannot be read."""


class RehearsalTooLong(LotteryRefusal):
    """There are too many bookings to be judged while somebody waits."""
