from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("sharing", "0005_one_vintage_in_use")]

    operations = [
        migrations.AddConstraint(
            model_name='vintage',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('dataset',), name='one_vintage_in_use_per_dataset'),
        ),
    ]
