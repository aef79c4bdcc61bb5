from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core.models import TimestampedModel
from certificates.enums import RevocationReason
from certificates.numbers import imprint
from enrollments.models import Enrollment


class YearCounter(models.Model):
    """The last rank given in a year; its row is locked while a number is taken."""

    year = models.PositiveSmallIntegerField(_("année"), primary_key=True)
    last = models.PositiveIntegerField(_("dernier rang"), default=0)

    class Meta:
        verbose_name = _("compteur annuel")
        verbose_name_plural = _("compteurs annuels")

    def __str__(self) -> str:
        return f"{self.year} : {self.last}"


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, user: User) -> "CertificateQuerySet":
        """A person's own certificates."""
        return self.filter(enrollment__learner=user)

    def owed_a_file(self) -> "CertificateQuerySet":
        """Certificates whose PDF is still to be made."""
        return self.filter(file__isnull=True, enrollment__learner__erased_at__isnull=True)

    def with_states(self) -> "CertificateQuerySet":
        """With what came before and after each, and whether its PDF is there, in one query."""
        rows = self.select_related("file", "supersedes", "superseded_by", "duplicate_of")
        return rows.defer("file__content")

    def as_proofs(self) -> "CertificateQuerySet":
        """What a proof says of itself and of its place among others: a quarter of the columns."""
        rows = self.select_related("file", "supersedes", "superseded_by", "duplicate_of")
        return rows.only(
            "number",
            "facts",
            "issued_at",
            "revoked_at",
            "revocation_reason",
            "file__sha256",
            "supersedes__number",
            "superseded_by__number",
            "duplicate_of__number",
        )


class Certificate(TimestampedModel):
    """Proof that a person completed a course, with its facts as they stood that day.

    Frozen: the database refuses changes to the facts, the number and the code. A correction is a
    new certificate that supersedes this one; revoking never deletes.
    """

    enrollment = models.ForeignKey(
        Enrollment,
        verbose_name=_("inscription"),
        on_delete=models.PROTECT,
        related_name="certificates",
    )
    # ATN-2026-000123-K: year, rank, check character.
    number = models.CharField(_("numéro"), max_length=24, unique=True)
    # In the address of the public page (numbers.new_code); the number alone finds nothing.
    code = models.CharField(_("code de vérification"), max_length=32, unique=True)
    facts = models.JSONField(_("faits"))
    issued_at = models.DateTimeField(_("délivrée le"))
    revoked_at = models.DateTimeField(_("révoquée le"), null=True, blank=True)
    revocation_reason = models.CharField(
        _("raison de la révocation"), max_length=10, choices=RevocationReason, blank=True
    )
    # Of its PDF, until there is one; the sweep tries again.
    failures = models.PositiveSmallIntegerField(_("échecs"), default=0)
    last_error = models.CharField(_("dernière erreur"), max_length=300, blank=True)
    supersedes = models.OneToOneField(
        "self",
        verbose_name=_("remplace"),
        on_delete=models.PROTECT,
        related_name="superseded_by",
        null=True,
        blank=True,
    )

    # One person, two accounts, the same course: the one that counts. Both stay genuine.
    duplicate_of = models.ForeignKey(
        "self",
        verbose_name=_("double de"),
        on_delete=models.PROTECT,
        related_name="duplicates",
        null=True,
        blank=True,
    )

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("attestation")
        verbose_name_plural = _("attestations")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment"],
                condition=Q(supersedes__isnull=True),
                name="certificates_one_per_completion",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revocation_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revocation_reason="")),
                name="certificates_revoked_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def kind(self) -> str:
        """« Attestation de réussite » when there was a final questionnaire."""
        if self.facts["result"] == "success":
            return str(_("Attestation de réussite"))
        return str(_("Attestation de participation"))

    @property
    def is_nameless(self) -> bool:
        """Its person was erased: what is left of the name can only be confirmed."""
        return "name_imprint" in self.facts

    def bears(self, name: str) -> bool:
        """Whether this is the name that was printed on it."""
        return bool(self.facts.get("name_imprint") == imprint(self.number, name))

    @property
    def pdf(self) -> "CertificateFile | None":
        """Its file, or None while it is owed."""
        return getattr(self, "file", None)

    @property
    def successor(self) -> "Certificate | None":
        """The certificate that replaces this one, if any."""
        return getattr(self, "superseded_by", None)


class CertificateFile(models.Model):
    """The PDF of a certificate, rendered once. No row yet means it is owed."""

    certificate = models.OneToOneField(
        Certificate,
        verbose_name=_("attestation"),
        on_delete=models.PROTECT,
        related_name="file",
        primary_key=True,
    )
    content = models.BinaryField(_("contenu"))
    sha256 = models.CharField(_("empreinte"), max_length=64)
    rendered_at = models.DateTimeField(_("produite le"))

    class Meta:
        verbose_name = _("fichier d’attestation")
        verbose_name_plural = _("fichiers d’attestation")

    def __str__(self) -> str:
        return self.sha256
