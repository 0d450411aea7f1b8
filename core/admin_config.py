"""Django's admin with our site: who may open its pages is decided there."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """The admin of staff."""

    default_site = "core.staff_site.StaffSite"
