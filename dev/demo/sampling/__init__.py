"""Sample feeds: what the upstream systems would deliver about members that nobody is.

Made to the feed contract from a seed, the same bytes every time; nothing here asks a clock or a
database.
"""
