"""The database backend that settings name as ENGINE; Django finds it in ``base``."""
