"""The demonstration: everything set up and served on one machine."""
