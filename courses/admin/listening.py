"""The version of a lesson that one listens to: its words to read aloud, and its recording."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.exceptions import ActionError
from courses import actions
from courses.admin.frame import address, find_lesson, of_course, page
from courses.forms.listening import RecordingForm
from courses.listening import fingerprint, spoken
from courses.models import Course
from courses.queries import asset_documents, lesson_document


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def listen(request: SignedInRequest, course: Course, uuid: str) -> HttpResponse:
    lesson = find_lesson(course, uuid)
    shown = lesson_document(lesson, asset_documents(course))
    initial = {"words": fingerprint(shown["blocks"])}
    form = RecordingForm(request.POST or None, request.FILES or None, initial=initial)
    if form.is_valid():
        file = form.cleaned_data["recording"]
        try:
            actions.record_lesson(
                lesson=lesson,
                filename=str(file.name),
                content=file.read(),
                words=form.cleaned_data["words"],
            )
        except ActionError as error:
            form.add_error("recording", str(error))
        else:
            messages.success(request, _("L’enregistrement est gardé."))
            return redirect(request.path)
    return page(
        request,
        "atelier/listen.html",
        course,
        node=lesson,
        status=422 if form.errors else 200,
        form=form,
        audio=shown.get("audio"),
        fingerprint=initial["words"],
        spoken=spoken(shown["blocks"]),
        back=address(lesson),
    )


@of_course
@require_POST
def vouch(request: SignedInRequest, course: Course, uuid: str) -> HttpResponse:
    """The recording says what the page showed, in spite of what was touched up."""
    lesson = find_lesson(course, uuid)
    actions.vouch_for_recording(lesson=lesson, words=request.POST.get("words", "")[:64])
    messages.success(
        request, _("C’est noté : l’enregistrement dit le texte que vous avez lu ici.")
    )
    return redirect("atelier:listen", course.code.lower(), uuid)


@of_course
@require_POST
def drop(request: SignedInRequest, course: Course, uuid: str) -> HttpResponse:
    actions.drop_recording(lesson=find_lesson(course, uuid))
    messages.success(
        request, _("La leçon n’a plus de version à écouter. Le fichier reste dans les médias.")
    )
    return redirect("atelier:listen", course.code.lower(), uuid)
