"""Commands for the rail network."""
