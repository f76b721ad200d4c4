"""Rows of an import that bring files which an earlier one lacked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="importrow",
            name="verdict",
            field=models.CharField(
                choices=[
                    ("new", "将新建"),
                    ("mend", "将补文件"),
                    ("known", "以前导入过"),
                    ("refused", "不导入"),
                ],
                max_length=8,
            ),
        ),
    ]
