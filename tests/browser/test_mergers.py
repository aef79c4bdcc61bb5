"""Persona 11: an administrator deals with a merger, on a telephone, and no history is lost."""

from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from atn_platform.accounts.enums import Role
from certificates import actions as certificate_actions
from enrollments.enums import Progress
from enrollments.queries import team
from municipalities.actions.registry import import_registry
from municipalities.models import Organisation
from municipalities.registry import parse
from tests.browser.bench import axe, context_for
from tests.browser.conftest import signed_in
from tests.factories import (
    LONG_AGO,
    EnrollmentFactory,
    MandateFactory,
    ResponsibilityFactory,
    UserFactory,
)
from tests.municipalities.test_mergers import AFTER, BEFORE, FIRST, SECOND, small_file

PHONE = 375


def read(rows, on) -> None:
    at = datetime(on.year, on.month, on.day, 15, tzinfo=UTC)
    import_registry(snapshot=parse(small_file(rows)), sha256="0", on=on, at=at, force=True)


@pytest.mark.ignore_template_errors  # Django's admin prints variables it may not have
def test_philippe_merges_three_municipalities_without_losing_their_past(
    browser, live_server, transactional_db
):
    read(BEFORE, FIRST)
    people = {
        code: MandateFactory(organisation=Organisation.objects.get(code=code), starts_on=FIRST)
        for code in ("93020", "93025", "93030")
    }
    done = EnrollmentFactory(mandate=people["93020"], completed=True)
    proof = certificate_actions.issue(enrollment_id=done.pk, at=LONG_AGO)
    kept = ResponsibilityFactory(
        organisation=people["93025"].organisation, user__first_name="Nadine", starts_on=FIRST
    )
    read(AFTER, SECOND)
    context = context_for(browser, width=PHONE)
    signed_in(context, live_server, UserFactory(role=Role.ADMINISTRATOR))
    page = context.new_page()
    page.goto(f"{live_server.url}/admin/municipalities/organisation/?etat=a-relier")
    for code in people:
        page.locator("tr", has_text=code).locator("input.action-select").check()
    page.locator("select[name=action]").select_option("name_successor")
    page.get_by_role("button", name="Envoyer").click()

    page.get_by_label("Municipalité qui succède").fill("93022")
    page.get_by_label("Date du regroupement").fill("2026-01-01")
    page.get_by_label("Nadine").check()
    assert axe(page) == []
    page.get_by_role("button", name="Nommer le successeur").click()
    expect(page.get_by_text("succède à Hébertville-Station")).to_be_visible()

    heir = Organisation.objects.get(code="93022")
    for mandate in people.values():
        mandate.refresh_from_db()
        assert mandate.ends_on == date(2025, 12, 31)
        assert heir.mandates.get(user=mandate.user).starts_on == date(2026, 1, 1)
    assert [row.user for row in heir.responsibilities.all()] == [kept.user]
    history_is_kept(heir, done, people["93020"], proof.facts)
    context.close()


def history_is_kept(heir, done, mandate, facts) -> None:
    """What was done stays where it was done, and is read in the heir's « Mes gens »."""
    done.refresh_from_db()
    assert done.mandate == mandate
    assert done.certificates.get().facts == facts
    assert facts["organisation"] == mandate.organisation.official_name
    (member,) = team.people(heir, on=SECOND).filter(user=done.learner)
    assert member.state == Progress.FINISHED
