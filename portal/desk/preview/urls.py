"""The URLs."""

from django.urls import path

from campaign import addresses  # noqa: F401 - registers the converter
from portal.desk.frame import staff_page
from portal.desk.preview import views

CAMPAIGN = "campaigns/<campaign_code:code>/"
urlpatterns = [
    path(f"{CAMPAIGN}preview/", staff_page(views.show_preview), name="preview"),
    path(f"{CAMPAIGN}preview/page/", staff_page(views.show_previewed_page), name="preview_page"),
    path(f"{CAMPAIGN}rehearsal/", staff_page(views.show_rehearsal), name="rehearsal"),
]
