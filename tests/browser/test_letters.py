"""The letters of the reminders as a person opens them, by day, at night, and on a phone."""

import re

import pytest
from django.conf import settings

from atn_platform.accounts.enums import Language
from atn_platform.notifications.models import OutgoingEmail
from enrollments.actions import reminding
from tests.browser.bench import CHECKS, axe, findings
from tests.enrollments.due import AT, NOON_20, at_the_meeting, paused, seat, waiting
from tests.letters import Scene, every_letter

pytestmark = pytest.mark.django_db

# A letter stands in the page of the mail software, which has its own landmarks.
OF_THE_FRAME = ("region", "landmark-one-main")


@pytest.mark.parametrize("make", [waiting, paused, at_the_meeting, lambda: seat(NOON_20)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_letter_reads_well_and_fetches_nothing(browser, make, scheme):
    make()
    reminding.remind(at=AT)
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_content(OutgoingEmail.objects.get().html)
    for width in (640, 375, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(CHECKS)
        assert [each for each in axe(page) if not each.startswith(OF_THE_FRAME)] == []
        assert page.evaluate("atnChecks.overflow()") == []
    assert requests == []
    assert page.locator("h1").count() == 1
    context.close()


@pytest.mark.parametrize("page", ["pourquoi", "stop"])
def test_the_pages_behind_a_letter_have_no_accessibility_finding(
    live_server, context, mailbox, page
):
    waiting()
    reminding.remind(at=AT)
    path = re.search(rf"/messages/{page}/\S+", OutgoingEmail.objects.get().text)[0]
    assert findings(context, live_server.url + path) == []


@pytest.mark.letters
@pytest.mark.parametrize("language", Language.values)
def test_every_letter_has_its_picture_and_none_is_wider_than_a_telephone(browser, language):
    """In var/letters: by day on a computer, at night on a phone, and in plain text."""
    folder = settings.VAR_DIR / "letters" / language
    folder.mkdir(parents=True, exist_ok=True)
    wide = browser.new_context(viewport={"width": 640, "height": 300}, color_scheme="light")
    phone = browser.new_context(viewport={"width": 375, "height": 300}, color_scheme="dark")
    computer, telephone = wide.new_page(), phone.new_page()
    too_wide = {}
    for name, message in every_letter(Scene(language=language)):
        stem = name.strip().replace(" ", "-")
        (folder / f"{stem}.txt").write_text(f"{message.subject}\n\n{message.text}")
        for page in (computer, telephone):
            page.set_content(message.html)
            width = page.viewport_size["width"]
            page.screenshot(path=folder / f"{stem}-{width}.png", full_page=True)
        telephone.evaluate(CHECKS)
        if found := telephone.evaluate("atnChecks.overflow()"):
            too_wide[name] = found
    wide.close()
    phone.close()
    assert too_wide == {}
