from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('awards', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='decision',
            name='cell',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='decision',
            name='places',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='decision',
            name='kind',
            field=models.CharField(choices=[('award', '评定奖项'), ('tie', '并列裁定'), ('order', '奖项中的并列裁定'), ('vacant', '空缺决定')], max_length=6),
        ),
    ]
