"""Changed lines, each a likely mistake, and whether a fast test catches it."""
