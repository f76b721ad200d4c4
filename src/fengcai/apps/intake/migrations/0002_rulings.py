"""What reviewers said of single requirements, beside the machine's word."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_initial"),
        ("contests", "0002_rulebook_life"),
        ("entries", "0004_what_rules_ask"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Ruling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("requirement", models.CharField(max_length=60)),
                ("says", models.CharField(choices=[("ok", "符合"), ("broken", "不符合")], max_length=8)),
                ("reason", models.TextField(blank=True)),
                ("machine", models.CharField(choices=[("pass", "符合"), ("fail", "不符合"), ("undetermined", "未能判定"), ("person", "由人判断")], max_length=14)),
                ("measured", models.CharField(blank=True, max_length=200)),
                ("assets", models.JSONField(default=list)),
                ("checks", models.JSONField(default=list)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("contest", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rulings", to="contests.contest")),
                ("entry", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rulings", to="entries.entry")),
            ],
            options={
                "ordering": ["at", "pk"],
                "constraints": [models.UniqueConstraint(condition=models.Q(("replaced_at", None)), fields=("entry", "requirement"), name="one_ruling_each")],
                "indexes": [models.Index(condition=models.Q(("replaced_at", None)), fields=["contest", "requirement", "machine", "says"], name="rulings_that_stand")],
            },
        ),
    ]
