"""The draw of a campaign: freeze, publish, run, confirm or void, and prove.

Entrant: a member in the draw. Freeze: fix the list of entrants, their rewards and all else that
decides. Manifest: the file that says what the freeze fixed. Round: the beacon's random value that
the manifest names beforehand. Seed: the hash of manifest and round. Ticket: the hash of seed and
pseudonym that an entrant is ordered by. Cut: where the budget ends in that order. Award: the points
that a winner gets. Bundle: all published files. Receipt: one member's proof.
"""
