"""The poster on the wall, those who read it, and the yes of a responsable."""

import re
import threading
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.urls import reverse
from pypdf import PdfReader
from pytest_django.asserts import assertContains

from atn_platform.accounts.limits import LIMITS
from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from atn_platform.notifications.models import OutgoingEmail
from municipalities.actions import joining
from municipalities.actions.joining import Reader
from municipalities.enums import Public
from municipalities.models import Invitation, JoinRequest, Mandate, Poster
from tests.factories import (
    NOON,
    MandateFactory,
    MunicipalityFactory,
    ResponsibilityFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

LUC = {"first_name": "Luc", "last_name": "Bélanger", "public": "staff", "function": "voirie"}


@pytest.fixture
def louise():
    place = MunicipalityFactory(code="46010", name="Abercorn")
    return ResponsibilityFactory(organisation=place).user


@pytest.fixture
def poster(louise):
    place = louise.responsibilities.get().organisation
    return joining.put_up(organisation=place, by=louise, at=NOON)


def at(page, *args):
    return reverse(f"municipalities:{page}", args=args)


def test_a_poster_is_made_once_printed_and_taken_down(client, louise):
    client.force_login(louise)
    assertContains(client.get(at("poster", "46010")), "Faire une affiche")
    for _twice in range(2):
        client.post(at("change-poster", "46010"))
    shown = Poster.objects.get()
    assertContains(client.get(at("poster", "46010")), shown.code)
    printed = client.get(at("poster-pdf", "46010"))
    [page] = PdfReader(BytesIO(printed.content)).pages
    text = page.extract_text()
    assert shown.code in text
    assert "Abercorn" in text
    client.post(at("change-poster", "46010"), {"down": "1"})
    assert client.get(at("poster-pdf", "46010")).status_code == 404
    assert client.get(at("join", shown.code)).status_code == 404


def test_luc_asks_without_an_address_and_is_accepted(client, louise, poster):
    page = client.post(at("join", poster.code.lower()), LUC)
    assertContains(page, "C’est noté")
    assert User.objects.filter(last_name="Bélanger").count() == 0
    client.force_login(louise)
    assertContains(client.get(at("poster", "46010")), "Luc Bélanger")
    asked = JoinRequest.objects.get()
    client.post(at("decide-joining", "46010"), {"request": asked.pk, "accept": "1"})
    luc = User.objects.get(last_name="Bélanger")
    assert luc.email is None
    assert luc.mandates.get().function == "voirie"
    # A second sending of the same page changes nothing.
    client.post(at("decide-joining", "46010"), {"request": asked.pk, "accept": "1"})
    assert Mandate.objects.filter(user=luc).count() == 1


def test_with_an_address_the_yes_is_a_letter(client, louise, poster):
    client.post(at("join", poster.code), LUC | {"email": "LUC@courriel.example"})
    client.force_login(louise)
    client.post(
        at("decide-joining", "46010"), {"request": JoinRequest.objects.get().pk, "accept": "1"}
    )
    assert Invitation.objects.get().email == "luc@courriel.example"
    assert User.objects.filter(email="luc@courriel.example").count() == 0


def test_a_no_makes_nobody_and_writes_to_nobody(client, louise, poster):
    client.post(at("join", poster.code), LUC)
    client.force_login(louise)
    client.post(
        at("decide-joining", "46010"), {"request": JoinRequest.objects.get().pk, "refuse": "1"}
    )
    assert JoinRequest.objects.get().decided_by == louise
    assert Mandate.objects.count() == OutgoingEmail.objects.count() == 0


def test_s38_an_address_that_has_an_account_gets_the_same_page(client, poster):
    UserFactory(email="connue@courriel.example")
    pages = [
        re.sub(
            r'value="\w{64}"',
            "",
            client.post(
                at("join", poster.code), LUC | {"email": f"{name}@courriel.example"}
            ).content.decode(),
        )
        for name in ("connue", "inconnue")
    ]
    assert pages[0] == pages[1]


def test_b82_luc_who_asks_again_is_not_seated_twice_by_a_distracted_yes(client, louise, poster):
    """Nor is whoever was here before: the box is not ticked, and the page says why."""
    place = poster.organisation
    MandateFactory(organisation=place, user__email=None, user__first_name="Luc",
                   user__last_name="Bélanger", ends_on=date(2024, 1, 1), starts_on=date(2023, 1, 1))  # fmt: skip
    for first, last in (("luc", "BELANGER"), ("Zoé", "Nouvelle")):
        joining.ask(code=poster.code, reader=Reader(first, last, Public.STAFF), at=NOON)
    client.force_login(louise)
    page = client.get(reverse("municipalities:poster", args=[place.handle])).text
    assert page.count("est ou a été dans vos gens") == 1
    assert re.findall(r'name="request" value="\d+"( checked)?', page) == ["", " checked"]


def test_s35_three_hundred_colleagues_may_join_by_the_poster_behind_one_address(client, poster):
    """Each reads it, mistypes once, and asks, within the ten minutes of the limit."""
    page = at("join", poster.code)
    answers = [
        client.get(page),
        client.post(page, LUC | {"last_name": ""}),
        client.post(page, LUC),
    ]
    told = [each.status_code for each in answers]
    assert told == [200, 422, 200]
    assert 300 * len(told) <= LIMITS["invitation"][0].amount


@pytest.mark.parametrize("key", ["9" * 30, "9" * 5_000, "x", "-1"])
def test_s13_b87_a_key_that_is_none_is_no_error(client, louise, poster, key):
    client.force_login(louise)
    page = reverse("municipalities:decide-joining", args=[poster.organisation.handle])
    assert client.post(page, {"request": key, "accept": "1"}).status_code == 302


def test_asking_twice_is_one_request_and_a_crowd_is_stopped(poster, monkeypatch):
    for _twice in range(2):
        joining.ask(code=poster.code, reader=Reader("Luc", "Roy", "staff"), at=NOON)
    assert JoinRequest.objects.count() == 1
    monkeypatch.setattr(joining, "REQUESTS_A_DAY", 1)
    with pytest.raises(ActionError, match="Revenez demain"):
        joining.ask(code=poster.code, reader=Reader("Ann", "Roy", "staff"), at=NOON)


def test_what_is_wrong_is_said_and_kept(client, poster):
    page = client.post(at("join", poster.code), LUC | {"public": "", "email": "luc@"})
    assertContains(page, "Choisissez ce qui vous décrit", status_code=422)
    assertContains(page, "Bélanger", status_code=422)


@pytest.mark.parametrize("page", ["poster", "poster-pdf", "change-poster", "decide-joining"])
def test_s16_the_poster_of_another_town_is_nowhere(client, poster, page):
    client.force_login(ResponsibilityFactory().user)
    method = client.get if page in ("poster", "poster-pdf") else client.post
    assert method(at(page, "46010")).status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("locked", "count"), [(True, 1), (False, 2)])
def test_two_yes_at_once_seat_someone_once(monkeypatch, locked, count):
    """The control, without the lock on the requests, seats them twice."""
    held = ResponsibilityFactory(organisation=MunicipalityFactory(code="46010"))
    shown = joining.put_up(organisation=held.organisation, by=held.user, at=NOON)
    asked = joining.ask(code=shown.code, reader=Reader("Luc", "Roy", "staff"), at=NOON)
    seat, met = joining._seat, threading.Barrier(2, timeout=5)

    def together(*args, **kwargs):
        if not locked:
            met.wait()
        seat(*args, **kwargs)

    monkeypatch.setattr(joining, "_seat", together)
    if not locked:
        queryset = type(JoinRequest.objects.all())
        monkeypatch.setattr(queryset, "select_for_update", lambda self, **kw: self)

    def run():
        try:
            joining.decide(
                organisation=held.organisation, request_ids=[asked.pk], accepts=True,
                by=held.user, at=NOON,
            )  # fmt: skip
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert User.objects.filter(last_name="Roy").count() == count
