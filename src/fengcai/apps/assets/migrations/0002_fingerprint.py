"""Where a file's fingerprint is kept."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assets", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="asset",
            name="fingerprint_key",
            field=models.CharField(blank=True, max_length=120),
        ),
    ]
