"""Courses carried away: the line drops in the middle of a quiz, and nothing is lost or doubled."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error, expect

from atn_platform.accounts.enums import Language
from enrollments import actions
from enrollments.models import BlockState, LearningEvent
from municipalities.enums import Public
from tests.browser.bench import axe, context_for
from tests.browser.conftest import signed_in
from tests.browser.test_story import answer_as_someone_who_knows
from tests.factories import NOON, MandateFactory

PHONE = 375
JOURNAL = "**/hors-ligne/journal/"
EXAM, LESSON = "/cours/ess-101/bilan/", "/cours/ess-101/signes/"
LEFT = """async () => ({
  caches: await caches.keys(),
  bases: (await indexedDB.databases()).map(each => each.name),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
ONLINE_AGAIN = """() => {
  dispatchEvent(new Event("online"));
  return navigator.locks.request("hors-ligne", () => null);
}"""
FULL = """IDBObjectStore.prototype.put = () => {
  throw new DOMException("", "QuotaExceededError");
}; null"""
NOTHING = {"caches": [], "bases": [], "workers": 0}


@pytest.fixture
def rejean(course):
    mandate = MandateFactory(public=Public.ELECTED, user__first_name="Réjean")
    actions.enroll(learner=mandate.user, course=course, mandate=mandate, at=NOON)
    return mandate.user


@pytest.fixture
def devices(browser, live_server, rejean):
    """Two devices of the same person; on each, the whole course is carried away."""
    contexts = [context_for(browser, width=PHONE) for _ in range(2)]
    pages = []
    for context in contexts:
        signed_in(context, live_server, rejean)
        page = context.new_page()
        page.said = []
        page.on("pageerror", lambda error, page=page: page.said.append(str(error)))
        carry(page, live_server)
        pages.append(page)
    yield pages
    for page in pages:
        assert page.said == []
    for context in contexts:
        context.close()


def carry(page, live_server) -> None:
    page.goto(f"{live_server.url}/cours/ess-101/")
    page.get_by_role("link", name="Le garder sur cet appareil").click()
    expect(page.get_by_text(re.compile(r"2 leçons, \d+\sko"))).to_be_visible()
    page.get_by_role("button", name="Emporter").click()
    expect(page.get_by_text("2 leçons sont sur cet appareil")).to_be_visible()


def waiting(page, words="en attente du réseau"):
    return page.get_by_role("status").filter(has_text=words)


def answers() -> list[int]:
    rows = LearningEvent.objects.filter(verb="answered").order_by("pk")
    return [row.result["score"] for row in rows]


def cut_while_answering(page, live_server) -> None:
    """The page was opened with the line, which drops before the answers leave."""
    page.goto(live_server.url + EXAM)
    answer_as_someone_who_knows(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Vérifier mes réponses").click()
    expect(waiting(page)).to_be_visible()
    assert axe(page) == []
    page.reload()
    expect(waiting(page)).to_be_visible()
    expect(page.get_by_text("Gardé sur cet appareil à")).to_be_visible()


def send_a_blank_copy(page, live_server) -> None:
    """There was no line from the start: the same questions, in the copy."""
    page.context.set_offline(True)
    page.goto(live_server.url + EXAM)
    expect(page.get_by_text("Copie emportée")).to_be_visible()
    page.get_by_role("button", name="Vérifier").first.click()
    expect(waiting(page)).to_be_visible()


def come_back_to_a_line_that_loses_two_answers(page) -> list[int]:
    """The server writes what it receives, and twice nobody hears it say so."""
    lost: list[int] = []

    def lose(route):
        if route.request.method == "POST" and len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.context.route(JOURNAL, lose)
    page.context.set_offline(False)
    expect(waiting(page, "Tout est enregistré")).to_be_visible(timeout=30_000)
    return lost


def test_the_line_drops_in_the_middle_of_a_quiz_and_nothing_is_lost_or_doubled(
    live_server, rejean, devices
):
    """Persona 2, line 2, « même après une coupure, sans perdre une réponse », on two devices."""
    phone, tablet = devices
    cut_while_answering(phone, live_server)
    send_a_blank_copy(tablet, live_server)
    assert answers() == []

    assert come_back_to_a_line_that_loses_two_answers(phone) == [200, 200]
    assert answers() == [100]
    tablet.context.set_offline(False)
    expect(waiting(tablet, "Tout est enregistré")).to_be_visible(timeout=30_000)
    assert answers() == [100, 0]
    exam = BlockState.objects.get(enrollment__learner=rejean)
    assert (exam.attempts, exam.best_score) == (2, 100)

    # What the other device did is explained, once, in French.
    tablet.goto(f"{live_server.url}/hors-ligne/")
    both = tablet.get_by_text("les deux essais sont gardés")
    expect(both).to_be_visible()
    assert axe(tablet) == []
    tablet.get_by_role("button", name="J’ai lu").click()
    expect(both).to_be_hidden()
    phone.get_by_role("link", name="Voir les explications").click()
    expect(phone.get_by_text("Votre résultat : 100 %")).to_be_visible()


def test_a_lesson_is_read_and_finished_without_the_line_from_any_address(
    live_server, rejean, devices
):
    phone, __ = devices
    phone.context.set_offline(True)
    phone.goto(f"{live_server.url}/mes-cours/")
    phone.get_by_role("link", name="Les cinq signes").click()
    expect(phone.get_by_text("Le courriel arrive à 8 h 12.")).to_be_visible()
    phone.get_by_role("button", name="Terminer la leçon").click()
    expect(phone.get_by_text("Gardé sur cet appareil à")).to_be_visible()
    phone.context.set_offline(False)
    expect(waiting(phone, "Tout est enregistré")).to_be_visible(timeout=30_000)
    # The browser says twice that the line is back: the second sending finds nothing to say.
    phone.evaluate(ONLINE_AGAIN)
    expect(waiting(phone, "Tout est enregistré")).to_be_visible()
    enrollment = rejean.enrollments.get()
    assert enrollment.stations_done == 1
    # A session that ran out loses nothing: one signs in, and all of it leaves.
    phone.context.set_offline(True)
    phone.goto(live_server.url + EXAM)
    answer_as_someone_who_knows(phone)
    phone.get_by_role("button", name="Vérifier").first.click()
    expect(waiting(phone)).to_be_visible()
    phone.context.clear_cookies(name="sessionid")
    phone.context.set_offline(False)
    expect(waiting(phone, "Reconnectez-vous")).to_be_visible(timeout=30_000)
    assert answers() == []
    signed_in(phone.context, live_server, rejean)
    phone.goto(live_server.url)
    expect(waiting(phone, "Tout est enregistré")).to_be_visible(timeout=30_000)
    assert answers() == [100]


def test_signing_out_clears_the_device_and_a_shared_one_keeps_nothing(
    browser, live_server, rejean, devices
):
    phone, tablet = devices
    assert phone.evaluate(LEFT) != NOTHING
    phone.context.set_offline(True)
    phone.goto(live_server.url + LESSON)
    phone.get_by_role("button", name="Terminer la leçon").click()
    expect(waiting(phone)).to_be_visible()
    phone.context.set_offline(False)
    expect(waiting(phone, "Tout est enregistré")).to_be_visible(timeout=30_000)
    phone.goto(f"{live_server.url}/compte/logout/")
    phone.get_by_role("button", name="Se déconnecter").last.click()
    expect(phone.get_by_role("link", name="Se connecter").first).to_be_visible()
    assert phone.evaluate(LEFT) == NOTHING

    # The tablet becomes everybody's: what one person had carried goes away.
    session = {"name": "partage", "value": "1", "url": live_server.url}
    tablet.context.add_cookies([session])
    tablet.goto(f"{live_server.url}/hors-ligne/ess-101/")
    expect(tablet.get_by_text("Cet appareil est partagé")).to_be_visible()
    expect(tablet.get_by_role("button", name="Emporter")).to_have_count(0)
    with suppress(Error):
        tablet.wait_for_function(f"async () => (await ({LEFT})()).caches.length === 0")
    assert tablet.evaluate(LEFT) == NOTHING


# What the server refused, and a notice that it gave, of whoever carried the course.
REFUSED = """async () => {
  const ask = request => new Promise(done => { request.onsuccess = () => done(request.result) });
  const open = await ask(indexedDB.open("hors-ligne", 1));
  const stores = open.transaction(["file", "faits"], "readwrite");
  const personne = await ask(stores.objectStore("faits").get("personne"));
  stores.objectStore("file").put({
    id: "018f", personne, verbe: "note", cours: "ESS-101", champs: {text: ["mot de Réjean"]},
    motif: "Refusé.", seq: 1, at: new Date().toISOString(),
  });
  stores.objectStore("faits").put(
    [{personne, cours: "ESS-101", at: new Date().toISOString(), motif: "avis à Réjean"}], "avis");
  await new Promise(done => { stores.oncomplete = done });
  open.close();
}"""


# The button of the menu, folded on a telephone.
SIGN_OUT = """() => document.querySelector('form[action$="/compte/logout/"]').requestSubmit()"""
# What the colleague answered without the line, put beside what was refused or taken out again.
WAITING = """async isThere => {
  const ask = request => new Promise(done => { request.onsuccess = () => done(request.result) });
  const open = await ask(indexedDB.open("hors-ligne", 1));
  const file = open.transaction("file", "readwrite").objectStore("file");
  const { motif, ...kept } = await ask(file.get("018f"));
  await ask(isThere ? file.put({ ...kept, id: "018e", seq: 2 }) : file.delete("018e"));
  open.close();
}"""


KNOWN = """async isTheirs => {
  const ask = request => new Promise(done => { request.onsuccess = () => done(request.result) });
  const open = await ask(indexedDB.open("hors-ligne", 1));
  const known = await ask(open.transaction("faits").objectStore("faits").get("personne"));
  open.close();
  return Boolean(known) === isTheirs;
}"""


def test_s32_what_a_colleague_left_on_the_device_waits_for_them_alone(
    browser, live_server, rejean
):
    """Their session ran out without a goodbye; somebody else signs in on the same device."""
    amina = MandateFactory(user__first_name="Amina").user
    context = context_for(browser, width=PHONE)
    page = context.new_page()
    signed_in(context, live_server, rejean)
    carry(page, live_server)
    page.evaluate(REFUSED)
    for person, is_theirs in ((rejean, True), (amina, False), (rejean, True)):
        signed_in(context, live_server, person)
        page.goto(f"{live_server.url}/mes-cours/")
        # The device now knows who is there.
        page.wait_for_function(KNOWN, arg=is_theirs)
        page.goto(f"{live_server.url}/hors-ligne/")
        if is_theirs:
            expect(page.get_by_text("mot de Réjean")).to_be_visible()
            expect(page.get_by_text("avis à Réjean")).to_be_visible()
        else:
            # Shown once the page has read all that the device holds.
            expect(page.locator("[data-rien]")).to_be_visible()
            expect(page.get_by_text("Réjean")).to_have_count(0)
            page.evaluate(WAITING, arg=True)
            page.goto(f"{live_server.url}/mes-cours/", wait_until="networkidle")
            with page.expect_event("dialog") as asked:
                page.on("dialog", lambda dialog: dialog.dismiss())
                page.evaluate(SIGN_OUT)
            assert "sera perdue" in asked.value.message
            page.evaluate(WAITING, arg=False)
    context.close()


def test_a_device_that_is_full_says_so_and_the_answer_is_still_there(browser, live_server, rejean):
    context = context_for(browser, width=PHONE)
    signed_in(context, live_server, rejean)
    page = context.new_page()
    wire = context.new_cdp_session(page)

    def leave_room(**quota):
        wire.send("Storage.overrideQuotaForOrigin", {"origin": live_server.url, **quota})

    page.goto(f"{live_server.url}/hors-ligne/ess-101/")
    expect(page.get_by_role("button", name="Emporter")).to_be_visible()
    leave_room(quotaSize=20_000)
    page.get_by_role("button", name="Emporter").click()
    expect(page.get_by_text("n’a plus assez de place. Choisissez moins de leçons")).to_be_visible()
    leave_room()
    page.get_by_role("button", name="Emporter").click()
    expect(page.get_by_text("2 leçons sont sur cet appareil")).to_be_visible()
    page.goto(live_server.url + EXAM)
    answer_as_someone_who_knows(page)
    # Chromium lends small writes the room that they lack: the refusal is the browser's, made here.
    (worker,) = context.service_workers
    worker.evaluate("self.put = IDBObjectStore.prototype.put; " + FULL)
    context.set_offline(True)
    page.get_by_role("button", name="Vérifier mes réponses").click()
    expect(page.get_by_role("heading", name="Cet appareil n’a plus de place")).to_be_visible()
    assert axe(page) == []
    worker.evaluate("IDBObjectStore.prototype.put = self.put; null")
    page.go_back()
    page.get_by_role("button", name="Vérifier mes réponses").click()
    expect(waiting(page)).to_be_visible()
    context.set_offline(False)
    expect(waiting(page, "Tout est enregistré")).to_be_visible(timeout=30_000)
    assert answers() == [100]
    context.close()


def test_b86_the_device_speaks_english_to_who_reads_it(browser, live_server, rejean):
    type(rejean).objects.filter(pk=rejean.pk).update(language=Language.ENGLISH)
    context = context_for(browser, width=PHONE)
    signed_in(context, live_server, rejean)
    page = context.new_page()
    page.goto(f"{live_server.url}/hors-ligne/ess-101/")
    expect(page.get_by_text(re.compile(r"2 lessons, \d+\skB"))).to_be_visible()
    page.locator("form[data-emporter] button").click()
    expect(page.get_by_text("Done: 2 lessons are on this device.")).to_be_visible()
    context.set_offline(True)
    page.goto(live_server.url + LESSON)
    page.locator('form[action$="/terminer/"] button').click()
    expect(waiting(page, "1 answer kept on this device, waiting for the network.")).to_be_visible()
    context.set_offline(False)
    expect(waiting(page, "Everything is saved.")).to_be_visible(timeout=30_000)
    context.close()
