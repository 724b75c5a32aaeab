from django.db import migrations

from healthcare.db.operations import AppendOnly, NoOverlap


class Migration(migrations.Migration):
    dependencies = [("appointments", "0001_initial")]

    operations = [
        NoOverlap(
            "Claim",
            resource="resource_id",
            start="busy_start",
            end="busy_end",
            active="active",
        ),
        AppendOnly("StatusChange"),
    ]
