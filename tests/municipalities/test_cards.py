"""Cards as a responsable prints them: for whom, what the paper says, and who learns of it."""

import io
import re
from uuid import uuid4

import page as page_validation
import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.actions import PrintedCard
from atn_platform.accounts.models import Card, User, handle_of
from atn_platform.audit.models import Entry
from atn_platform.notifications.models import OutgoingEmail
from municipalities import pdf
from municipalities.actions import cards, imports
from municipalities.models import Organisation
from tests.accounts.test_cards import enter, inside
from tests.factories import NOON, MandateFactory, MunicipalityFactory, ResponsibilityFactory
from tests.municipalities.lists import listed

pytestmark = pytest.mark.django_db

CODE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}")


@pytest.fixture
def ginette():
    place = MunicipalityFactory(code="46010", name="Saint-Exemple")
    held = ResponsibilityFactory(
        organisation=place, user__first_name="Ginette", user__last_name="Ouellet"
    )
    MandateFactory(user=held.user, organisation=place)
    return held.user


def someone(ginette, first, last, **fields):
    facts = {"email": None, "password": "!", "first_name": first, "last_name": last} | fields
    return MandateFactory(
        organisation=ginette.responsibilities.get().organisation,
        **{f"user__{name}": value for name, value in facts.items()},
    ).user


def page(handle="46010"):
    return reverse("municipalities:cards", args=[handle])


def confirm(client, *people):
    return client.post(page(), {"person": [each.pk for each in people]})


def print_pdf(client, *people, printing=None, phone=""):
    return client.post(
        page(),
        {
            "person": [each.pk for each in people],
            "printing": printing or uuid4(),
            "phone": phone,
        },
    )


def words(answer) -> str:
    return " ".join(
        " ".join(each.extract_text().split())
        for each in PdfReader(io.BytesIO(answer.content)).pages
    )


def test_people_without_an_address_are_there_and_ticked(client, ginette):
    luc = someone(ginette, "Luc", "Bélanger")
    amina = someone(ginette, "Amina", "Roy", email="amina@ville.example")
    client.force_login(ginette)
    shown = client.get(page())
    assertContains(shown, "Luc Bélanger")
    assertContains(shown, f'value="{luc.pk}" checked')
    assertNotContains(shown, "Amina Roy")
    everyone = client.get(page(), {"qui": "tous"})
    assertContains(everyone, "Amina Roy")
    assertNotContains(everyone, f'value="{amina.pk}" checked')


def test_luc_s_card_names_him_the_town_and_whom_to_call(client, ginette):
    luc = someone(ginette, "Luc", "Bélanger")
    client.force_login(ginette)
    assertContains(confirm(client, luc), "Luc Bélanger")
    assert not Card.objects.exists()  # looking makes nothing
    answer = print_pdf(client, luc, phone="418 555-0162")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    text = words(answer)
    for said in (
        "Saint-Exemple", "Luc Bélanger", "luc.belanger@saint-exemple", "Ginette Ouellet",
        "418 555-0162", "Bon jusqu’au", "localhost:8000/",
    ):  # fmt: skip
        assert said in text, said
    luc.refresh_from_db()
    visitor = Client()
    enter(visitor, luc.handle, CODE.search(text)[0])
    assert inside(visitor)
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"cards.printed", "account.card-printed", "account.card-used"} <= verbs


def test_the_confirmation_says_which_cards_die_and_only_those_chosen_do(client, ginette):
    luc, rejean = someone(ginette, "Luc", "Bélanger"), someone(ginette, "Réjean", "Tremblay")
    client.force_login(ginette)
    codes = CODE.findall(words(print_pdf(client, luc, rejean)))
    assertContains(confirm(client, luc), "la carte d’avant ne servira plus")
    print_pdf(client, luc)
    opened = []
    for user, code in zip((luc, rejean), codes, strict=True):
        user.refresh_from_db()
        visitor = Client()
        enter(visitor, user.handle, code)
        opened.append(inside(visitor))
    assert opened == [False, True]


def test_sending_the_same_page_twice_prints_the_same_cards(client, ginette):
    luc, printing = someone(ginette, "Luc", "Bélanger"), uuid4()
    client.force_login(ginette)
    first = print_pdf(client, luc, printing=printing)
    again = print_pdf(client, luc, printing=printing)
    assert words(first) == words(again)
    assert Card.objects.count() == 1


def test_someone_who_has_an_address_is_told_and_may_cancel(client, ginette):
    amina = someone(ginette, "Amina", "Roy", email="amina@ville.example")
    client.force_login(ginette)
    text = words(print_pdf(client, amina))
    letter = OutgoingEmail.objects.get(recipient=amina)
    assert letter.subject == "Une carte d’accès est imprimée à votre nom"
    assert "Ginette Ouellet" in letter.text
    assert not CODE.search(letter.text)
    own = Client()
    own.force_login(amina)
    assertContains(own.get("/compte/"), "Annuler cette carte")
    own.post(reverse("accounts:cancel-card"))
    visitor = Client()
    amina.refresh_from_db()
    enter(visitor, amina.handle, CODE.search(text)[0])
    assert not inside(visitor)
    assert Entry.objects.filter(verb="account.card-cancelled").exists()


