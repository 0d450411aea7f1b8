"""A site that stands in for WESTER ID on a developer's machine: ``python -m dev.wester``.

Any name signs in, without a password. A second Django project with its own
settings, database, cookies and port, which nothing of the real site imports.
"""
