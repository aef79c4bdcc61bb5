"""P-23: beside each form that takes personal data, what becomes of it."""

import hashlib
import re
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.urls import reverse
from pytest_django.asserts import assertContains

from atn_platform.core.notices import NOTICES, notice_on
from atn_platform.settings import services
from tests.test_house import HOUSE, house_files

ROOT = Path(settings.BASE_DIR)
PERSONAL = {
    "accessibility_needs", "about", "email", "file", "first_name", "full_name", "function",
    "last_name", "message", "name", "on_behalf", "pasted", "people", "person", "phone", "proof",
    "trainer", "wanted",
}  # fmt: skip
# The notice of each form, and the templates that draw it.
FORMS = {
    "accounts.forms.RequestCodeForm": ("sign-in", "account/request_login_code.html"),
    "accounts.forms.NameForm": ("name", "accounts/profile.html"),
    "portal.forms.CallBackForm": ("call-back", "portal/help.html"),
    "rights.forms.RectificationForm": ("rights", "rights/rectification.html"),
    "enrollments.forms.SeatForm": (
        "seat", "enrollments/session.html", "enrollments/session_mine.html",
    ),
    "enrollments.forms.papers.FindSheetForm": ("paper", "enrollments/papers/index.html"),
    # Its fields are made from the sheet.
    "enrollments.forms.papers.SheetForm": ("paper", "enrollments/papers/lines.html"),
    "enrollments.forms.ReviewForm": ("review", "enrollments/reviews/ask.html"),
    "enrollments.forms.DoorForm": ("others", "enrollments/attendance.html"),
    "municipalities.forms.AcceptForm": ("invitation", "municipalities/invitation.html"),
    "municipalities.forms.InviteForm": ("others", "components/invite_form.html"),
    "municipalities.forms.InviteManyForm": ("others", "municipalities/invite.html"),
    "municipalities.forms.claims.ClaimForm": ("claim", "municipalities/claims/claim.html"),
    "municipalities.forms.claims.ResponsibleForm": (
        "others", "municipalities/claims/responsables.html",
    ),
    "municipalities.forms.duties.TrainingForm": ("duty", "municipalities/duties/declare.html"),
    "enrollments.forms.paths.RecognitionForm": ("elsewhere", "enrollments/path_elsewhere.html"),
    "enrollments.forms.coaching.BookForm": (
        "appointment", "enrollments/coaching/appointments.html",
    ),
    # Their fields are made from the framework, and from the scenario.
    "enrollments.forms.skills.LevelsForm": ("skills", "enrollments/skills/mine.html"),
    "enrollments.forms.skills.PositioningForm": (
        "positioning", "enrollments/skills/positioning.html",
    ),
    "municipalities.forms.imports.ListForm": ("others", "municipalities/imports/hand_in.html"),
    "municipalities.forms.joining.JoinForm": ("joining", "municipalities/joining/join.html"),
    "municipalities.forms.mandates.TermForm": ("others", "municipalities/mandates/edit.html"),
    "municipalities.forms.mandates.AnotherForm": (
        "others", "municipalities/mandates/another.html",
    ),
    # Their fields are made from the seats.
    "municipalities.forms.council.CouncilForm": ("others", "municipalities/council/grid.html"),
    "municipalities.forms.election.RenewalForm": ("others", "municipalities/election/form.html"),
}  # fmt: skip
# Nothing of anybody is taken there, or ATN writes of somebody to whom its own letter says it all.
NO_NOTICE = {
    "accounts.forms.AddKeyForm": "the name of a device",
    "accounts.forms.EditKeyForm": "the name of a device",
    "accounts.forms.AccountForm": "ATN corrects an account, on its person's word",
    "accounts.forms.GrantForm": "ATN gives a role",
    "accounts.forms.ForgottenForm": "the address of an account that is there already",
    "certificates.forms.NameForm": "compared with an attestation, and not kept",
    "merging.forms.AddressForm": "the address of an account that is there already",
    "municipalities.forms.ResponsibilityForm": "ATN names a responsable",
    "municipalities.forms.cards.CardsForm": "the number to call, printed on the cards",
    "municipalities.forms.readings.ReadingForm": "the registry of municipalities",
    "retention.forms.HoldForm": "ATN spares somebody's data",
    "rights.forms.WrittenForm": "a letter that reached ATN",
}
# SHA-256 of the words of each version, its first eight signs: words that change are a version.
WORDS = {
    ("sign-in", "2026-11-30"): "9db6a24c",
    ("name", "2026-11-30"): "7059caaf",
    ("call-back", "2026-11-30"): "56535e27",
    ("invitation", "2026-11-30"): "8492905b",
    ("joining", "2026-11-30"): "56db8d2f",
    ("claim", "2026-11-30"): "be7ad7e9",
    ("claim", "2026-12-01"): "9f570483",
    ("others", "2026-11-30"): "1aea5e2d",
    ("paper", "2026-12-01"): "55e1834b",
    ("review", "2026-11-30"): "f8da9d8a",
    ("seat", "2026-11-30"): "808c0375",
    ("duty", "2026-11-30"): "a1e714cd",
    ("elsewhere", "2026-11-30"): "1813a24f",
    ("elsewhere", "2026-12-01"): "d5d202e9",
    ("skills", "2026-11-30"): "023998de",
    ("positioning", "2026-11-30"): "db447011",
    ("appointment", "2026-11-30"): "374df6cb",
    ("appointment", "2026-12-01"): "5494388b",
    ("rights", "2026-11-30"): "2119215c",
}


