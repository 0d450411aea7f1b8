"""The Celery application; its tasks stand in the apps' ``tasks`` modules."""

from celery import Celery, signals

app = Celery("dodonto")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_logging(**_: object) -> None:
    """Leave logging as Django has set it up; Celery sets up its own where nobody answers."""
