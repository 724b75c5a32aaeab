from django.db import migrations

from healthcare.db.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("charting", "0001_initial")]

    operations = [
        AppendOnly("Encounter", once="signed_at"),
        AppendOnly("EncounterVersion"),
        AppendOnly("Diagnosis"),
        AppendOnly("Signature"),
    ]