def every_form():
    for path in house_files("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if ".forms" in name and "courses" not in name:
            import_module(name.removesuffix(".__init__"))
    left = [forms.BaseForm]
    while left:
        for kind in left.pop().__subclasses__():
            left.append(kind)
            if kind.__module__.split(".")[0] in HOUSE and not kind.__module__.startswith(
                "courses"
            ):
                name = f"{kind.__module__}.{kind.__name__}".removeprefix("atn_platform.")
                yield name, set(getattr(kind, "base_fields", {}))


def test_p23_every_form_that_asks_something_personal_has_its_notice():
    asking = {name for name, fields in every_form() if fields & PERSONAL}
    assert asking - set(FORMS) - set(NO_NOTICE) == set(), "a notice, in FORMS and on its page"
    assert (set(FORMS) | set(NO_NOTICE)) - {name for name, __ in every_form()} == set()


@pytest.mark.parametrize("name", FORMS)
def test_p23_the_page_of_a_form_draws_its_notice(name):
    key, *templates = FORMS[name]
    for template in templates:
        assert f'{{% notice "{key}" %}}' in (ROOT / "templates" / template).read_text(), template


def test_p23_words_that_change_are_a_new_version():
    found = {
        (key, each.since.isoformat()): hashlib.sha256(
            "|".join(map(str, (each.purpose, each.mandatory, each.readers, each.kept))).encode()
        ).hexdigest()[:8]
        for key, versions in NOTICES.items()
        for each in versions
    }
    assert found == WORDS
    for key, versions in NOTICES.items():
        days = [each.since for each in versions]
        assert days == sorted(set(days)), key


def test_p23_the_day_of_a_row_tells_which_words_its_person_read():
    first = NOTICES["name"][0]
    assert notice_on("name", date(2020, 1, 1)) is first
    assert notice_on("name", date(2030, 1, 1)) is NOTICES["name"][-1]


@pytest.mark.django_db
def test_p23_a_notice_says_why_who_how_long_and_whom_to_write_to(client):
    page = client.get(reverse("portal:help"))
    for words in ("vous rappeler", "24 mois après la réponse", "Qui les voit", "faire corriger"):
        assertContains(page, words)


@pytest.mark.django_db
def test_p26_the_services_of_others_stand_on_the_page_with_their_place(client, settings):
    page = reverse("portal:privacy")
    assertContains(client.get(page), "rien ne sort de la plateforme")
    settings.OUTSIDE_SERVICES = services.read("smtp.example | courriels | Québec | EFVP-2026-01")
    assertContains(client.get(page), "smtp.example, Québec (EFVP-2026-01)")


@pytest.mark.django_db
def test_p23_where_umq_is_said_to_read_counts_its_one_exception_is_said(client):
    """It reads requests of responsibility, so that « que des nombres » alone would be untrue."""
    assertContains(client.get(reverse("portal:privacy")), "lit aussi votre demande")
    for page in (ROOT / "templates").rglob("*.html"):
        for sentence in re.findall(r"[^.\"]*UMQ ne voit que des nombres[^.\"]*", page.read_text()):
            assert re.search("lit aussi votre demande|De votre formation", sentence), page
