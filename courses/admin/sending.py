"""A lesson or a block goes to another place, in this course or in another one."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.exceptions import ActionError
from courses import actions
from courses.admin.frame import address, find, heading, of_course, page
from courses.forms.sending import SendForm
from courses.models import Block, Course, Lesson


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: SignedInRequest, course: Course, noun: str, uuid: str) -> HttpResponse:
    part = find(course, noun, uuid)
    if not isinstance(part, Lesson | Block):
        raise Http404
    form = SendForm(request.POST or None, part=part)
    if form.is_valid():
        try:
            made = actions.send(part=part, by=request.user, at=timezone.now(), **form.cleaned_data)
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("« %s » est arrivé ici.") % heading(made))
            return redirect(address(made))
    return page(
        request,
        "atelier/send.html",
        course,
        node=part,
        status=422 if form.errors else 200,
        form=form,
        heading=heading(part),
        back=address(part),
    )
