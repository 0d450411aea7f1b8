"""The draw of a campaign, who is in it, and what its winners get."""

from lottery.models.awards import Award
from lottery.models.candidates import Candidate
from lottery.models.draws import Draw
from lottery.models.entrants import Entrant
from lottery.models.forecasts import KeptForecast

__all__ = ["Award", "Candidate", "Draw", "Entrant", "KeptForecast"]
