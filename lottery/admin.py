"""What staff see of draws."""

from django.contrib import admin

from lottery.admin_forecasts import ForecastAdmin
from lottery.models import KeptForecast

admin.site.register(KeptForecast, ForecastAdmin)
