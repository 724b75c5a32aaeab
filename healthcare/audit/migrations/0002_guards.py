from django.db import migrations

from healthcare.db.commit_order import CommitOrder
from healthcare.db.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        AppendOnly("AuditEvent"),
        AppendOnly("Seal"),
        AppendOnly("Verification"),
        CommitOrder("AuditEvent"),
    ]
