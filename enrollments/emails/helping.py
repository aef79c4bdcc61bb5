"""Letters about a question or an act handed over: to whoever answers, then to its author."""

from dataclasses import replace

from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core import wording
from atn_platform.notifications.emails import absolute, compose, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from atn_platform.notifications.replies import reply_address
from enrollments.models import HelpPost


@written_for(lambda _post, person: person)
def asked(post: HelpPost, person: User) -> Message:
    """Somebody waits for an answer; it is answered from one's own mail, or on the site."""
    course, is_act = post.thread.version.front["title"], post.thread.block is not None
    waits = (
        _("Un geste confié attend votre réponse : %s")
        if is_act
        else _("Une question attend votre réponse : %s")
    )
    message = compose(
        key=f"question:{post.uuid}:{person.pk}",
        category=Category.SESSION,
        recipient=person,
        template="help_asked",
        subject=waits % course,
        reason=_("Vous répondez aux questions des personnes qui suivent les cours."),
        context={
            "course": wording.quoted(course),
            "is_act": is_act,
            "text": post.text,
            "url": absolute("enrollments:help", str(post.thread.uuid)),
        },
    )
    return replace(message, reply_to=reply_address(post.thread_id, person.pk))


@written_for(lambda post: post.thread.enrollment.learner)
def answered(post: HelpPost) -> Message:
    """The answer, whole: whoever has a slow line need not open the site."""
    course, is_act = post.thread.version.front["title"], post.thread.block is not None
    subject, reason = (
        (_("Réponse à votre geste confié : %s"), _("Vous avez confié un geste dans ce cours."))
        if is_act
        else (_("Réponse à votre question : %s"), _("Vous avez posé une question dans ce cours."))
    )
    message = compose(
        key=f"answer:{post.uuid}",
        category=Category.SESSION,
        recipient=post.thread.enrollment.learner,
        template="help_answered",
        subject=subject % course,
        reason=reason,
        context={
            "course": wording.quoted(course),
            "is_act": is_act,
            "by": post.author,
            "text": post.text,
            "url": absolute("enrollments:help", str(post.thread.uuid)),
        },
    )
    learner = post.thread.enrollment.learner_id
    return replace(message, reply_to=reply_address(post.thread_id, learner))
