"""The draw of a campaign: freeze, publish, run, confirm or void, and prove.

Entrant: a member in the draw. Lot: one chance among several. Mask: which prizes an entrant may win.
Freeze: fix the list of entrants, their lots and rewards and all else that decides. Manifest: the
file that says what the freeze fixed. Round: the beacon's random value that the manifest names
beforehand. Seed: the hash of manifest and round. Ticket: the hash of seed, pseudonym and lot; an
entrant is ordered by the least of theirs. Award: the points that an entrant wins in a prize. Bundle:
all published files. Receipt: one member's proof.
"""
