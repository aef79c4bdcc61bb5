"""What an attestation holds on a person, its PDF included."""

from collections import Counter

from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.audit.privacy import forget
from atn_platform.core import personal
from atn_platform.core.personal import About, Export, File, Kind, Reader, Retention, Table, nobody
from atn_platform.core.purging import purging
from certificates.models import Certificate, CertificateFile, YearCounter
from certificates.numbers import imprint

PROVEN = _("prouver, à qui vous montrez l’attestation, que vous avez suivi la formation")
SHOWN = (Reader.SELF, Reader.RESPONSIBLE, Reader.BEARER, Reader.ATN)

TABLES = [
    Table(
        Certificate,
        (
            About(
                "enrollment__learner",
                "enrollment number code facts issued_at revoked_at revocation_reason supersedes "
                "duplicate_of",
                Kind.TRAINING, PROVEN, Retention.PROOF, SHOWN,
            ),
        ),
        plain="id created_at updated_at failures last_error",
        stays=_(
            "numéro, code, cours, date, durée et organisation de vos attestations, qui se "
            "vérifient encore; votre nom et votre fonction en sont effacés"
        ),
    ),
    Table(
        CertificateFile,
        (
            # The content itself is handed out as a file.
            About("certificate__enrollment__learner", "certificate content sha256 rendered_at",
                  Kind.TRAINING, PROVEN, Retention.PROOF),
        ),
        stays=_("l’empreinte du fichier de vos attestations; le PDF lui-même est effacé"),
    ),
    *nobody(YearCounter),
]  # fmt: skip


def export(user: User) -> Export:
    rows = CertificateFile.objects.filter(certificate__enrollment__learner=user)
    rows = rows.select_related("certificate").order_by("certificate__number")
    files = [
        File(f"attestations/{row.certificate.number}.pdf", bytes(row.content)) for row in rows
    ]
    return Export(personal.export(TABLES, user).sections, files)


def erase(user: User) -> Counter[str]:
    """Attestations stay verifiable: the name leaves, and an imprint that confirms it stays."""
    gone = personal.erase(TABLES, user)
    mine = Certificate.objects.filter(enrollment__learner=user)
    # Why another one was issued is in ATN's own words: « nom corrigé : … ».
    forget("certificate.reissued", mine.values_list("number", flat=True), "note")
    with purging():
        for certificate in mine:
            facts = certificate.facts
            sealed = {"name": "", "function": ""}
            sealed["name_imprint"] = imprint(certificate.number, facts["name"])
            Certificate.objects.filter(pk=certificate.pk).update(facts=facts | sealed)
            CertificateFile.objects.filter(pk=certificate.pk).update(content=b"")
            gone[str(_("PDF d’attestations"))] += 1
    return gone
