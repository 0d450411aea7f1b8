"""The draw of a campaign, who is in it, and what its winners get."""

from lottery.models.awards import Award
from lottery.models.draws import Draw
from lottery.models.entrants import Entrant

__all__ = ["Award", "Draw", "Entrant"]
