from django.db import migrations


class Migration(migrations.Migration):
    """Who may add staff users has a permission of its own: Django's would let them do anything."""

    dependencies = [("campaign", "0003_total_leaves_room")]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={
                "permissions": [("manage_staff", "Can add staff users and give them roles")],
                "verbose_name": "user",
                "verbose_name_plural": "users",
            },
        ),
    ]
