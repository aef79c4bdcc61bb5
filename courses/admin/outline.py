"""Buttons of the outline: add, move, copy, remove. Each makes one call and goes back."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.decorators import requires
from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.exceptions import ActionError
from courses import actions
from courses.admin.frame import (
    address,
    find,
    find_block,
    find_lesson,
    find_module,
    of_course,
    page,
    parent_of,
)
from courses.forms.drafts import (
    NewBlockForm,
    NewCourseForm,
    NewLessonForm,
    NewModuleForm,
    NewQuestionForm,
)
from courses.forms.questions import PasteForm
from courses.models import Block, Course, Lesson, Module
from courses.notation import LineProblem, NotationRefused, TypedQuestion
from courses.notation.pasted import EXAMPLE, read_questions
from courses.permissions import can_author
from courses.queries.care import shelf

MANY = re.compile(r"[1-9][0-9]{0,2}")
STEPS = {"monter": -1, "descendre": 1}


@requires(can_author)
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    due = Course.objects.to_review(on=today).order_by("code")
    return render(request, "atelier/index.html", {"courses": shelf(on=today), "due": due})


@requires(can_author)
@require_http_methods(["GET", "HEAD", "POST"])
def new_course(request: SignedInRequest) -> HttpResponse:
    form = NewCourseForm(request.POST or None)
    if form.is_valid():
        try:
            return redirect(address(actions.create_course(**form.cleaned_data)))
        except ActionError as error:
            form.add_error("code", str(error))
    status = 422 if form.errors else 200
    return render(request, "atelier/new_course.html", {"form": form}, status=status)


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def new_module(request: SignedInRequest, course: Course) -> HttpResponse:
    def add(values: dict[str, Any]) -> actions.Node:
        return actions.add_module(course=course, **values, **_who(request))

    return _new(request, course, None, NewModuleForm(request.POST or None), add)


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def new_lesson(request: SignedInRequest, course: Course, uuid: str) -> HttpResponse:
    module = find_module(course, uuid)

    def add(values: dict[str, Any]) -> actions.Node:
        return actions.add_lesson(module=module, **values, **_who(request))

    return _new(request, course, module, NewLessonForm(request.POST or None), add)


def _new(
    request: SignedInRequest,
    course: Course,
    node: actions.Node | None,
    form: forms.Form,
    add: Callable[[dict[str, Any]], actions.Node],
) -> HttpResponse:
    if form.is_valid():
        return redirect(address(add(form.cleaned_data)))
    status = 422 if form.errors else 200
    return page(request, "atelier/new.html", course, node=node, form=form, status=status)


@of_course
@require_POST
def new_block(request: SignedInRequest, course: Course, uuid: str) -> HttpResponse:
    lesson = find_lesson(course, uuid)
    form = NewBlockForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choisissez un genre de bloc."))
        return redirect(address(lesson))
    made = actions.add_block(lesson=lesson, kind=form.cleaned_data["kind"], **_who(request))
    return redirect(address(made))


@of_course
@require_POST
def new_question(request: SignedInRequest, course: Course, uuid: str) -> HttpResponse:
    block = find_block(course, uuid)
    form = NewQuestionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choisissez un genre de question."))
        return redirect(address(block))
    empty = TypedQuestion(form.cleaned_data["kind"], _("Nouvelle question"))
    (question,) = actions.add_questions(block=block, questions=[empty], **_who(request))
    return redirect(address(question))


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def paste(request: SignedInRequest, course: Course, uuid: str) -> HttpResponse:
    """Dozens of questions in one text; a mistake is named by its line, and nothing is lost."""
    block = find_block(course, uuid)
    form = PasteForm(request.POST or None)
    problems: list[LineProblem] = []
    if form.is_valid():
        try:
            questions = read_questions(form.cleaned_data["text"])
        except NotationRefused as refused:
            problems = refused.problems
        else:
            actions.add_questions(block=block, questions=questions, **_who(request))
            messages.success(request, _("Questions ajoutées : %d.") % len(questions))
            return redirect(address(block))
    return _show_paste(request, course, block, form, problems)


def _show_paste(
    request: SignedInRequest,
    course: Course,
    block: Block,
    form: PasteForm,
    problems: list[LineProblem],
) -> HttpResponse:
    wrong = {problem.line for problem in problems}
    lines = form.cleaned_data["text"].split("\n") if problems else []
    return page(
        request,
        "atelier/paste.html",
        course,
        node=block,
        status=422 if problems or form.errors else 200,
        form=form,
        problems=problems,
        example=EXAMPLE,
        lines=[(rank, line, rank in wrong) for rank, line in enumerate(lines, start=1)],
        back=address(block),
    )


@of_course
@require_POST
def move(
    request: SignedInRequest, course: Course, noun: str, uuid: str, step: str
) -> HttpResponse:
    """One rank, or as many as a drag went over (`fois`)."""
    part = find(course, noun, uuid)
    times = request.POST.get("fois", "")
    many = int(times) if MANY.fullmatch(times) else 1
    if actions.move(part=part, step=STEPS[step] * many, **_who(request)):
        messages.success(request, _("« %s » est déplacé.") % part)
    return redirect(_page_of(part))


@of_course
@require_POST
def duplicate(request: SignedInRequest, course: Course, noun: str, uuid: str) -> HttpResponse:
    copy = actions.duplicate(part=find(course, noun, uuid), **_who(request))
    messages.success(request, _("Voici la copie."))
    return redirect(address(copy))


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest, course: Course, noun: str, uuid: str) -> HttpResponse:
    part = find(course, noun, uuid)
    parent = parent_of(part)
    if request.method == "POST":
        try:
            actions.remove(part=part, **_who(request))
        except ActionError as error:
            messages.error(request, str(error))
            return redirect(address(part))
        said = _("Supprimé du brouillon : %s. La page « Révisions » peut le rétablir.")
        messages.success(request, said % actions.label_of(part))
        return redirect(address(parent))
    return page(request, "atelier/remove.html", course, node=part, back=address(part))


def _who(request: SignedInRequest) -> dict[str, Any]:
    """Who changes the outline, and when."""
    return {"by": request.user, "at": timezone.now()}


def _page_of(part: actions.Part) -> str:
    """After a move: the list in which the object moved."""
    if isinstance(part, Module | Lesson):
        return address(part)
    return f"{address(parent_of(part))}#{part.key}"
