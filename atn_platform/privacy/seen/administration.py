"""What ATN's administration shows of a person: its own lists and pages, read as it reads them."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import (
    display_for_field,
    display_for_value,
    flatten_fieldsets,
    label_for_field,
    lookup_field,
)
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import Q, UUIDField
from django.http import HttpRequest  # noqa: TID251 -- the administration answers to one
from django.utils.html import strip_tags

from atn_platform.accounts.models import User
from atn_platform.core.personal import Table, rows_of
from atn_platform.privacy.inventory import tables
from atn_platform.privacy.seen.sights import Facts, Sight, facts

# Rows told of each list, the latest; the count says how many there are.
TOLD = 5


def sights(user: User) -> list[Sight]:
    """For each list of the administration where the person is: the latest rows, as shown there.

    A row is the columns of the list, then the fields of its page. Nothing is listed here: a
    screen that joins the administration, or a field that leaves it, changes this by itself.
    """
    request = _request()
    known = {table.model: table for table in tables() if table.about}
    found: list[Sight] = []
    for model, model_admin in admin.site._registry.items():  # noqa: SLF001 -- has no public name
        if model in known and model_admin.has_view_permission(request):
            found += _sight(known[model], model_admin, request, user)
    return sorted(found, key=lambda each: each.screen)


def _request() -> HttpRequest:
    """As somebody of ATN would ask; nobody in particular."""
    request = HttpRequest()
    request.user = User(is_active=True, is_staff=True, is_superuser=True)
    return request


def _sight(
    table: Table, model_admin: admin.ModelAdmin, request: HttpRequest, user: User
) -> Iterator[Sight]:
    about = Q()
    for of in dict.fromkeys(each.of for each in table.about):
        about |= Q(pk__in=rows_of(table, of, user).values("pk"))
    rows = model_admin.get_queryset(request).filter(about)
    told = list(rows.order_by("-pk")[:TOLD])
    if told:
        count = len(told) if len(told) < TOLD else rows.count()
        title = table.title[:1].upper() + table.title[1:]
        yield Sight(title, [_facts(row, model_admin, request) for row in told], count)


def _facts(row: Any, model_admin: admin.ModelAdmin, request: HttpRequest) -> Facts:
    columns = [str(each) for each in model_admin.get_list_display(request)]
    page = flatten_fieldsets(model_admin.get_fieldsets(request, row))
    said = [_said(name, row, model_admin) for name in dict.fromkeys([*columns, *map(str, page)])]
    return facts(*(each for each in said if each))


def _said(name: str, row: Any, model_admin: admin.ModelAdmin) -> tuple[str, str] | None:
    """The label and the words of a cell; nothing for a box to fill in, which shows no row."""
    try:
        field, __, value = lookup_field(name, row, model_admin)
        label = label_for_field(name, type(row), model_admin)
    except (AttributeError, FieldDoesNotExist, ObjectDoesNotExist):
        return None
    if isinstance(field, UUIDField):
        return None  # names a row, and says nothing
    words = display_for_field(value, field, "") if field else display_for_value(value, "")
    return str(label), " ".join(strip_tags(str(words)).split())
