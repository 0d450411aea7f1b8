"""The tables of draws: draws, their entrants and awards, and forecasts; one module each."""

from lottery.models.awards import Award
from lottery.models.candidates import Candidate
from lottery.models.draws import Draw
from lottery.models.entrants import Entrant
from lottery.models.forecasts import StoredForecast

__all__ = ["Award", "Candidate", "Draw", "Entrant", "StoredForecast"]
