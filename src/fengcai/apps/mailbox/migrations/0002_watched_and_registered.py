from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="registered_only",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="connection",
            name="refused",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="connection",
            name="watcher",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="connection",
            name="watched_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="connection",
            name="pushed",
            field=models.BooleanField(blank=True, null=True),
        ),
    ]
