"""Pages of two accounts that become one, of an address that passed, and of an MRC: sound ones."""

from datetime import timedelta

from django.utils import timezone

from atn_platform.accounts.http import DOORS
from atn_platform.merging.models import Merge
from municipalities.enums import Kind
from municipalities.models import Organisation
from tests.browser.bench import findings
from tests.browser.conftest import signed_in
from tests.factories import (
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    ResponsibilityFactory,
    UserFactory,
)


def test_the_pages_of_two_accounts_have_no_accessibility_finding(
    live_server, transactional_db, context
):
    kept, absorbed = (EnrollmentFactory().learner for _ in range(2))
    merge = Merge.objects.create(
        kept=kept, absorbed=absorbed, asked_by=kept, asked_at=timezone.now(),
        proven_at=timezone.now(),
    )  # fmt: skip
    signed_in(context, live_server, kept)
    for page in ("", f"{merge.uuid}/", f"{merge.uuid}/code/"):
        assert findings(context, f"{live_server.url}/compte/reunir/{page}") == [], page


def test_the_page_that_asks_whose_address_it_is_has_no_finding(
    client, live_server, transactional_db, context
):
    yesterday = timezone.localdate() - timedelta(days=1)
    gone = MandateFactory(ends_on=yesterday).user
    client.force_login(gone)
    session = client.session
    session[DOORS] = [{"method": "code"}]
    session.save()
    cookie = {"name": "sessionid", "value": session.session_key, "url": live_server.url}
    context.add_cookies([cookie])
    assert findings(context, f"{live_server.url}/compte/toujours-moi/") == []


def test_the_municipalities_of_an_mrc_have_no_finding(live_server, transactional_db, context):
    mrc = Organisation.objects.create(kind=Kind.MRC, code="090", name="MRC d’Essai")
    for name in ("Saint-Louis-du-Ha! Ha!", "Amont"):
        place = MunicipalityFactory(name=name, mrc=mrc)
        for _ in range(6):
            EnrollmentFactory(mandate=MandateFactory(organisation=place))
    user = ResponsibilityFactory(organisation=mrc, user=UserFactory()).user
    signed_in(context, live_server, user)
    assert findings(context, f"{live_server.url}/rapports/mrc/090/?tri=personnes") == []
