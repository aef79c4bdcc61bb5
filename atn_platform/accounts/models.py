import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.enums import SECOND_FACTOR_ROLES, Language, Role
from atn_platform.accounts.passwords import normalized
from atn_platform.core import french
from atn_platform.core.models import TimestampedModel
from atn_platform.core.names import NameField
from atn_platform.core.reading import row_of

# Not a role: it holds for one organisation, and lasts from one day to another.
RESPONSIBLE = "responsible"
# Nor this: the person has a second factor, and showed it at sign-in.
SECOND_FACTOR = "second-factor"
# How long the code of a printed card opens the account, unless it serves before.
CARD_LIFE = timedelta(days=60)
# No dot after the sign: it looks like an address, and can never be one.
HANDLE = r"^[a-z0-9.-]+@[a-z0-9-]+$"
HANDLE_PART = 40


def handle_of(first_name: str, last_name: str, place: str) -> str:
    """How people without an address name themselves: luc.belanger@saint-exemple."""
    names = (french.slugify(first_name), french.slugify(last_name))
    who = ".".join(name for name in names if name) or "personne"
    where = french.slugify(re.sub(r"\(.*?\)", "", place)) or "ici"
    return f"{who[:HANDLE_PART].strip('.-')}@{where[:HANDLE_PART].strip('-')}"


def read_handle(typed: str) -> str:
    """The same with the accents, capitals and spaces that people type."""
    return "".join(french.fold(typed).split())


_WITH_STANDING = """
    SELECT {row}, ARRAY(
        SELECT role FROM accounts_rolegrant
        WHERE user_id = row.id AND ended_at IS NULL
        UNION ALL
        SELECT %(responsible)s FROM municipalities_responsibility
        WHERE user_id = row.id AND starts_on <= %(today)s
            AND (ends_on IS NULL OR ends_on >= %(today)s)
        UNION ALL
        SELECT %(factor)s FROM mfa_authenticator
        WHERE user_id = row.id AND type IN ('totp', 'webauthn')
    )
    FROM accounts_user row WHERE row.id = %(pk)s
"""


