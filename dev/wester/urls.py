"""Every address of the stand-in."""

from django.urls import include, path

from dev.wester import views

urlpatterns = [
    path("", views.choose, name="choose"),
    path("identity/o/authorize", views.authorize),
    path("", include("allauth.idp.urls")),
]
