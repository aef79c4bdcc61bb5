"""What any Django page costs here: the floor that our own pages are compared with, same run."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from municipalities.models import Region

PAGE = engines["django"].from_string(
    "<!doctype html><title>{{ name }}</title><h1>{{ name }}</h1>"
    "<ul>{% for region in regions %}<li>{{ region.name }}</li>{% endfor %}</ul>"
)


@login_not_required
def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def bare(request: HttpRequest) -> HttpResponse:
    """Session, user, one query, small template."""
    regions = Region.objects.order_by("sort_key")
    return HttpResponse(PAGE.render({"name": str(request.user), "regions": regions}, request))


urlpatterns = [path("banc/vide/", empty), path("banc/nu/", bare)]
