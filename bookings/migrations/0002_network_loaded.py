import csv
from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).resolve().parent.parent / "data" / "network"


def load_network(apps, schema_editor):
    """Write the project's own network table; its checks are load_network's and its tests'."""
    Service = apps.get_model("bookings", "Service")
    Stop = apps.get_model("bookings", "Stop")
    rows = [
        row
        for file in sorted(FOLDER.glob("*.csv"))
        for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    ]
    names = dict.fromkeys(row["service_or_line"] for row in rows)
    services = {name: Service(name=name) for name in names}
    Service.objects.bulk_create(services.values())
    Stop.objects.bulk_create(
        Stop(
            service=services[row["service_or_line"]],
            seq=int(row["seq"]),
            station=row["station_ja"],
            operator_to_next=row["operator_to_next"] or None,
            kind=row["kind"],
        )
        for row in rows
    )


def unload_network(apps, schema_editor):
    apps.get_model("bookings", "Stop").objects.all().delete()
    apps.get_model("bookings", "Service").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial")]

    operations = [migrations.RunPython(load_network, unload_network, elidable=False)]
