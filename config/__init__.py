"""Wiring: settings, addresses, workers, and the servers that stand in on a bare machine."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