class UserManager(BaseUserManager["User"]):
    """Addresses are kept in lower case, so that equality in the database is the rule."""

    def create_user(
        self, email: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        user = self.model(email=email.strip().lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """The first administrator, of whom no other could make one; `createsuperuser` asks."""
        with transaction.atomic(using=self._db):
            user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
            user.role_grants.create(role=Role.ADMINISTRATOR, granted_at=user.date_joined)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())

    def owner_of(self, address: str) -> "User | None":
        """Whose account this address opens.

        One that somebody typed and has not confirmed opens nothing, whoever reads it.
        """
        wanted = address.strip().lower()
        return self.opened_by([wanted]).get(wanted)

    def accounts_of(self, user: "User") -> "models.QuerySet[User]":
        """The account of a person, and those of theirs that it took over."""
        return self.filter(Q(pk=user.pk) | Q(united_to=user)).order_by("pk")

    def accounts_united(self, keys: Collection[int]) -> set[int]:
        """The same for several, by number: what an account signed stays its own in a merge."""
        return {*keys, *self.filter(united_to__in=keys).values_list("pk", flat=True)}

    def opened_by(self, addresses: Iterable[str]) -> "dict[str, User]":
        """The accounts that these addresses open, a second one of somebody's included."""
        wanted = set(addresses) - {""}
        second = EmailAddress.objects.filter(
            email__in=wanted, verified=True, user__is_active=True
        ).select_related("user")
        return {each.email: each.user for each in second} | {
            str(user.email): user for user in self.filter(email__in=wanted)
        }

    def who_goes_on(self, user: "User") -> "User":
        """The person, locked until the end of the transaction; the account that took theirs over.

        For whatever is written in someone’s name: two accounts becoming one lock both.
        """
        rows = self.select_for_update(no_key=True)
        found = rows.get(pk=user.pk)
        return rows.get(pk=found.united_to_id) if found.united_to_id else found

    def with_standing(self, pk: int) -> "User | None":
        """The person and what they may do, in one query."""
        names = {"responsible": RESPONSIBLE, "factor": SECOND_FACTOR}
        found = row_of(User, _WITH_STANDING, {"pk": pk, "today": timezone.localdate(), **names})
        if found is None:
            return None
        user, (standing,) = found
        user.standing = frozenset(standing)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """One human being who may sign in; may lack an e-mail address. Belongs to no organisation."""

    email = models.EmailField(_("adresse courriel"), unique=True, null=True, blank=True)
    # What someone without an address signs in with; never given to anybody else after them.
    handle = models.CharField(
        _("identifiant"), max_length=120, unique=True, null=True, blank=True, editable=False
    )
    # A box of several people: letters go there, and it opens no account.
    delivery_email = models.EmailField(_("boîte de livraison"), blank=True)
    first_name = NameField(_("prénom"), max_length=100, blank=True)
    last_name = NameField(_("nom"), max_length=100, blank=True)
    sort_key = models.CharField(_("clé de tri"), max_length=210, editable=False, db_index=True)
    # Of pages and letters; who may choose is in municipalities/queries/languages.py.
    language = models.CharField(
        _("langue"), max_length=5, choices=Language, default=Language.FRENCH, editable=False
    )
    is_staff = models.BooleanField(_("accès à l’administration"), default=False)
    is_active = models.BooleanField(_("compte actif"), default=True)
    # When they last said so, having left a place since: addresses pass to successors.
    address_confirmed_on = models.DateField(
        _("adresse confirmée le"), null=True, blank=True, editable=False
    )
    # Nothing is left of who it was: the row only holds together what others' figures count.
    erased_at = models.DateTimeField(_("effacée le"), null=True, blank=True, editable=False)
    # The account of the same person that took this one over; followed to the last one.
    united_to = models.ForeignKey(
        "self", verbose_name=_("réuni à"), on_delete=models.PROTECT, related_name="united",
        null=True, blank=True, editable=False,
    )  # fmt: skip
    date_joined = models.DateTimeField(_("inscription"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        verbose_name = _("personne")
        verbose_name_plural = _("personnes")
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(email__isnull=True, first_name="", last_name="", is_active=False),
                name="accounts_erased_is_nobody",
            ),
            models.CheckConstraint(
                condition=Q(united_to__isnull=True) | Q(is_active=False, email__isnull=True),
                name="accounts_united_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=True) | Q(email=Lower("email")),
                name="accounts_user_email_lower",
            ),
            models.CheckConstraint(condition=~Q(email=""), name="accounts_user_email_not_blank"),
            models.CheckConstraint(
                condition=Q(language__in=Language.values), name="accounts_user_language_known"
            ),
            models.CheckConstraint(
                condition=Q(handle__isnull=True) | Q(handle__regex=HANDLE),
                name="accounts_user_handle_is_no_address",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email or str(_("Personne sans nom"))

    def set_sort_key(self) -> None:
        """Make the key follow the name; bulk writers call this themselves."""
        self.sort_key = french.sort_key(f"{self.last_name} {self.first_name}")

    def save(self, *args: Any, **kwargs: Any) -> None:
        # allauth writes a blank between an address that leaves and the one that takes its place.
        self.email = self.email or None
        self.set_sort_key()
        fields = kwargs.get("update_fields")
        if fields is not None and {"first_name", "last_name"} & set(fields):
            kwargs["update_fields"] = {*fields, "sort_key"}
        super().save(*args, **kwargs)

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password and normalized(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(raw_password and normalized(raw_password))

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def letter_address(self) -> str:
        """Where letters go: the person's own address, or the box that they share; else blank."""
        return self.email or self.delivery_email

    @property
    def own_addresses(self) -> list[str]:
        """Every address that opens the account, those of an account that it took over included."""
        rows = EmailAddress.objects.filter(user=self, verified=True)
        return sorted({self.email or "", *rows.values_list("email", flat=True)} - {""})

    @property
    def names_typed(self) -> list[str]:
        """All that its person may type to sign in."""
        return [*self.own_addresses, *filter(None, [self.handle])]

    def get_short_name(self) -> str:
        return self.first_name

    @property
    def device_owner(self) -> str:
        """A name for whoever keeps something on a device: theirs alone, and it names nobody."""
        return salted_hmac("atn.device-owner", str(self.pk)).hexdigest()[:8]

    @property
    def initials(self) -> str:
        """Two letters for the avatar; a dot when nothing is known."""
        return (self.first_name[:1] + self.last_name[:1]).upper() or (self.email or "·")[
            :1
        ].upper()

    @cached_property
    def standing(self) -> frozenset[str]:
        """Roles in force, RESPONSIBLE for whoever answers for people, and SECOND_FACTOR.

        Whoever signs in is read with it; it costs a query of anyone else.
        """
        read = User.objects.with_standing(self.pk)
        return read.standing if read else frozenset()

    @property
    def roles(self) -> frozenset[str]:
        return self.standing - {RESPONSIBLE, SECOND_FACTOR}

    @property
    def is_responsible(self) -> bool:
        return RESPONSIBLE in self.standing

    def has_role(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def reads_reports(self) -> bool:
        return self.has_role(Role.UMQ_COORDINATOR, Role.ADMINISTRATOR)

    @property
    def accompanies(self) -> bool:
        """Answers the questions of learners."""
        return self.has_role(Role.INSTRUCTOR, Role.COACH, Role.ADMINISTRATOR)

    @property
    def needs_second_factor(self) -> bool:
        """Whoever sees the records of others, in an organisation or on the whole platform."""
        return self.is_staff or self.is_responsible or self.has_role(*SECOND_FACTOR_ROLES)

    @property
    def owes_second_factor(self) -> bool:
        return self.needs_second_factor and SECOND_FACTOR not in self.standing

    @property
    def has_way_back(self) -> bool:
        """Whether the person can come in again without anybody's help."""
        return bool(self.email) or self.has_usable_password() or SECOND_FACTOR in self.standing


class OpenSession(TimestampedModel):
    """A browser in which someone is signed in; it goes with the session itself.

    Says what its owner needs to know it by: a browser, a system, a day. No address of the network.
    """

    session = models.OneToOneField(
        Session,
        verbose_name=_("session"),
        on_delete=models.CASCADE,
        related_name="opened",
    )
    user = models.ForeignKey(
        User, verbose_name=_("personne"), on_delete=models.CASCADE, related_name="open_sessions"
    )
    device = models.CharField(_("appareil"), max_length=60)

    class Meta:
        verbose_name = _("session ouverte")
        verbose_name_plural = _("sessions ouvertes")

    def __str__(self) -> str:
        return self.device


class RoleGrant(TimestampedModel):
    """A platform role given to a person; ended, never deleted."""

    user = models.ForeignKey(
        User, verbose_name=_("personne"), on_delete=models.CASCADE, related_name="role_grants"
    )
    role = models.CharField(_("rôle"), max_length=20, choices=Role)
    granted_by = models.ForeignKey(
        User,
        verbose_name=_("accordé par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    granted_at = models.DateTimeField(_("accordé le"))
    ended_at = models.DateTimeField(_("terminé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("rôle accordé")
        verbose_name_plural = _("rôles accordés")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(ended_at__isnull=True),
                name="accounts_role_granted_once",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="accounts_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class CardQuerySet(models.QuerySet["Card"]):
    def live(self, at: datetime) -> "CardQuerySet":
        """Cards that would still open their account."""
        return self.filter(used_at__isnull=True, replaced_at__isnull=True, expires_at__gt=at)


class Card(TimestampedModel):
    """A code on paper that opens an account once. Only its imprint is kept."""

    user = models.ForeignKey(
        User, verbose_name=_("personne"), on_delete=models.CASCADE, related_name="cards"
    )
    # Names the gesture of printing, so that the same one done twice gives the same card.
    printing = models.UUIDField(_("impression"))
    code_hash = models.CharField(_("empreinte du code"), max_length=64)
    printed_by = models.ForeignKey(
        User,
        verbose_name=_("imprimée par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    printed_at = models.DateTimeField(_("imprimée le"))
    expires_at = models.DateTimeField(_("expire le"))
    used_at = models.DateTimeField(_("utilisée le"), null=True, blank=True)
    replaced_at = models.DateTimeField(_("remplacée le"), null=True, blank=True)

    objects = CardQuerySet.as_manager()

    class Meta:
        verbose_name = _("carte")
        verbose_name_plural = _("cartes")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(used_at__isnull=True, replaced_at__isnull=True),
                name="accounts_one_card_a_person",
            ),
            models.UniqueConstraint(
                fields=["user", "printing"], name="accounts_one_card_a_printing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.printed_at:%Y-%m-%d}"
