"""Chance from a seed that is printed, the same in every run unless FAULT_SEED says otherwise."""

import os
import random

SEED = 20250215


def seeded() -> random.Random:
    """Return chance for one test."""
    seed = int(os.environ.get("FAULT_SEED") or SEED)
    print(f"FAULT_SEED={seed}")
    return random.Random(seed)
