"""The addresses of signing in and of the own account.

What guesses could be sent to stands below /staff/login/, where nginx limits requests.
"""

from django.urls import path

from core.account import views

app_name = "staff_account"
urlpatterns = [
    path("login/second-factor/", views.give_factor, name="give_factor"),
    path("login/enrol/", views.enrol, name="enrol"),
    path("login/recovery-codes/", views.show_codes, name="recovery_codes"),
    path("login/password/", views.change_password, name="change_password"),
    path("account/", views.show_account, name="account"),
    path("account/recovery-codes/", views.renew_codes, name="renew_codes"),
    path("account/factors/<int:factor_id>/remove/", views.remove_factor, name="remove_factor"),
    path("account/sessions/<int:session_id>/end/", views.end_session, name="end_session"),
    path("account/<int:user_id>/sessions/", views.show_sessions, name="sessions"),
]
