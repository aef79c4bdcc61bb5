"""Blocks that are more than words in Chromium: by keyboard, on a phone, and without scripts."""

import pytest
from playwright.sync_api import expect

from atn_platform.accounts.enums import Role
from courses import actions as course_actions
from courses.models import Block
from enrollments import actions
from tests.block_files import add_blocks
from tests.browser.bench import context_for, findings
from tests.browser.conftest import signed_in
from tests.course_files import write_course
from tests.factories import NOON, MandateFactory, UserFactory
from tests.sounds import mp3

LESSON = "/cours/ess-101/signes/"


@pytest.fixture
def course(tmp_path, transactional_db):
    folder = write_course(tmp_path)
    add_blocks(folder)
    (folder / "media" / "message.mp3").write_bytes(mp3(23))
    draft = course_actions.import_folder(path=folder)
    course_actions.publish(course_id=draft.pk, by=None, at=NOON)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def learner(course):
    mandate = MandateFactory()
    actions.enroll(learner=mandate.user, course=course, mandate=mandate, at=NOON)
    return mandate.user


def form_of(kind):
    return f"/admin/atelier/ess-101/bloc/{Block.objects.get(kind=kind).uuid}/"


def test_the_blocks_and_their_forms_have_no_accessibility_finding(live_server, learner, context):
    author = UserFactory(role=Role.ADMINISTRATOR)
    for person, path in ((learner, LESSON), (author, form_of("zones"))):
        signed_in(context, live_server, person)
        assert findings(context, live_server.url + path) == []


def test_a_zone_opens_what_it_explains_by_keyboard_and_without_a_script(
    browser, live_server, learner
):
    context = context_for(browser, width=375, scripts=False)
    signed_in(context, live_server, learner)
    page = context.new_page()
    page.goto(live_server.url + LESSON)
    explained = page.get_by_text("Et des numéros.")
    expect(explained).to_be_hidden()
    page.get_by_role("link", name="2 La paie").press("Enter")
    expect(explained).to_be_visible()
    expect(page.get_by_text("Des noms et des")).to_be_hidden()
    # The list alone does as well.
    page.get_by_text("1. Le comptoir").press("Enter")
    expect(page.get_by_text("Des noms et des")).to_be_visible()
    context.close()


def test_captions_follow_the_voice_above_its_buttons(browser, live_server, learner):
    context = context_for(browser)
    signed_in(context, live_server, learner)
    page = context.new_page()
    page.goto(live_server.url + LESSON)
    said = page.locator(".sound p")
    expect(said).to_be_hidden()
    page.locator(".sound audio").evaluate("each => { each.muted = true; each.play() }")
    expect(said).to_have_text("Votre accès sera coupé à midi.")
    expect(said).to_be_visible()
    context.close()


def test_an_author_draws_a_zone_on_the_preview(browser, live_server, course):
    context = context_for(browser)
    signed_in(context, live_server, UserFactory(role=Role.ADMINISTRATOR))
    page = context.new_page()
    page.goto(live_server.url + form_of("zones"))
    picture = page.locator(".preview .zones")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.6)
    page.mouse.up()
    expect(page.get_by_text("La zone 3 est ajoutée au champ")).to_be_visible()
    # Its name is selected: what is typed takes its place.
    page.keyboard.type("La taxation")
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("Qui doit quoi.")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator("#contenu").get_by_text("3. La taxation")).to_be_visible()
    drawn = Block.objects.get(kind="zones").data["places"][2]
    left, top, width, height = (float(each.replace(",", ".")) for each in drawn["area"].split())
    assert (left, top) == pytest.approx((50, 40), abs=1)
    assert (width, height) == pytest.approx((25, 20), abs=1)
    assert drawn["text"] == "Qui doit quoi."
    context.close()


def test_a_block_is_dragged_to_its_place_and_said(browser, live_server, course):
    lesson = Block.objects.get(kind="zones").lesson
    before = list(lesson.blocks.order_by("position").values_list("key", flat=True))
    context = context_for(browser)
    signed_in(context, live_server, UserFactory(role=Role.ADMINISTRATOR))
    page = context.new_page()
    address = f"{live_server.url}/admin/atelier/ess-101/lecon/{lesson.uuid}/"
    page.goto(address)
    grips = page.locator(".pieces > li > div > .gestures .grip")
    expect(grips).to_have_count(len(before))
    hold_the_first_over(page, grips, before[1])
    page.mouse.up()
    expect(page.get_by_text("est déplacé.")).to_be_visible()
    after = list(lesson.blocks.order_by("position").values_list("key", flat=True))
    assert after == [before[1], before[0], *before[2:]]
    # An answer that leaves the page there, as going back to it does: its buttons move by one.
    page.goto(address)
    page.route("**/descendre/", lambda route: route.fulfill(status=204))
    hold_the_first_over(page, grips, before[0])
    with page.expect_request("**/descendre/") as sent:
        page.mouse.up()
    assert "fois=1" in sent.value.post_data
    assert page.locator("input[name=fois]").count() == 0
    context.close()


def hold_the_first_over(page, grips, key):
    """Hold the first block by its grip, over the second one, which passes before it."""
    start, end = grips.nth(0).bounding_box(), page.locator(f"#{key}").bounding_box()
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, end["y"] + end["height"] - 10, steps=4)
    said = page.get_by_role("status").filter(has_text=f"rang 2 sur {grips.count()}")
    expect(said).to_be_attached()


def test_the_toolbar_writes_the_signs_of_markdown(browser, live_server, course):
    context = context_for(browser)
    signed_in(context, live_server, UserFactory(role=Role.ADMINISTRATOR))
    page = context.new_page()
    page.goto(live_server.url + form_of("callout"))
    text = page.get_by_label("Texte", exact=True)
    text.fill("Notez le numéro.")
    text.select_text()
    page.get_by_role("group", name="Mise en forme : Texte").get_by_text("Gras").click()
    expect(text).to_have_value("**Notez le numéro.**")
    page.get_by_role("button", name="Liste", exact=True).click()
    expect(text).to_have_value("- **Notez le numéro.**")
    context.close()
