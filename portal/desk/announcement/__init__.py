"""The figures of a campaign for the press and the legal file."""
