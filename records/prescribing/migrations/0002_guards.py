from django.db import migrations

from healthcare.db.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("prescribing", "0001_initial")]

    operations = [
        AppendOnly("Prescription"),
        AppendOnly("PrescriptionLine"),
    ]
