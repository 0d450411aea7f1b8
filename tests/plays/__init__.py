"""Whole campaigns, from their files and feeds to closed books, beside what they should come to."""
