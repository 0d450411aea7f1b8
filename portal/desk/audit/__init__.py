"""The audit: searched, exported; the law's record; what is kept how long."""
