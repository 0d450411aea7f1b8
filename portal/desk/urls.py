"""The URLs of the desk; they stand before those of the admin."""

from importlib import import_module

from django.urls import URLPattern

PARTS = (
    "today",
    "member",
    "approvals",
    "campaigns",
    "preview",
    "announcement",
    "operations",
    "audit",
)
app_name = "desk"
urlpatterns: list[URLPattern] = [
    pattern for part in PARTS for pattern in import_module(f"portal.desk.{part}.urls").urlpatterns
]
