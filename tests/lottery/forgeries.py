"""Bundles that an organiser could make: all hashes and signatures right, the draw wrong.

Each by name, with the step that refuses it, or the fault of its round. This is the right bundle
that they start from.
"""

from tests.lottery.reference import Plan, drawn_files

PLAN = Plan()
FILES = drawn_files(PLAN)
