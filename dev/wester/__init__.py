"""A site that stands in for WESTER ID on a developer's machine: ``python -m dev.wester``.

Whoever is named is signed in; nobody needs a password. A second Django project with its own
settings, database, cookies and port, which nothing of the real site imports.
"""
