"""Where the evidence and the text of an inspection are kept."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assets", "0002_fingerprint")]

    operations = [
        migrations.CreateModel(
            name="Output",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[("evidence", "证据图片"), ("text", "读出的文字")], max_length=10
                    ),
                ),
                ("private", models.BooleanField(default=False)),
                ("key", models.CharField(db_index=True, max_length=120)),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outputs",
                        to="assets.asset",
                    ),
                ),
            ],
            options={
                "ordering": ["asset", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=("asset", "name"), name="one_output_each")
                ],
            },
        ),
    ]
