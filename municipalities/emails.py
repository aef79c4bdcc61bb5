"""Letters about belonging to an organisation, as messages. Nothing is sent from here."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from atn_platform.accounts.models import Card, User
from atn_platform.core import codes, wording
from atn_platform.core.office_hours import QUEBEC
from atn_platform.notifications.emails import Timing, absolute, compose, nobody, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from atn_platform.notifications.models import RefusedAddress
from municipalities.enums import Undone
from municipalities.models import (
    CLAIM_LIFE,
    DOMAIN_CODE_LIFE,
    INVITATION_LIFE,
    Claim,
    Invitation,
    MailDomain,
    Organisation,
    Responsibility,
)
from municipalities.queries.duties import DutyLine


@written_for(nobody)
def invitation(invited: Invitation, *, token: str, at: datetime) -> Message:
    """The letter with the link that accepts; one promise for each sending."""
    sender = str(invited.invited_by)
    organisation = invited.organisation.name
    return compose(
        key=f"invitation:{invited.pk}:{at:%Y%m%d%H%M%S}",
        category=Category.INVITATION,
        recipient=invited.email,
        template="invitation",
        context={
            "first_name": invited.first_name,
            "sender": sender,
            "organisation": organisation,
            "days": INVITATION_LIFE.days,
            "offers_english": invited.organisation.offers_english,
            "url": absolute("municipalities:invitation", token),
        },
        subject=_("%(sender)s vous invite à vous former") % {"sender": sender},
        reason=_("%(sender)s a donné votre adresse pour vous inviter, au nom %(of_organisation)s.")
        % {"sender": sender, "of_organisation": wording.of(organisation)},
        timing=Timing(expires_at=invited.expires_at),
    )


@written_for(lambda person, *_args, **_kw: person)
def farewell(person: User, organisation: Organisation, *, on: date) -> Message:
    """What stays theirs when they leave, and how to keep the way in; one for each departure."""
    return compose(
        key=f"farewell:{person.pk}:{organisation.pk}:{on:%Y%m%d}",
        category=Category.ACCOUNT,
        recipient=person,
        template="farewell",
        context={
            "first_name": person.first_name,
            "organisation": organisation.name,
            "on": on,
            "email": person.email,
            "url": absolute("accounts:email"),
        },
        subject=_("Votre compte et vos attestations vous restent"),
        reason=_("La personne responsable %(of_organisation)s a inscrit votre départ.")
        % {"of_organisation": wording.of(organisation)},
    )


@written_for(lambda person, *_args, **_kw: person)
def welcome(person: User, organisation: Organisation, *, sender: User | None) -> Message:
    """To someone whose town has just opened them an account: how to come in, and that they may.

    One for each person and organisation.
    """
    name = str(sender) if sender else _("Votre organisation")
    return compose(
        key=f"welcome:{person.pk}:{organisation.pk}",
        category=Category.INVITATION,
        recipient=person,
        template="welcome",
        context={
            "first_name": person.first_name,
            "sender": name,
            "organisation": organisation.name,
            "email": person.email,
            "offers_english": organisation.offers_english,
            "url": absolute("account_request_login_code"),
        },
        subject=_("Des formations courtes vous attendent avec %s") % organisation.name,
        reason=_("%(sender)s a inscrit votre adresse, au nom %(of_organisation)s.")
        % {"sender": name, "of_organisation": wording.of(organisation)},
    )


@written_for(lambda person, *_args, **_kw: person)
def card_printed(person: User, organisation: Organisation, *, printing: UUID, by: User) -> Message:
    """To whoever has an address: somebody printed a card that opens their account."""
    return compose(
        key=f"card:{person.pk}:{printing}",
        category=Category.ACCOUNT,
        recipient=person,
        template="card_printed",
        context={
            "first_name": person.first_name,
            "sender": str(by),
            "organisation": organisation.name,
            "url": absolute("accounts:profile"),
        },
        subject=_("Une carte d’accès est imprimée à votre nom"),
        reason=_("%(sender)s a imprimé une carte pour votre compte, au nom %(of_organisation)s.")
        % {"sender": by, "of_organisation": wording.of(organisation)},
    )


@written_for(lambda card, *_args, **_kw: card.user)
def card_to_box(card: Card, code: str, organisation: Organisation, *, by: User) -> Message:
    """To a box that several people read: what opens one person's account, once."""
    person = card.user
    return compose(
        key=f"card-sent:{card.pk}",
        category=Category.ACCOUNT,
        recipient=person,
        template="card_to_box",
        context={
            "person": str(person),
            "sender": str(by),
            "organisation": organisation.name,
            "handle": person.handle,
            "code": codes.spelled(code),
            "until": card.expires_at,
            "url": absolute("accounts:card"),
        },
        subject=_("Votre code d’accès à la plateforme"),
        reason=_("%(sender)s vous envoie un code, au nom %(of_organisation)s.")
        % {"sender": by, "of_organisation": wording.of(organisation)},
    )


