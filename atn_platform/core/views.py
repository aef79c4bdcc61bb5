"""Answers that belong to no app: errors and health."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django passes it
    """Say in French that the form is too old; Django's reason goes to its own log."""
    return render(request, "403_csrf.html", status=403)
