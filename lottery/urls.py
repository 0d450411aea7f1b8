"""The page of the draw and its files."""

from django.urls import path

from campaign.addresses import CAMPAIGN
from lottery import views

DRAW = f"{CAMPAIGN}draw/"
ONE = f"{DRAW}<int:sequence>/"

app_name = "lottery"
urlpatterns = [
    path("draws/signing-keys.json", views.list_signing_keys, name="signing_keys"),
    path(DRAW, views.show_draw, name="draw"),
    path(f"{DRAW}protocol/", views.show_protocol, name="protocol"),
    path(ONE, views.show_files, name="files"),
    path(f"{ONE}receipt/", views.show_receipt, name="receipt"),
    path(f"{ONE}receipt.json", views.download_receipt, name="receipt_file"),
    path(f"{ONE}<str:name>", views.download, name="file"),
]
