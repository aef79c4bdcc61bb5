"""Places merged before domains and services went along with their people, in _move_sign_in."""

from django.db import migrations
from django.db.models import Q


def move(apps, schema_editor):
    """Safe to repeat: a place whose successor is named keeps nothing."""
    places = apps.get_model("municipalities", "Organisation")
    kept = Q(mail_domains__isnull=False) | Q(identity_providers__isnull=False)
    merged = places.objects.filter(kept, successor__isnull=False).distinct().order_by("pk")
    for gone in merged.select_related("successor"):
        successor = last(gone)
        proved = gone.mail_domains.filter(verified_at__isnull=False)
        successor.mail_domains.filter(domain__in=proved.values("domain")).delete()
        proved.update(organisation=successor)
        gone.mail_domains.all().delete()
        move_services(apps, gone, successor)


def last(place):
    """The one that goes on, after however many mergers."""
    seen = {place.pk}
    while place.successor is not None and place.successor_id not in seen:
        place = place.successor
        seen.add(place.pk)
    return place


def move_services(apps, gone, successor):
    """Of two of a kind the successor's stays, and what the other had linked opens nothing."""
    identities = apps.get_model("socialaccount", "SocialAccount")
    own = set(successor.identity_providers.values_list("kind", flat=True))
    for service in gone.identity_providers.order_by("pk"):
        if service.kind in own:
            identities.objects.filter(provider=f"{service.kind}-{service.pk}").delete()
            service.delete()
        else:
            service.organisation = successor
            service.save(update_fields=["organisation"])


class Migration(migrations.Migration):
    dependencies = [
        ("municipalities", "0010_let_organisations_use_english"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
