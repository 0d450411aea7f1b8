"""The beacon chain of a draw, and its round: one random value of that chain."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from lottery import documents
from lottery.beacon import QUICKNET, ChainInfo, Round
from lottery.fetching import fetch_round
from lottery.local_chain import local_chain, sign_round
from lottery.models import Draw
from lottery.refusals import ChainRefused, RoundNotDue


def chain_named(name: str) -> ChainInfo:
    """Return the chain of this name, for a draw that is about to be frozen.

    Raises:
        SteerableChain: production, and any chain but drand's quicknet.
    """
    if name == Draw.Chain.QUICKNET:
        return QUICKNET
    return local_chain(settings.DRAW_CHAIN_FOLDER)


def default_chain() -> str:
    """Return the name of the chain that is used where none is given."""
    return Draw.Chain.LOCAL if settings.DEMO_MODE else Draw.Chain.QUICKNET


def chain_of(draw: Draw) -> ChainInfo:
    """Return the chain that the manifest of a draw names."""
    beacon = documents.read_json(bytes(draw.manifest))["beacon"]
    return ChainInfo(**{name: beacon[name] for name in ChainInfo.__dataclass_fields__})


def sign_local_round(draw: Draw, *, at: datetime) -> Round:
    """Sign and return the local chain's round of a draw, once its time has come.

    Raises:
        ChainRefused: the draw is on another chain.
        SteerableChain: this is production.
        RoundNotDue: the time of the round has not come.
    """
    if draw.chain != Draw.Chain.LOCAL:
        raise ChainRefused(_("This draw does not wait for the local chain."))
    if at < draw.round_time:
        raise round_not_due()
    return sign_round(settings.DRAW_CHAIN_FOLDER, draw.round)


def obtain_round(draw: Draw, *, at: datetime) -> Round:
    """Return the round of a draw, signed by the local chain or fetched from relays.

    Raises:
        RoundNotDue: the time of the round has not come.
        RoundNotThere, BadRound: no relay has it, or the answers are not the right one.
    """
    if draw.chain == Draw.Chain.LOCAL:
        return sign_local_round(draw, at=at)
    if at < draw.round_time:
        raise round_not_due()
    return fetch_round(chain_of(draw), draw.round)


def round_not_due() -> RoundNotDue:
    """Return the refusal for a round whose time has not come."""
    return RoundNotDue(_("The time of the round has not come."))
