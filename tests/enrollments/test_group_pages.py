"""The pages that enrol people together and remind them: what is asked, said, refused."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from atn_platform.notifications.models import OutgoingEmail
from enrollments.enums import GroupState
from enrollments.models import Enrollment, GroupEnrollment, PathEnrollment
from enrollments.views import groups as views
from municipalities.enums import Public
from tests.factories import (
    LONG_AGO,
    EnrollmentFactory,
    MandateFactory,
    PathFactory,
    ResponsibilityFactory,
    VersionFactory,
    agreeing,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ginette(client):
    responsibility = ResponsibilityFactory(user__first_name="Ginette", user__last_name="Ouellet")
    client.force_login(responsibility.user)
    return responsibility


@pytest.fixture
def course():
    return VersionFactory().course


def address(name, responsibility) -> str:
    return reverse(f"enrollments:{name}", args=[responsibility.organisation.handle])


def people(ginette, count=2, **facts):
    return [MandateFactory(organisation=ginette.organisation, **facts) for _ in range(count)]


def post_choice(client, ginette, mandates, wanted, query=""):
    data = {"people": [each.pk for each in mandates], "object": wanted}
    return client.post(address("enroll-people", ginette) + query, data)


def text_of(page) -> str:
    return " ".join(page.content.decode().split())


def test_everyone_is_ticked_and_choosing_a_course_shows_what_would_happen(client, ginette, course):
    mandates = people(ginette)
    page = client.get(address("enroll-people", ginette))
    assert [ticked for __, ticked in page.context["rows"]] == [True, True]
    assert "2 personnes cochées" in text_of(page)
    none = client.get(address("enroll-people", ginette) + "?aucune=1")
    assert [ticked for __, ticked in none.context["rows"]] == [False, False]
    answer = post_choice(client, ginette, mandates, f"cours-{course.pk}")
    group = GroupEnrollment.objects.get()
    assert answer.headers["Location"] == reverse("enrollments:group", args=[group.pk])
    draft = text_of(client.get(answer.headers["Location"]))
    assert "Ce qui va se passer" in draft
    assert "Inscrire 2 personnes" in draft
    assert "vous propose le cours" in draft
    # The foot of the letter holds its reader's own links.
    assert "/messages/" not in draft.partition("Le courriel qui partira")[2].partition("</div>")[0]
    assert not Enrollment.objects.exists()


def test_the_button_pressed_twice_enrols_once_and_the_page_leads_to_the_undoing(
    client, ginette, course
):
    post_choice(client, ginette, people(ginette), f"cours-{course.pk}")
    group = GroupEnrollment.objects.get()
    for _ in range(2):
        client.post(reverse("enrollments:group-enroll", args=[group.pk]), {"advised_on": ""})
    assert Enrollment.objects.count() == OutgoingEmail.objects.count() == 2
    undo = reverse("enrollments:group-undo", args=[group.pk])
    assert undo in text_of(client.get(reverse("enrollments:group", args=[group.pk])))
    Enrollment.objects.filter(pk=Enrollment.objects.first().pk).update(
        first_activity_at=timezone.now()
    )
    assert "Ont commencé : elles restent inscrites (1)" in text_of(client.get(undo))
    client.post(undo)
    assert Enrollment.objects.count() == 1
    group.refresh_from_db()
    assert group.state == GroupState.UNDONE
    assert "ne s’annule plus" in text_of(client.get(undo))


def test_what_is_missing_is_said_and_ticks_are_kept(client, ginette, course):
    one, two = people(ginette)
    nobody = post_choice(client, ginette, [], f"cours-{course.pk}")
    assert nobody.status_code == 422
    assert "Cochez au moins une personne." in text_of(nobody)
    nothing = post_choice(client, ginette, [one], "cours-0")
    assert "Cette formation n’est plus offerte." in text_of(nothing)
    assert dict(nothing.context["rows"]) == {one: True, two: False}
    strange = post_choice(client, ginette, [MandateFactory()], f"cours-{course.pk}")
    assert "n’est plus dans la liste" in text_of(strange)
    assert not GroupEnrollment.objects.exists()


def test_a_date_that_cannot_be_read_or_is_past_is_said_at_its_field(client, ginette, course):
    post_choice(client, ginette, people(ginette), f"cours-{course.pk}")
    enroll = reverse("enrollments:group-enroll", args=[GroupEnrollment.objects.get().pk])
    for typed, said in (("demain", "Écrivez la date ainsi"), ("2020-01-01", "est passée")):
        page = client.post(enroll, {"advised_on": typed})
        assert page.status_code == 422
        assert said in text_of(page)
        assert typed in text_of(page)
    assert not Enrollment.objects.exists()


def test_filtered_lists_are_enrolled_as_filtered(client, ginette, course):
    (clerk,) = people(ginette, 1, function="greffe")
    people(ginette, 1, function="voirie")
    page = client.get(address("enroll-people", ginette) + "?fonction=greffe")
    assert [mandate for mandate, __ in page.context["rows"]] == [clerk]


def test_a_list_that_is_too_long_says_so(client, ginette, course, monkeypatch):
    monkeypatch.setattr(views, "LARGEST_GROUP", 1)
    people(ginette)
    page = client.get(address("enroll-people", ginette))
    assert len(page.context["rows"]) == 1
    assert "compte plus de 1 personnes" in text_of(page)


def test_parcours_by_function_in_one_act(client, ginette):
    """Persona 4: three parcours according to function; a function prevails over its public."""
    paths = [PathFactory(courses=[VersionFactory().course]) for _ in range(3)]
    (clerk,) = people(ginette, 1, function="Greffe")
    (second,) = people(ginette, 1, function="greffe ")
    (mayor,) = people(ginette, 1, function="mairesse", public=Public.ELECTED)
    (digger,) = people(ginette, 1, function="voirie")
    page = client.get(address("assign", ginette))
    fields = {each.label: each.name for each in page.context["form"]}
    data = {
        fields["Greffe (2)"]: paths[0].pk,
        fields["Élues et élus (1)"]: paths[1].pk,
        fields["Personnel municipal (3)"]: paths[2].pk,
    }
    group = client.post(address("assign", ginette), data).headers["Location"]
    client.post(f"{group}faire/")
    assert set(PathEnrollment.objects.values_list("learner", "path")) == {
        (clerk.user_id, paths[0].pk),
        (second.user_id, paths[0].pk),
        (mayor.user_id, paths[1].pk),
        (digger.user_id, paths[2].pk),
    }
    client.post(f"{group}annuler/")
    assert not PathEnrollment.objects.exists()
    assert not Enrollment.objects.exists()
    empty = client.post(address("assign", ginette), {})
    assert "Choisissez au moins un parcours." in text_of(empty)


def test_p30_what_elected_people_follow_is_not_told_by_the_preview(client, ginette, course):
    """P-30: who is enrolled already, and who has begun, is shown with their consent alone."""
    (private,) = people(ginette, 1, public=Public.ELECTED, user__last_name="Secret")
    (open_one,) = people(ginette, 1, public=Public.ELECTED, user__last_name="Ouvert")
    agreeing(open_one.user)
    for mandate in (private, open_one):
        EnrollmentFactory(
            mandate=mandate, version=course.current_version, first_activity_at=LONG_AGO
        )
    post_choice(client, ginette, [private, open_one], f"cours-{course.pk}")
    group = GroupEnrollment.objects.get()
    for _ in range(2):
        page = client.get(reverse("enrollments:group", args=[group.pk]))
        assert [each.mandate for each in page.context["private"]] == [private]
        assert [each.mandate for each in page.context["known"]] == [open_one]
        client.post(reverse("enrollments:group-enroll", args=[group.pk]))


def test_s30_reminders_are_sent_seen_and_taken_back(client, ginette):
    """S-30: the page writes to one's own people, once; another organisation's page is not there."""
    mandate = EnrollmentFactory(mandate=people(ginette, 1)[0]).mandate
    page = client.get(address("nudge", ginette))
    assert "Envoyer 1 rappel" in text_of(page)
    assert "Ginette Ouellet" in text_of(page)
    for _ in range(2):
        client.post(address("nudge", ginette), {"people": [mandate.pk, "x", 0]})
    assert OutgoingEmail.objects.get().recipient == mandate.user
    after = text_of(client.get(address("nudge", ginette)))
    assert "1 rappel partira le" in after
    assert "rappel du" in after
    client.post(address("take-back", ginette))
    assert not OutgoingEmail.objects.exists()
    assert "déjà partis" in text_of(client.post(address("take-back", ginette), follow=True))
    stranger = ResponsibilityFactory()
    assert client.post(address("nudge", stranger), {"people": [1]}).status_code == 404
    assert client.post(address("take-back", stranger)).status_code == 404


def test_one_person_may_be_reminded_alone(client, ginette):
    first, second = (EnrollmentFactory(mandate=each).mandate for each in people(ginette))
    page = client.get(address("nudge", ginette) + f"?personne={second.pk}")
    assert {each.mandate: ticked for each, ticked in page.context["rows"]} == {
        first: False,
        second: True,
    }


def test_s10_a_group_of_another_organisation_is_not_there(client, ginette, course):
    post_choice(client, ginette, people(ginette), f"cours-{course.pk}")
    pk = GroupEnrollment.objects.get().pk
    client.force_login(ResponsibilityFactory().user)
    for name in ("group", "group-undo"):
        assert client.get(reverse(f"enrollments:{name}", args=[pk])).status_code == 404
    assert client.post(reverse("enrollments:group-enroll", args=[pk])).status_code == 404
    assert not Enrollment.objects.exists()


@pytest.mark.parametrize("name", ["enroll-people", "assign", "nudge", "group"])
def test_pages_cost_the_same_for_one_person_and_three(client, ginette, course, name):
    costs = []
    for count in (1, 2):
        mandates = people(ginette, count)
        if name == "nudge":
            for each in mandates:
                EnrollmentFactory(mandate=each, version=course.current_version)
        page = address(name, ginette) if name != "group" else None
        if page is None:
            everyone = ginette.organisation.mandates.all()
            page = post_choice(client, ginette, everyone, f"cours-{course.pk}").headers["Location"]
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_what_was_left_unconfirmed_too_long_is_confirmed_as_it_stands_today(
    client, ginette, course
):
    """The preview is not a promise: who left since is left out."""
    (gone,) = people(ginette, 1)
    post_choice(client, ginette, [gone], f"cours-{course.pk}")
    gone.ends_on = timezone.localdate() - timedelta(days=1)
    gone.save()
    group = GroupEnrollment.objects.get()
    page = text_of(client.get(reverse("enrollments:group", args=[group.pk])))
    assert "Il n’y a personne à inscrire" in page
