from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.core.models import TimestampedModel
from atn_platform.core.names import NameField
from municipalities.enums import Public
from municipalities.models.territory import Organisation

# How long an invitation's link works, from its last sending.
INVITATION_LIFE = timedelta(days=14)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User, *, on: date) -> "InvitationQuerySet":
        """Invitations of the organisations this person answers for; all for ATN staff."""
        if user.has_role(Role.ADMINISTRATOR):
            return self
        return self.filter(organisation__in=Organisation.objects.managed_by(user, on=on))

    def pending(self) -> "InvitationQuerySet":
        return self.filter(accepted_at__isnull=True, cancelled_at__isnull=True)


class Invitation(TimestampedModel):
    """A responsable asks someone, by e-mail, to join their organisation's people."""

    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="invitations",
    )
    email = models.EmailField(_("adresse courriel"))
    first_name = NameField(_("prénom"), max_length=100, blank=True)
    last_name = NameField(_("nom"), max_length=100, blank=True)
    public = models.CharField(_("public"), max_length=10, choices=Public, blank=True)
    function = models.CharField(_("fonction"), max_length=120, blank=True)
    # For an elected person: the day of the vote. Everyone else begins when they accept.
    starts_on = models.DateField(_("mandat depuis le"), null=True, blank=True)
    # Accepting also makes them a responsable, until that day for a delegate.
    as_responsible = models.BooleanField(_("comme responsable"), default=False)
    responsible_until = models.DateField(_("responsable jusqu’au"), null=True, blank=True)
    # SHA-256 of the secret in the link: the table alone opens no door.
    token_hash = models.CharField(_("empreinte du jeton"), max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("invitée par"),
        on_delete=models.PROTECT,
        related_name="invitations_sent",
    )
    invited_at = models.DateTimeField(_("envoyée le"))
    expires_at = models.DateTimeField(_("expire le"))
    accepted_at = models.DateTimeField(_("acceptée le"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("acceptée par"),
        on_delete=models.PROTECT,
        related_name="invitations_accepted",
        null=True,
        blank=True,
    )
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(accepted_at__isnull=True, cancelled_at__isnull=True),
                name="municipalities_one_pending_invitation",
                violation_error_message=_("Cette adresse a déjà une invitation en attente."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.organisation}"

    @property
    def sent_at(self) -> datetime:
        """When the letter last left; sending it again prolongs the link."""
        return self.expires_at - INVITATION_LIFE
