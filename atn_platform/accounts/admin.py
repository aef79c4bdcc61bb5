"""People and their roles, for ATN. Every change is an action, and the journal keeps it."""

from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts import actions
from atn_platform.accounts.enums import Role
from atn_platform.accounts.forms import AccountForm, GrantForm
from atn_platform.accounts.models import RoleGrant, User
from atn_platform.core import french
from atn_platform.core.admin import ListAdmin, StateFilter, confirmed

# Roles are ours, the secrets of second factors are nobody's to read, and nobody ties an identity
# to another's account; organisations' providers have their own page (docs/sign-in.md).
for library_model in (Group, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(library_model)


class AccountStateFilter(StateFilter):
    title = _("état du compte")
    states = (
        ("actifs", _("actifs"), Q(is_active=True)),
        ("desactives", _("désactivés"), Q(is_active=False)),
    )


class RoleFilter(StateFilter):
    title = _("rôle")
    parameter_name = "role"
    states = tuple(
        (role.value, role.label, Q(role_grants__role=role, role_grants__ended_at=None))
        for role in Role
    )


@admin.register(User)
class UserAdmin(ListAdmin):
    """People: found by name, address or organisation; corrected, closed and opened again."""

    form = AccountForm
    list_display = ("__str__", "email", "organisations", "roles_held", "is_active")
    list_filter = (AccountStateFilter, RoleFilter)
    # Only so that the box is shown: get_search_results decides.
    search_fields = ("sort_key",)
    search_help_text = _("Nom, courriel ou organisation; les accents comptent peu.")
    ordering = ("sort_key",)
    list_per_page = 50
    actions = ("close", "reopen", "forget_second_factor", "end_sessions")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows = super().get_queryset(request)
        return rows.prefetch_related("role_grants", "mandates__organisation")

    @admin.display(description=_("organisations"))
    def organisations(self, obj: User) -> str:
        today = timezone.localdate()
        open_ones = (
            each for each in obj.mandates.all() if each.ends_on is None or each.ends_on >= today
        )
        return ", ".join(sorted({each.organisation.name for each in open_ones}))

    @admin.display(description=_("rôles"))
    def roles_held(self, obj: User) -> str:
        open_ones = (each for each in obj.role_grants.all() if each.ended_at is None)
        return ", ".join(each.get_role_display() for each in open_ones)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Every word must be found, be it in the name, the address or an organisation."""
        for word in search_term.split():
            queryset = queryset.filter(
                Q(sort_key__contains=french.sort_key(word))
                | Q(email__contains=word.lower())
                | Q(mandates__organisation__search_key__contains=french.search_key(word))
            )
        return queryset, True

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        by, at = cast("User", request.user), timezone.now()
        typed = {name: form.cleaned_data[name] for name in ("first_name", "last_name", "email")}
        if change:
            here = str(request.session.session_key)
            # What was left as the page showed it may have changed since: it stays as it is.
            said = {name: typed[name] for name in form.changed_data if name in typed}
            actions.correct_account(user=obj, said=said, by=by, at=at, but=here)
        else:
            # The admin goes on with the object it holds: it becomes the new row.
            obj.pk = actions.create_account(by=by, at=at, **typed).pk

    @admin.action(description=_("Désactiver le compte"), permissions=["change"])
    def close(self, request: HttpRequest, rows: QuerySet[User]) -> TemplateResponse | None:
        by, at = cast("User", request.user), timezone.now()
        return confirmed(
            self, request, rows, lambda user: actions.close_account(user=user, by=by, at=at),
            action="close",
            title=_("Désactiver le compte"),
            effect=_("Ces personnes ne pourront plus se connecter, dès maintenant. "
                     "Leurs cours et leurs attestations sont gardés."),
            done=_("Le compte de %s est désactivé."),
        )  # fmt: skip

    @admin.action(description=_("Réactiver le compte"), permissions=["change"])
    def reopen(self, request: HttpRequest, rows: QuerySet[User]) -> TemplateResponse | None:
        by, at = cast("User", request.user), timezone.now()
        return confirmed(
            self, request, rows, lambda user: actions.open_account(user=user, by=by, at=at),
            action="reopen",
            title=_("Réactiver le compte"),
            effect=_("Ces personnes pourront de nouveau se connecter."),
            done=_("Le compte de %s est réactivé."),
        )  # fmt: skip

    @admin.action(description=_("Fermer les sessions"), permissions=["change"])
    def end_sessions(self, request: HttpRequest, rows: QuerySet[User]) -> TemplateResponse | None:
        by, at = cast("User", request.user), timezone.now()
        return confirmed(
            self, request, rows,
            lambda user: actions.end_sessions(user=user, by=by, at=at),
            action="end_sessions",
            title=_("Fermer les sessions"),
            effect=_("Ces personnes devront se connecter de nouveau, sur chaque appareil. "
                     "Une lettre le leur dit."),
            done=_("Les sessions de %s sont fermées."),
        )  # fmt: skip

    @admin.action(description=_("Oublier le second facteur"), permissions=["change"])
    def forget_second_factor(
        self, request: HttpRequest, rows: QuerySet[User]
    ) -> TemplateResponse | None:
        by, at = cast("User", request.user), timezone.now()
        return confirmed(
            self, request, rows,
            lambda user: actions.forget_second_factor(
                user=user, by=by, reason=request.POST["reason"].strip()[:300], at=at
            ),
            action="forget_second_factor",
            asks_why=True,
            title=_("Oublier le second facteur"),
            effect=_("Pour un téléphone perdu. Assurez-vous de l’identité de la personne : "
                     "elle en installera un autre à sa prochaine visite. Ses sessions se ferment; "
                     "une lettre le lui dit."),
            done=_("Le second facteur de %s est oublié."),
        )  # fmt: skip


class GrantStateFilter(StateFilter):
    title = _("état")
    states = (
        ("en-vigueur", _("en vigueur"), Q(ended_at__isnull=True)),
        ("termines", _("terminés"), Q(ended_at__isnull=False)),
    )


@admin.register(RoleGrant)
class RoleGrantAdmin(ListAdmin):
    """Roles given; one is added by the person's address, and ended from the list."""

    form = GrantForm
    fields = ("person", "role")
    list_display = ("user", "role", "granted_by", "granted_at", "ended_at")
    list_select_related = ("user", "granted_by")
    list_filter = (GrantStateFilter, "role")
    search_fields = ("user__sort_key", "user__email")
    ordering = ("-granted_at",)
    actions = ("end",)

    def has_change_permission(self, request: HttpRequest, obj: RoleGrant | None = None) -> bool:
        # Asked without an object for the actions of the list.
        return obj is None and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: RoleGrant | None = None) -> Any:
        return self.fields if obj is None else self.list_display

    def save_model(self, request: HttpRequest, obj: RoleGrant, form: Any, change: bool) -> None:
        user, role = form.cleaned_data["person"], Role(form.cleaned_data["role"])
        actions.grant_role(user=user, role=role, by=cast("User", request.user), at=timezone.now())
        obj.pk = RoleGrant.objects.get(user=user, role=role, ended_at=None).pk
        obj.user = user

    @admin.action(description=_("Terminer le rôle"), permissions=["change"])
    def end(self, request: HttpRequest, rows: QuerySet[RoleGrant]) -> TemplateResponse | None:
        by, at = cast("User", request.user), timezone.now()

        def end(grant: RoleGrant) -> bool:
            return actions.end_role(user=grant.user, role=Role(grant.role), by=by, at=at)

        return confirmed(
            self, request, rows.filter(ended_at=None), end,
            action="end",
            title=_("Terminer le rôle"),
            effect=_("L’accès que le rôle donne est retiré; les comptes restent."),
            done=_("Le rôle est terminé : %s."),
        )  # fmt: skip
