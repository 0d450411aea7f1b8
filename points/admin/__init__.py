"""The admin pages of the money and of draws; each module registers its own."""

from points.admin import draws, payouts, removals

__all__ = ["draws", "payouts", "removals"]
