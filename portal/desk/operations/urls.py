"""The URLs."""

from django.urls import path

from portal.desk.frame import staff_page
from portal.desk.operations import feed_views, views

CAMPAIGN = "operations/campaigns/<campaign_code:code>/"
urlpatterns = [
    path("operations/", staff_page(views.show_operations), name="operations"),
    path("operations/feeds/", staff_page(feed_views.show_feeds), name="feeds"),
    path("operations/quarantine/", staff_page(feed_views.show_quarantine), name="quarantine"),
    path("operations/quarantine/replay/", staff_page(feed_views.replay), name="replay"),
    path(
        "operations/quarantine/<int:row>/",
        staff_page(feed_views.show_row),
        name="quarantined_row",
    ),
    path(CAMPAIGN, staff_page(views.show_steps), name="steps"),
    path(f"{CAMPAIGN}keys/", staff_page(views.show_keys), name="keys"),
    path(f"{CAMPAIGN}keys/<str:key>/", staff_page(views.resolve_key), name="resolve_key"),
    path(f"{CAMPAIGN}<slug:step>/", staff_page(views.show_step), name="step"),
]
