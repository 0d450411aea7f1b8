"""The admin pages of campaigns, totals and bookings; each module registers its own."""

from campaign.admin import bookings, campaigns, totals

__all__ = ["bookings", "campaigns", "totals"]
