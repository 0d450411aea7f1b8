"""The database backend of ENGINE; Django imports its module ``base``."""
