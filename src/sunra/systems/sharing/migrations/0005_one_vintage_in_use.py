from django.db import migrations

UNUSABLE, SUPERSEDED = "unusable", "superseded"


def settle(apps, _schema_editor):
    """Vintages from before approval existed: the newest usable one of a dataset is the one in use."""
    vintage = apps.get_model("sharing", "Vintage")
    seen = set()
    for row in vintage.objects.order_by("dataset_id", "-created").only("id", "dataset_id", "accepted"):
        if row.accepted == 0:
            row.state = UNUSABLE
        elif row.dataset_id in seen:
            row.state = SUPERSEDED
        else:
            seen.add(row.dataset_id)
            continue
        row.save(update_fields=["state"])


class Migration(migrations.Migration):

    dependencies = [("sharing", "0004_vintages")]

    operations = [migrations.RunPython(settle, migrations.RunPython.noop)]
