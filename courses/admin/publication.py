"""Media, preview, publication and versions of a course."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.exceptions import ActionError
from courses import actions
from courses.admin.frame import address, find_lesson, of_course, page
from courses.forms.reviews import AskForm
from courses.models import Course, Lesson
from courses.paper import stops
from courses.pdf import lesson_html, on_the_site
from courses.permissions import authors
from courses.queries import (
    asset_documents,
    changes_since_published,
    document,
    draft_document,
    effects,
    lesson_document,
    versions_with_followers,
)
from courses.queries.reviews import reading_of
from municipalities.enums import Public


@of_course
@require_safe
def media(request: SignedInRequest, course: Course) -> HttpResponse:
    return page(request, "atelier/media.html", course, assets=course.assets.order_by("name"))


@of_course
@require_POST
def remove_media(request: SignedInRequest, course: Course, asset_id: int) -> HttpResponse:
    asset = get_object_or_404(course.assets, pk=asset_id)
    try:
        actions.remove_asset(asset=asset)
        messages.success(request, _("« %s » est retiré des médias.") % asset.name)
    except ActionError as error:
        messages.error(request, str(error))
    return redirect("atelier:media", course.code.lower())


@of_course
@require_safe
def preview(request: SignedInRequest, course: Course, uuid: str) -> HttpResponse:
    """A lesson of the draft, by the templates of the learners' pages.

    `comme` is a public, `largeur` « telephone », `forme` « papier »: addresses to pass on.
    """
    lesson = find_lesson(course, uuid)
    asked = request.GET.get("comme", "")
    public = Public(asked) if asked in Public.values else None
    shown = lesson_document(lesson, asset_documents(course))
    on_paper = request.GET.get("forme") == "papier"
    return page(
        request,
        "atelier/preview.html",
        course,
        node=lesson,
        lesson=shown,
        paper=_on_paper(course, lesson) if on_paper else "",
        back=address(lesson),
        publics=Public.choices,
        public=public,
        is_for_them=public is None or public in course.publics,
        is_narrow=request.GET.get("largeur") == "telephone",
    )


def _on_paper(course: Course, lesson: Lesson) -> str:
    """As the booklet would print it, with its number on the thread."""
    found = stops(draft_document(course))
    stop = next(each for each in found if each.lesson["uuid"] == str(lesson.uuid))
    return lesson_html(stop, on_the_site, drawn=False)


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: SignedInRequest, course: Course) -> HttpResponse:
    """What is missing, what changes, who is concerned; then the button."""
    is_refused = False
    others = authors().exclude(pk=request.user.pk)
    if request.method == "POST":
        before = course.current_version_id
        try:
            version = actions.publish(course_id=course.pk, by=request.user, at=timezone.now())
        except actions.PublicationRefused:
            is_refused = True
        except actions.ReviewRefused as error:
            messages.error(request, str(error))
            return redirect("atelier:publish", course.code.lower())
        else:
            said = (
                _("Rien n’a changé : la version %d reste en vigueur.")
                if version.pk == before
                else _("La version %d est en vigueur.")
            )
            messages.success(request, said % version.number)
            behind = version.pk != before and effects(course, document(version.pk))
            page_of = "enrollments:move-people" if behind else "atelier:versions"
            return redirect(page_of, course.code.lower())
    draft = draft_document(course)
    return page(
        request,
        "atelier/publish.html",
        course,
        status=422 if is_refused else 200,
        is_refused=is_refused,
        changes=changes_since_published(course, draft),
        effects=effects(course, draft),
        current=course.current_version,
        reading=reading_of(course, digest=actions.content_hash(draft), others=others),
        ask_form=AskForm(),
    )


@of_course
@require_safe
def versions(request: SignedInRequest, course: Course) -> HttpResponse:
    rows = versions_with_followers(course).select_related("published_by")
    return page(request, "atelier/versions.html", course, versions=rows)
