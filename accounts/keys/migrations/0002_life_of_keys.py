from django.db import migrations, models
from django.db.models import F
from django.utils import timezone


def fill_in(apps, _schema_editor):
    """Keys that sign have been published since they were made; of others nobody knows since when."""
    keys = apps.get_model("keys", "SigningKey").objects
    keys.filter(state="current").update(published_at=F("created_at"), state_changed_at=F("created_at"))
    now = timezone.now()
    keys.exclude(state="current").update(published_at=now, state_changed_at=now)
    keys.filter(state="previous").update(signed_until=now)


class Migration(migrations.Migration):

    dependencies = [
        ('keys', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='signingkey',
            name='published_at',
            field=models.DateTimeField(null=True, verbose_name='in the JWK Set since'),
        ),
        migrations.AddField(
            model_name='signingkey',
            name='signed_until',
            field=models.DateTimeField(null=True, verbose_name='signed until'),
        ),
        migrations.AddField(
            model_name='signingkey',
            name='state_changed_at',
            field=models.DateTimeField(null=True, verbose_name='in this state since'),
        ),
        migrations.RunPython(fill_in, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name='signingkey',
            name='published_at',
            field=models.DateTimeField(verbose_name='in the JWK Set since'),
        ),
        migrations.AlterField(
            model_name='signingkey',
            name='state_changed_at',
            field=models.DateTimeField(verbose_name='in this state since'),
        ),
        migrations.AddConstraint(
            model_name='signingkey',
            constraint=models.UniqueConstraint(
                condition=models.Q(('signed_until__isnull', True), ('state', 'next')),
                fields=('algorithm',),
                name='signing_key_one_new_next_per_algorithm',
            ),
        ),
    ]
