"""« Mes gestes »: what a person committed to, in every course."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from atn_platform.accounts.http import SignedInRequest
from enrollments.queries.pledges import pledges


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    return render(request, "enrollments/pledges.html", {"pledges": pledges(request.user)})