@written_for(nobody)
def claim_code(claim: Claim, *, code: str) -> Message:
    """To the official letter box, whoever asked: who asks, the code, and what it opens."""
    place = claim.organisation.name
    return compose(
        key=f"claim-code:{claim.pk}",
        category=Category.ACCOUNT,
        recipient=claim.sent_to,
        template="claim_code",
        context={
            "claim": claim,
            "organisation": place,
            "code": code,
            "days": CLAIM_LIFE.days,
            "url": absolute("municipalities:claim-answer", claim.uuid),
        },
        subject=_("Code pour ouvrir l’espace de formation : %s") % place,
        reason=_("Une personne demande à répondre de la formation pour %s.") % place,
        timing=Timing(expires_at=claim.asked_at + CLAIM_LIFE),
    )


@written_for(nobody)
def claimant_code(claim: Claim, *, code: str) -> Message:
    """To the address that a claimant gave as theirs: the code that proves it."""
    place = claim.organisation.name
    path = absolute("municipalities:claim-answer", claim.uuid)
    return compose(
        key=f"claimant-code:{claim.pk}",
        category=Category.ACCOUNT,
        recipient=claim.email,
        template="claimant_code",
        context={
            "claim": claim,
            "organisation": place,
            "code": code,
            "days": CLAIM_LIFE.days,
            # Reading the page changes nothing: the code is only written down in its field.
            "url": f"{path}?{urlencode({'code': code})}",
        },
        subject=_("Votre code : %s") % code,
        reason=_("Quelqu’un a donné cette adresse pour ouvrir l’espace %s.") % wording.of(place),
        timing=Timing(expires_at=claim.asked_at + CLAIM_LIFE),
    )


@written_for(nobody)
def claimant_known(claim: Claim) -> Message:
    """The same, to an address that has an account: signing in is what proves it."""
    place = claim.organisation.name
    page = reverse("municipalities:claim-answer", args=[claim.uuid])
    return compose(
        key=f"claimant-known:{claim.pk}",
        category=Category.ACCOUNT,
        recipient=claim.email,
        template="claimant_known",
        context={
            "organisation": place,
            "url": f"{absolute('account_request_login_code')}?{urlencode({'next': page})}",
        },
        subject=_("Connectez-vous pour ouvrir l’espace %s") % wording.of(place),
        reason=_("Quelqu’un a donné cette adresse pour ouvrir l’espace %s.") % wording.of(place),
        timing=Timing(expires_at=claim.asked_at + CLAIM_LIFE),
    )


@written_for(nobody)
def claim_opened(claim: Claim, person: User) -> Message:
    """To the official letter box, when the code has served: who answers now."""
    place = claim.organisation.name
    return compose(
        key=f"claim-opened:{claim.pk}",
        category=Category.ACCOUNT,
        recipient=claim.sent_to,
        template="claim_opened",
        context={"person": str(person), "organisation": place},
        subject=_("L’espace de formation est ouvert : %s") % place,
        reason=_("Le code envoyé à cette adresse a servi."),
    )


@written_for(lambda _claim, responsable: responsable)
def claim_waiting(claim: Claim, responsable: User) -> Message:
    """To each responsable: someone asks to answer for the organisation with them."""
    place = claim.organisation.name
    return compose(
        key=f"claim-waiting:{claim.pk}:{responsable.pk}",
        category=Category.ACCOUNT,
        recipient=responsable,
        template="claim_waiting",
        context={
            "claim": claim,
            "organisation": place,
            "first_name": responsable.first_name,
            "url": absolute("municipalities:responsables", claim.organisation.handle),
        },
        subject=_("Une personne demande à répondre de la formation avec vous"),
        reason=_("Vous répondez de la formation pour %s.") % place,
    )


