"""What has to be done today, and how the campaigns stand."""
