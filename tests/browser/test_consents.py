"""Persona 5: « Chantal peut retirer son consentement aux recommandations en 2 clics. »"""

import pytest

from atn_platform.consents import actions
from atn_platform.consents.enums import Purpose, Way
from atn_platform.consents.models import Consent
from tests.browser.bench import context_for
from tests.browser.conftest import signed_in
from tests.factories import NOON, MandateFactory


@pytest.mark.parametrize("scripts", [True, False])
def test_p12_chantal_withdraws_in_two_clicks_from_home(
    browser, live_server, transactional_db, scripts
):
    chantal = MandateFactory().user
    purpose = Purpose.RECOMMENDATIONS
    actions.give(user=chantal, purpose=purpose, version=1, way=Way.PAGE, at=NOON)
    context = context_for(browser, scripts=scripts)
    signed_in(context, live_server, chantal)
    page = context.new_page()
    page.goto(live_server.url)
    page.get_by_role("link", name="Mes consentements").click()
    page.get_by_role("button", name="Retirer mon accord : Me proposer des cours").click()
    page.get_by_text("Votre accord est retiré, dès maintenant.").wait_for()
    assert not Consent.objects.in_force(purpose).exists()
    context.close()
