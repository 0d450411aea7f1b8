"""The site's addresses, and those of the demo before them."""

from django.urls import include, path

from campaign.addresses import CAMPAIGN
from config import urls
from config.urls import handler400, handler403, handler404, handler500
from dev.demo import views

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("demo/", include("dev.demo.urls")),
    path(f"{CAMPAIGN}entry/", views.enter),
    *urls.urlpatterns,
]
