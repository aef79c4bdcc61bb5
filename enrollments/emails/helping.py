"""The letters about a question: to whoever answers, then to whoever asked."""

from dataclasses import replace

from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.notifications.emails import absolute, compose, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from atn_platform.notifications.replies import reply_address
from enrollments.models import HelpPost


@written_for(lambda _post, person: person)
def asked(post: HelpPost, person: User) -> Message:
    """Somebody waits for an answer; it is answered from one's own mail, or on the site."""
    course = post.thread.version.front["title"]
    message = compose(
        key=f"question:{post.uuid}:{person.pk}",
        category=Category.SESSION,
        recipient=person,
        template="help_asked",
        subject=_("Une question attend votre réponse : %s") % course,
        reason=_("Vous répondez aux questions des personnes qui suivent les cours."),
        context={
            "course": course,
            "text": post.text,
            "url": absolute("enrollments:help", str(post.thread.uuid)),
        },
    )
    return replace(message, reply_to=reply_address(post.thread_id, person.pk))


@written_for(lambda post: post.thread.enrollment.learner)
def answered(post: HelpPost) -> Message:
    """The answer, whole: whoever has a slow line need not open the site."""
    course = post.thread.version.front["title"]
    message = compose(
        key=f"answer:{post.uuid}",
        category=Category.SESSION,
        recipient=post.thread.enrollment.learner,
        template="help_answered",
        subject=_("Réponse à votre question : %s") % course,
        reason=_("Vous avez posé une question dans ce cours."),
        context={
            "course": course,
            "by": post.author,
            "text": post.text,
            "url": absolute("enrollments:help", str(post.thread.uuid)),
        },
    )
    learner = post.thread.enrollment.learner_id
    return replace(message, reply_to=reply_address(post.thread_id, learner))
