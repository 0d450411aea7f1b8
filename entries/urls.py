"""The addresses for signing in and out."""

from django.urls import path

from entries.sign_in import views

app_name = "entries"
urlpatterns = [
    path("login/", views.sign_in, name="sign_in"),
    path("login/callback/", views.callback, name="callback"),
    path("logout/", views.sign_out, name="sign_out"),
]
