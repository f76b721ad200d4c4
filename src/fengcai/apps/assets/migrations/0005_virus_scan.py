"""What a virus scanner said of a file."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assets", "0004_findings_and_tunings")]

    operations = [
        migrations.AddField(
            model_name="asset",
            name="scan",
            field=models.CharField(
                blank=True,
                choices=[
                    ("clean", "没有发现病毒"),
                    ("infected", "有病毒，已隔离"),
                    ("unscanned", "没有查毒"),
                ],
                default="",
                max_length=10,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="asset",
            name="scan_said",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="asset",
            name="scanned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
