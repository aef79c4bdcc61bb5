from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from atn_platform.notifications.enums import Category


class OutgoingEmailQuerySet(models.QuerySet["OutgoingEmail"]):
    def waiting(self) -> "OutgoingEmailQuerySet":
        """Promised, and neither sent nor given up."""
        return self.filter(sent_at__isnull=True, abandoned_at__isnull=True)

    def to_come(self, addresses: Collection[str], *, at: datetime) -> "OutgoingEmailQuerySet":
        """Letters to these addresses whose turn has not come, the first to leave first."""
        late = self.untried().filter(to_address__in=addresses, not_before__gt=at)
        return late.order_by("not_before", "pk")

    def untried(self) -> "OutgoingEmailQuerySet":
        """Waiting, and never offered to a mail server: nobody can have received it."""
        return self.waiting().filter(attempts=0, claimed_at__isnull=True)


class OutgoingEmail(TimestampedModel):
    """An e-mail we owe someone. The row is the promise; sending it is a later matter.

    A message goes to a person, or, for invitations, to an address that is nobody's account yet.
    """

    key = models.CharField(_("clé"), max_length=200, unique=True)
    category = models.CharField(_("catégorie"), max_length=20, choices=Category)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("destinataire"),
        on_delete=models.CASCADE,
        related_name="outgoing_emails",
        null=True,
        blank=True,
    )
    to_address = models.EmailField(_("adresse"))
    subject = models.CharField(_("objet"), max_length=200)
    text = models.TextField(_("texte"))
    html = models.TextField(_("version mise en page"), blank=True)
    calendar = models.TextField(_("fichier d’agenda"), blank=True)
    calendar_method = models.CharField(_("méthode d’agenda"), max_length=10, blank=True)
    # Where an answer joins a conversation; the academy's own address when empty.
    reply_to = models.CharField(
        _("adresse de réponse"), max_length=254, blank=True, default="", db_default=""
    )
    # Shown under « Pourquoi ce message? »; one full sentence.
    reason = models.CharField(_("raison"), max_length=300)
    queued_at = models.DateTimeField(_("promis le"))
    not_before = models.DateTimeField(_("pas avant"), null=True, blank=True)
    # Past this moment the message has lost its sense: a code, a reminder of tomorrow's meeting.
    expires_at = models.DateTimeField(_("inutile après"), null=True, blank=True)
    # A worker is sending it since then; an old claim is a worker that died.
    claimed_at = models.DateTimeField(_("pris en charge le"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    last_error = models.CharField(_("dernière erreur"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("envoyé le"), null=True, blank=True)
    abandoned_at = models.DateTimeField(_("abandonné le"), null=True, blank=True)

    objects = OutgoingEmailQuerySet.as_manager()

    class Meta:
        verbose_name = _("courriel sortant")
        verbose_name_plural = _("courriels sortants")
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=Category.values), name="notifications_category_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["queued_at"],
                condition=Q(sent_at__isnull=True, abandoned_at__isnull=True),
                name="notifications_email_waiting",
            ),
            models.Index(
                fields=["to_address", "queued_at"],
                condition=Q(recipient__isnull=True),
                name="notifications_outsider",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class OptOut(TimestampedModel):
    """A person's refusal of one category of messages; deleting the row is consenting again."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne"),
        on_delete=models.CASCADE,
        related_name="opt_outs",
    )
    category = models.CharField(_("catégorie"), max_length=20, choices=Category)
    opted_out_at = models.DateTimeField(_("refusé le"))

    class Meta:
        verbose_name = _("refus de messages")
        verbose_name_plural = _("refus de messages")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "category"], name="notifications_opt_out_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_category_display()}"


class RefusedAddress(TimestampedModel):
    """An address whose server said that it takes no letters: ours stop until somebody says so.

    Not tied to an account: the address may be of someone who is only invited. Codes that a person
    asks for still leave.
    """

    address = models.EmailField(_("adresse"), unique=True)
    refused_at = models.DateTimeField(_("refusée le"))
    words = models.CharField(_("réponse du serveur"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("adresse qui refuse")
        verbose_name_plural = _("adresses qui refusent")
        constraints = [
            models.CheckConstraint(
                condition=Q(address=Lower("address")), name="notifications_refused_lower"
            ),
        ]

    def __str__(self) -> str:
        return self.address
