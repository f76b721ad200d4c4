"""What findings were judged by, a closer look that was asked for, and a contest's own settings."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0003_outputs'),
        ('contests', '0002_rulebook_life'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='asset',
            name='closer_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='finding',
            name='names',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='finding',
            name='note',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.CreateModel(
            name='Tuning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('check_name', models.CharField(max_length=40)),
                ('stance', models.CharField(choices=[('judge', '照常判断'), ('advise', '只提示，由人判断'), ('off', '不用机器判断')], default='judge', max_length=8)),
                ('factor', models.DecimalField(decimal_places=2, default=1, max_digits=4)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('replaced_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tunings', to='contests.contest')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('contest', 'check_name'), name='one_tuning_each')],
            },
        ),
    ]
