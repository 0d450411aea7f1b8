"""What this app refuses; every message may be read by staff."""

from core.errors import Refusal


class LotteryRefusal(Refusal):
    """Base of what this app refuses."""


class NoDraw(LotteryRefusal):
    """There is no such draw."""


class EntryPeriodRuns(LotteryRefusal):
    """The entry period has not ended: nobody can be left out yet."""


class DrawStands(LotteryRefusal):
    """The campaign has a draw that is not void."""


class RoundTooSoon(LotteryRefusal):
    """There would be too little time between publishing and the round."""


class RoundNotLater(LotteryRefusal):
    """A successor names a later round than the void draw before it."""


class ChainRefused(LotteryRefusal):
    """The draw waits for another beacon chain."""


class PublishedTooLate(LotteryRefusal):
    """The instant by which the draw had to be published has passed."""


class NotPublishedYet(LotteryRefusal):
    """The draw was not published."""


class RoundNotDue(LotteryRefusal):
    """The time of the round has not come."""


class WrongRound(LotteryRefusal):
    """This is another round than the manifest names."""


class NotDrawn(LotteryRefusal):
    """The draw has not been run."""


class DrawEnded(LotteryRefusal):
    """The draw has gone too far for this, or is void."""


class NotVoidable(LotteryRefusal):
    """The round has come: first the result, then the void that is published with it."""


class KeysNeeded(LotteryRefusal):
    """The keys of the draw are still needed."""


class BrokenKey(LotteryRefusal):
    """The kept keys do not open with this DRAW_KEY."""


class NoReceipt(LotteryRefusal):
    """There is no receipt: the draw is not published, or this is no entrant."""


class UnfitReason(LotteryRefusal):
    """A reason that cannot be published."""


class UnfitFolder(LotteryRefusal):
    """The bundle cannot be written there."""


class UnreadableRound(LotteryRefusal):
    """The file of a round cannot be read, or not be written."""
