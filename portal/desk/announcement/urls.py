"""The URLs."""

from django.urls import URLPattern, path

from portal.desk.announcement import views
from portal.desk.frame import staff_page

urlpatterns: list[URLPattern] = [
    path(
        "campaigns/<campaign_code:code>/announcement/",
        staff_page(views.show_announcement),
        name="announcement",
    ),
    path(
        "campaigns/<campaign_code:code>/announcement/export/",
        staff_page(views.export_announcement),
        name="announcement_export",
    ),
]
