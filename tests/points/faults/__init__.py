"""Faults of every kind while the awards are paid, and what must hold after each of them.

The tests drive processes of their own, on servers of their own. ``invariants`` says what must
hold, in SQL over the tables alone; nothing in it knows how a payout goes about its work.
"""
