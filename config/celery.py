"""The Celery application; its tasks are in the apps' ``tasks`` modules."""

from celery import Celery, signals

app = Celery("dodonto")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def skip_celery_logging(**_: object) -> None:
    """Prevent Celery from replacing the logging, as it does while this signal has no receiver."""
