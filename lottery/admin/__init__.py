"""The admin pages of forecasts and beside a draw; draws are in points.admin."""

from lottery.admin import draw_pages, forecasts

__all__ = ["draw_pages", "forecasts"]
