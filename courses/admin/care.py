"""Who answers for a course, when it is read again, how it stops being offered; and its copies."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.exceptions import ActionError
from courses import actions
from courses.admin.frame import address, of_course, page
from courses.forms.care import CareForm, CopyForm, WithdrawForm
from courses.models import Course


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def care(request: SignedInRequest, course: Course) -> HttpResponse:
    form = CareForm(
        request.POST or None, initial={"owner": course.owner_id, "review_on": course.review_on}
    )
    if form.is_valid():
        actions.entrust(course=course, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Le suivi du cours est enregistré."))
        return redirect("atelier:care", course.code.lower())
    is_late = course.review_on is not None and course.review_on <= timezone.localdate()
    status = 422 if form.errors else 200
    return page(
        request, "atelier/care.html", course, status=status, form=form, is_late=is_late
    )  # fmt: skip


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, course: Course) -> HttpResponse:
    """Say what it does, ask for the successor, then do it."""
    form = WithdrawForm(request.POST or None, course=course)
    if form.is_valid():
        try:
            actions.withdraw(
                course=course, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%s n’est plus offert.") % course.code)
            return redirect("atelier:care", course.code.lower())
    status = 422 if form.errors else 200
    return page(request, "atelier/withdraw.html", course, status=status, form=form)


@of_course
@require_POST
def offer_again(request: SignedInRequest, course: Course) -> HttpResponse:
    actions.offer_again(course=course, by=request.user, at=timezone.now())
    messages.success(request, _("%s est offert de nouveau.") % course.code)
    return redirect("atelier:care", course.code.lower())


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: SignedInRequest, course: Course) -> HttpResponse:
    form = CopyForm(request.POST or None, initial={"title": _("%s (copie)") % course.title})
    if form.is_valid():
        try:
            made = actions.copy_course(course=course, **form.cleaned_data)
        except ActionError as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, _("Voici la copie : un brouillon que personne ne suit."))
            return redirect(address(made))
    status = 422 if form.errors else 200
    return page(request, "atelier/copy.html", course, status=status, form=form)
