"""What an attestation holds on a person, its PDF included."""

from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core import personal
from atn_platform.core.personal import About, Export, File, Kind, Reader, Retention, Table, nobody
from certificates.models import Certificate, CertificateFile, YearCounter

PROVEN = _("prouver, à qui vous montrez l’attestation, que vous avez suivi la formation")
SHOWN = (Reader.SELF, Reader.RESPONSIBLE, Reader.BEARER, Reader.ATN)

TABLES = [
    Table(
        Certificate,
        (
            About(
                "enrollment__learner",
                "enrollment number code facts issued_at revoked_at revocation_reason supersedes",
                Kind.TRAINING, PROVEN, Retention.PROOF, SHOWN,
            ),
        ),
        plain="id created_at updated_at failures last_error",
    ),
    Table(
        CertificateFile,
        (
            # The content itself is handed out as a file.
            About("certificate__enrollment__learner", "certificate content sha256 rendered_at",
                  Kind.TRAINING, PROVEN, Retention.PROOF),
        ),
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
