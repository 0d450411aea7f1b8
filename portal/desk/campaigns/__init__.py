"""Campaigns: made, copied, revised, and requested to be published."""
