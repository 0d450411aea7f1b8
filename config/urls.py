"""The URLs of the site."""

from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from config import health, metrics
from portal import errors

admin.site.site_header = _("Dodonto office")
admin.site.site_title = _("Dodonto office")
admin.site.index_title = _("Campaign management")

urlpatterns = [
    path("", include("portal.urls")),
    path("", include("lottery.urls")),
    path("accounts/", include("entries.urls")),
    # Without a CSRF token, which would set a cookie on pages that caches share. Another site could
    # only change the language of ours.
    path("language/setlang/", csrf_exempt(set_language), name="set_language"),
    path("staff/", include("core.account.urls")),
    path("staff/", include("portal.desk.urls")),
    path("staff/", admin.site.urls),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
    path("metrics", metrics.show_metrics, name="metrics"),
]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.internal_error
