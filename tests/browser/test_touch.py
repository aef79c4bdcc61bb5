"""The Atelier by finger, on a phone: what is dragged and what is drawn with a mouse elsewhere."""

import pytest
from playwright.sync_api import expect

from atn_platform.accounts.enums import Role
from courses import actions
from courses.models import Block, Lesson
from tests.block_files import add_blocks
from tests.browser.conftest import signed_in
from tests.course_files import write_course
from tests.factories import UserFactory

# Whether the page stays where it is for a while.
STILL = "() => new Promise((done, was = scrollY) => setTimeout(() => done(scrollY === was), 150))"


@pytest.fixture
def phone(browser, live_server, tmp_path, transactional_db):
    folder = write_course(tmp_path)
    add_blocks(folder)
    actions.import_folder(path=folder)
    context = browser.new_context(
        viewport={"width": 375, "height": 800}, has_touch=True, is_mobile=True, locale="fr-CA"
    )
    signed_in(context, live_server, UserFactory(role=Role.ADMINISTRATOR))
    page = context.new_page()
    page.finger = context.new_cdp_session(page)
    yield page
    context.close()


def touch(page, kind, *point):
    points = [{"x": point[0], "y": point[1]}] if point else []
    page.finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_block_is_dragged_by_finger_and_its_handle_stays_beside_its_arrows(phone, live_server):
    lesson = Lesson.objects.get(blocks__kind="zones")
    before = list(lesson.blocks.order_by("position").values_list("key", flat=True))
    phone.goto(f"{live_server.url}/admin/atelier/ess-101/lecon/{lesson.uuid}/")
    handles = phone.locator(".pieces > li > div > .gestures .movers")
    expect(handles).to_have_count(len(before))
    for handle in handles.all():
        tops = {round(each.bounding_box()["y"]) for each in handle.locator(".mini").all()}
        assert len(tops) == 1
    last = handles.nth(len(before) - 1).locator(".grip")
    last.scroll_into_view_if_needed()
    phone.evaluate("scrollBy(0, 200)")
    start, over = last.bounding_box(), phone.locator(f"#{before[-2]}").bounding_box()
    at = start["x"] + start["width"] / 2
    touch(phone, "touchStart", at, start["y"] + 10)
    for share in (0.3, 0.6, 1):
        touch(phone, "touchMove", at, start["y"] + (over["y"] + 5 - start["y"]) * share)
    said = phone.get_by_role("status").filter(has_text=f"rang {len(before) - 1} sur")
    expect(said).to_be_attached()
    touch(phone, "touchEnd")
    expect(phone.get_by_text("est déplacé.")).to_be_visible()
    after = list(lesson.blocks.order_by("position").values_list("key", flat=True))
    assert after == [*before[:-2], before[-1], before[-2]]


def test_a_zone_is_touched_on_the_picture_and_a_finger_that_scrolls_draws_nothing(
    phone, live_server
):
    block = Block.objects.get(kind="zones")
    phone.goto(f"{live_server.url}/admin/atelier/ess-101/bloc/{block.uuid}/")
    picture = phone.locator(".preview .zones")
    picture.scroll_into_view_if_needed()
    written = phone.get_by_label("Zones", exact=True)
    before, place = written.input_value(), phone.evaluate("scrollY")
    box = picture.bounding_box()
    x, y = box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5
    touch(phone, "touchStart", x, y)
    for down in range(1, 9):
        touch(phone, "touchMove", x, y + 30 * down)
    touch(phone, "touchEnd")
    phone.wait_for_function("place => scrollY !== place", arg=place)
    # A page that was flung goes on by itself for a moment.
    phone.wait_for_function(STILL)
    assert written.input_value() == before
    picture.scroll_into_view_if_needed()
    phone.wait_for_function(STILL)
    box = picture.bounding_box()
    phone.touchscreen.tap(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5)
    expect(phone.get_by_text("La zone 3 est ajoutée au champ")).to_be_visible()
    (drawn,) = written.input_value().removeprefix(before.rstrip()).strip().splitlines()
    left, top, width, height = map(
        float, drawn.strip("[]").split(" :")[0].replace(",", ".").split()
    )
    # Around the finger: what it hides is inside.
    assert left < 60 < left + width
    assert top < 50 < top + height
