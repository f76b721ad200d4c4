import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contests', '0003_roster_life'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('folded', models.CharField(db_index=True, max_length=100)),
                ('unit_class', models.CharField(max_length=40)),
                ('district', models.CharField(blank=True, max_length=60)),
                ('code', models.CharField(blank=True, max_length=18)),
                ('contact', models.CharField(max_length=60)),
                ('phone', models.CharField(max_length=40)),
                ('email', models.CharField(blank=True, max_length=120)),
                ('proof_key', models.CharField(blank=True, max_length=200)),
                ('proof_sha256', models.CharField(blank=True, max_length=64)),
                ('proof_name', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(choices=[('upper', '待上级单位确认'), ('pending', '待主办方审核'), ('asked', '请补充'), ('accepted', '已开通'), ('merged', '已并入名单'), ('refused', '未通过')], default='pending', max_length=10)),
                ('question', models.CharField(blank=True, max_length=300)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('nonce', models.CharField(max_length=32)),
                ('origin', models.CharField(blank=True, max_length=64)),
                ('turn', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='contests.contest')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='registrations_below', to='contests.unit')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='contests.unit')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(fields=['contest', 'state', 'created_at'], name='registrations_by_state'), models.Index(fields=['origin', 'created_at'], name='registrations_by_origin')],
            },
        ),
    ]
