"""The stand-in's one command."""
