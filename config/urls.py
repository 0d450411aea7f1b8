"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("portal.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("staff/", admin.site.urls),
]
