"""Bundles that an organiser could make: all hashes and signatures right, the draw wrong.

Each by name, with the step that refuses it, or the fault of its round. This is the right bundle
that they start from.
"""

from tests.lottery.plans import ENDS_INSIDE
from tests.lottery.reference import drawn_files

PLAN = ENDS_INSIDE
FILES = drawn_files(PLAN)
