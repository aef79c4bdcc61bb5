"""The e-mails about certificates, as messages. Nothing is sent from here."""

from django.utils.translation import gettext as _

from atn_platform.notifications.emails import absolute, compose
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from certificates.models import Certificate


def certificate_ready(certificate: Certificate) -> Message:
    """The certificate is ready: a link, for attachments tire small mail servers."""
    title = certificate.facts["course_title"]
    return compose(
        key=f"certificate:{certificate.number}",
        category=Category.CERTIFICATE,
        recipient=certificate.enrollment.learner,
        template="certificate_ready",
        context={
            "title": title,
            "number": certificate.number,
            "url": absolute("certificates:download", certificate.number),
            "verify_url": absolute("certificates:verify", certificate.code),
        },
        subject=_("Votre attestation : %s") % title,
        reason=_("Vous avez terminé ce cours."),
    )
