"""The staff desk: the pages of the people who run a campaign, a package for each kind of work."""
