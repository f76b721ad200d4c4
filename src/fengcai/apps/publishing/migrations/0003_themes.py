"""A publication knows its work's themes, so that the gallery counts them on an index."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    Publication = apps.get_model("publishing", "Publication")
    Entry = apps.get_model("entries", "Entry")
    themes = Entry.objects.filter(pk=OuterRef("entry")).values("themes")[:1]
    Publication.objects.update(themes=Subquery(themes))


class Migration(migrations.Migration):
    dependencies = [
        ("entries", "0004_what_rules_ask"),
        ("publishing", "0002_shown_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="themes",
            field=models.JSONField(default=list),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                fields=["contest", "hidden_at", "themes"], name="publication_themes"
            ),
        ),
    ]
