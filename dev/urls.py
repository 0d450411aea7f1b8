"""The site's addresses, and that of the demo's bar."""

from django.urls import include, path

from config import urls
from config.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [path("demo/", include("dev.demo.urls")), *urls.urlpatterns]
