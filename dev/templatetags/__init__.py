"""Tags of the demo's pages."""
