"""Who opened whose record, for ATN. Reading it is itself a viewing (privacy/middleware.py)."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.audit.models import Viewing
from atn_platform.core import french
from atn_platform.core.admin import ReadOnlyAdmin


@admin.register(Viewing)
class ViewingAdmin(ReadOnlyAdmin):
    list_display = ("at", "reader", "capacity", "screen", "place", "number")
    list_select_related = ("reader",)
    list_filter = ("capacity", "screen")
    # Only so that the box is shown: get_search_results decides.
    search_fields = ("reader__sort_key",)
    search_help_text = _("Nom de qui a ouvert, ou adresse de la personne dont c’est le dossier.")
    ordering = ("-at", "-pk")
    list_per_page = 50

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Viewing], search_term: str
    ) -> tuple[QuerySet[Viewing], bool]:
        if "@" in search_term:
            found = User.objects.filter(email=search_term.strip().lower()).values_list("pk")
            keys = [key for (key,) in found]
            return queryset.filter(people__overlap=keys) if keys else queryset.none(), False
        for word in french.sort_key(search_term).split():
            queryset = queryset.filter(reader__sort_key__contains=word)
        return queryset, False

    @admin.display(description=_("personnes"))
    def number(self, obj: Viewing) -> int:
        return len(obj.people)