def test_s16_people_of_another_town_get_no_card_from_here(client, ginette):
    stranger = MandateFactory(user__email=None).user
    luc = someone(ginette, "Luc", "Bélanger")
    client.force_login(ginette)
    assert confirm(client, stranger).status_code == 422
    print_pdf(client, luc, stranger)
    assert [each.user for each in Card.objects.all()] == [luc]
    client.force_login(ResponsibilityFactory().user)
    assert client.get(page()).status_code == 404
    assert print_pdf(client, luc).status_code == 404


def test_what_is_wrong_is_said(client, ginette, monkeypatch):
    luc = someone(ginette, "Luc", "Bélanger")
    boss = ResponsibilityFactory(
        organisation=ginette.responsibilities.get().organisation, second_factor=False
    ).user
    MandateFactory(user=boss, organisation=ginette.responsibilities.get().organisation)
    client.force_login(ginette)
    assertContains(confirm(client), "Cochez les personnes", status_code=422)
    nonsense = client.post(page(), {"person": ["x", "9" * 40]})
    assertContains(nonsense, "Cochez les personnes", status_code=422)
    assertContains(print_pdf(client, luc, boss), "second facteur", status_code=422)
    assert not Card.objects.exists()
    monkeypatch.setattr(cards, "MOST_CARDS", 1)
    assertContains(confirm(client, luc, ginette), "1 cartes à la fois", status_code=422)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_whatever_its_length(
    client, ginette, django_assert_num_queries, count
):
    for rank in range(count):
        someone(ginette, "Luc", f"Roy {rank}")
    client.force_login(ginette)
    client.get(page())
    # Session, person, organisation, people, their cards; the line of the log of viewings.
    with django_assert_num_queries(6):
        assertContains(client.get(page()), "Luc Roy", count=count)


def test_an_import_is_taken_back_with_the_cards_that_nobody_used(client, ginette):
    place = ginette.responsibilities.get().organisation
    batch = imports.receive(
        organisation=place, name="gens.csv",
        content=listed(("Luc", "Bélanger", "", "voirie", "personnel")), by=ginette, at=NOON,
    )  # fmt: skip
    imports.start(batch_id=batch.pk, writes=False)
    imports.commit(batch_id=batch.pk, at=NOON)
    client.force_login(ginette)
    print_pdf(client, User.objects.get(last_name="Bélanger"))
    from municipalities.actions.import_undo import undo  # noqa: PLC0415

    undo(batch_id=batch.pk, by=ginette, at=NOON)
    assert not User.objects.filter(last_name="Bélanger").exists()


LONGEST = ("Marie-Ève-Antoinette-Clémence-Joséphine", "L’Écuyer-Saint-Pierre de la Rochelle")


def sheet(people, place="Saint-Exemple") -> bytes:
    made = []
    for first, last in people:
        user = User(first_name=first, last_name=last, handle=handle_of(first, last, place))
        made.append(PrintedCard(Card(user=user, expires_at=timezone.now()), "ACEFGHJKMNPR"))
    by = User(first_name="Ginette", last_name="Ouellet")
    here = Organisation(name=place, official_name=place, code="00620")
    return pdf.cards(made, here, printing=uuid4(), by=by, phone="418 555-0162")


@pytest.mark.parametrize("count", [1, 6, 7])
def test_the_sheet_meets_pdf_ua_1_six_cards_a_page(count):
    content = sheet([("Luc", "Bélanger")] * count)
    report = page_validation.validate_pdf_bytes(content, profile="ua1")
    assert report.rules.total > 100
    assert [failure.rule_id for failure in report.failures] == []
    reader = PdfReader(io.BytesIO(content))
    assert len(reader.pages) == (count + 5) // 6
    fonts = {
        each["/BaseFont"].partition("+")[2]
        for each in reader.pages[0]["/Resources"]["/Font"].values()
    }
    assert "ATN-Code-Bold" in fonts
    assert all(name.startswith("ATN-") for name in fonts), fonts


def test_the_longest_names_stay_inside_their_card():
    content = sheet([LONGEST, ("Luc", "Roy")], place="Saint-Louis-de-Gonzague-du-Cap-Tourmente")
    text_page = pypdfium2.PdfDocument(content)[0].get_textpage()
    boxes = [text_page.get_rect(rank) for rank in range(text_page.count_rects())]
    left = {text_page.get_text_bounded(*box): box[1] for box in boxes if box[0] < 300}
    [lowest] = [bottom for said, bottom in left.items() if "418 555" in said]
    assert lowest > 792 - 36 - 3.32 * 72


def test_a_name_of_three_hyphens_is_printed_whole():
    """Cut at the second line, it named somebody else."""
    content = sheet([("Marie-Ève-Émilienne", "de La Bruère-Beauchemin-Charbonneau-Lajeunesse")])
    page = pypdfium2.PdfDocument(content)[0].get_textpage()
    boxes = [page.get_rect(rank) for rank in range(page.count_rects())]
    said = {page.get_text_bounded(*box): box for box in boxes}
    [end] = [box[1] for words, box in said.items() if "Lajeunesse" in words]
    [below] = [box[3] for words, box in said.items() if "Votre identifiant" in words]
    assert end > below


def test_a_name_in_a_card_is_only_text():
    content = sheet([("<b>Luc</b>", "&amp; <img src='http://127.0.0.1:1/x'>")])
    text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(content)).pages)
    assert "<b>Luc</b>" in text
