"""Records opened in Django's administration: every list and every page, whoever adds them."""

from collections.abc import Iterable, Iterator
from functools import cache
from operator import attrgetter
from typing import Any, cast

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from atn_platform.accounts.http import SignedInRequest
from atn_platform.accounts.models import User
from atn_platform.audit.enums import Screen
from atn_platform.audit.models import Viewing
from atn_platform.audit.recording import opened
from atn_platform.privacy.inventory import tables


class WatchAdministration:
    """Write who opened whose record, from what the page was given to show."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: Any) -> HttpResponse:
        match = request.resolver_match
        if match is not None and match.app_name == "admin" and response.context_data:
            _watch(cast("SignedInRequest", request), response.context_data)
        return cast("HttpResponse", response)


def _watch(request: SignedInRequest, context: dict[str, Any]) -> None:
    listed = context.get("cl")
    record = context.get("original") or context.get("object")
    rows: Iterable[models.Model] = ()
    if listed is not None:
        rows, screen = listed.result_list, Screen.ADMIN_LIST
    elif isinstance(record, models.Model):
        rows, screen = [record], Screen.ADMIN_RECORD
    else:
        return
    found = list(rows)
    if found:
        opened(
            at=timezone.now(),
            reader=request.user,
            screen=screen,
            people=[key for row in found for key in people_of(row)],
            place=found[0]._meta.verbose_name_plural,
        )


def people_of(row: models.Model) -> Iterator[int]:
    """Keys of the people of whom a row speaks, by what its app declares."""
    if isinstance(row, Viewing):
        yield from row.people
    for read in _readers(type(row)):
        key = read(row)
        if key is not None:
            yield cast("int", key)


@cache
def _readers(model: type[models.Model]) -> list[Any]:
    """How to read those keys on a row: "enrollment__learner" is row.enrollment.learner_id."""
    if model is User:
        return [attrgetter("pk")]
    table = next((each for each in tables() if each.model is model), None)
    paths = {about.of for about in table.about if isinstance(about.of, str)} if table else set()
    paths |= {each.name for each in model._meta.fields if each.related_model is User}
    return [attrgetter(path.replace("__", ".") + "_id") for path in sorted(paths)]