@written_for(lambda _claim, person: person)
def claim_granted(claim: Claim, person: User) -> Message:
    """To a claimant who is already among the people there: yes, and it holds at once."""
    place = claim.organisation.name
    return compose(
        key=f"claim-granted:{claim.pk}",
        category=Category.ACCOUNT,
        recipient=person,
        template="claim_granted",
        context={
            "organisation": place,
            "first_name": person.first_name,
            "url": absolute("enrollments:team", claim.organisation.handle),
        },
        subject=_("Vous répondez de la formation : %s") % place,
        reason=_("Vous avez demandé à répondre de la formation pour %s.") % place,
    )


@written_for(nobody)
def claim_refused(claim: Claim) -> Message:
    """To the claimant: no, and why."""
    place = claim.organisation.name
    return compose(
        key=f"claim-refused:{claim.pk}",
        category=Category.ACCOUNT,
        recipient=claim.email,
        template="claim_refused",
        context={"claim": claim, "organisation": place},
        subject=_("Votre demande pour %s") % place,
        reason=_("Vous avez demandé à répondre de la formation pour %s.") % place,
    )


@written_for(lambda _claim, reader, _said: reader if isinstance(reader, User) else None)
def claim_undone(claim: Claim, reader: User | str, said: Undone) -> Message:
    """The yes is taken back: to the claimant, to whoever they named, to the official box."""
    place = claim.organisation.name
    person = reader if isinstance(reader, User) else None
    return compose(
        key=f"claim-undone:{claim.pk}:{person.pk if person else said}",
        category=Category.ACCOUNT,
        recipient=reader,
        template="claim_undone",
        context={
            "claim": claim,
            "said": said,
            "organisation": place,
            "first_name": person.first_name if person else "",
        },
        subject=_("Responsabilité retirée : %s") % place,
        reason=_("L’Académie ou l’UMQ est revenue sur une réponse donnée pour %s.") % place,
    )


@written_for(nobody)
def domain_code(row: MailDomain, *, code: str, by: User, at: datetime) -> Message:
    """To whoever runs a domain: the code that proves it is the organisation's."""
    organisation = row.organisation.name
    return compose(
        key=f"domain:{row.pk}:{at:%Y%m%d%H%M%S}",
        category=Category.ACCOUNT,
        recipient=row.sent_to,
        template="domain_code",
        context={
            "code": f"{code[:4]}-{code[4:]}",
            "domain": row.domain,
            "organisation": organisation,
            "sender": str(by),
            "hours": int(DOMAIN_CODE_LIFE.total_seconds() // 3600),
        },
        subject=_("Code pour le domaine %s") % row.domain,
        reason=_("%(sender)s déclare que le domaine %(domain)s est celui %(of_organisation)s.")
        % {"sender": by, "domain": row.domain, "of_organisation": wording.of(organisation)},
        timing=Timing(expires_at=row.code_expires_at),
    )


@written_for(lambda _refusal, answering: answering.user)
def address_refused(refusal: RefusedAddress, answering: Responsibility) -> Message:
    """To whoever answers for someone whose address takes no letters; one for each refusal."""
    return compose(
        key=f"address-refused:{refusal.pk}:{answering.pk}",
        category=Category.ACCOUNT,
        recipient=answering.user,
        template="address_refused",
        context={
            "first_name": answering.user.first_name,
            "address": refusal.address,
            "organisation": answering.organisation.name,
            "url": absolute("enrollments:team", answering.organisation.handle),
        },
        subject=_("Une adresse de vos gens ne reçoit plus nos messages"),
        reason=_("Vous répondez de la formation des gens %s.")
        % wording.of(answering.organisation),
    )


@written_for(lambda line, **_kw: line.mandate.user)
def duty_near(line: DutyLine, *, days: int, leaves_at: datetime) -> Message:
    """A deadline that the law sets comes near; one for each training and distance in days."""
    person, training = line.mandate.user, wording.quoted(str(line.duty.label))
    day = wording.day(line.deadline)
    over = datetime.combine(line.deadline + timedelta(days=1), time(), QUEBEC)
    return compose(
        key=f"duty:{line.mandate.pk}:{line.duty}:{days}",
        category=Category.REMINDER,
        recipient=person,
        template="duty_near",
        context={
            "first_name": person.first_name,
            "training": training,
            "organisation": line.mandate.organisation.name,
            "day": day,
            "url": absolute("municipalities:my-duties"),
        },
        subject=_("Échéance le %(day)s : %(training)s") % {"training": training, "day": day},
        reason=_("La loi demande cette formation à chaque membre du conseil; nous l’écrivons 90, "
                 "30 et 7 jours avant l’échéance."),
        timing=Timing(not_before=leaves_at, expires_at=over),
    )  # fmt: skip
