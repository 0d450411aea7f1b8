"""Sample feeds: what the upstream systems would deliver about invented members.

Made to the feed contract from a seed, the same bytes every time; nothing here reads a clock or a
database.
"""
