"""The Celery application; its tasks are in the apps' ``tasks`` modules."""

from celery import Celery, signals

app = Celery("dodonto")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_logging(**_: object) -> None:
    """Keep Django's logging: with a receiver of this signal Celery does not set up its own."""
