"""The admin pages of forecasts and those beside a draw; the list of draws is in points.admin."""

from lottery.admin import draw_pages, forecasts

__all__ = ["draw_pages", "forecasts"]
