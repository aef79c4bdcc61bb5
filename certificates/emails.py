"""The e-mails about certificates, as messages. Nothing is sent from here."""

from django.utils.translation import gettext as _

from atn_platform.notifications.emails import absolute, compose, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from certificates.models import Certificate


@written_for(lambda certificate: certificate.enrollment.learner)
def certificate_ready(certificate: Certificate) -> Message:
    """The certificate is ready: a link, for attachments tire small mail servers."""
    facts = certificate.facts
    replaces = facts.get("replaces", "")
    subject = _("Votre attestation corrigée : %s") if replaces else _("Votre attestation : %s")
    return compose(
        key=f"certificate:{certificate.number}",
        category=Category.CERTIFICATE,
        recipient=certificate.enrollment.learner,
        template="certificate_ready",
        context={
            "title": facts["course_title"],
            "number": certificate.number,
            "replaces": replaces,
            "code": certificate.code,
            "url": absolute("certificates:download", certificate.number),
            "verify_url": absolute("certificates:verify", certificate.code),
        },
        subject=subject % facts["course_title"],
        reason=_("Vous avez terminé ce cours."),
    )


@written_for(lambda certificate: certificate.enrollment.learner)
def certificate_revoked(certificate: Certificate) -> Message:
    """A person must not learn from an employer that their certificate is void."""
    title = certificate.facts["course_title"]
    return compose(
        key=f"certificate-revoked:{certificate.number}",
        category=Category.CERTIFICATE,
        recipient=certificate.enrollment.learner,
        template="certificate_revoked",
        context={
            "title": title,
            "number": certificate.number,
            "why": certificate.get_revocation_reason_display(),
            "verify_url": absolute("certificates:verify", certificate.code),
        },
        subject=_("Attestation révoquée : %s") % title,
        reason=_("Cette attestation est à votre nom."),
    )
