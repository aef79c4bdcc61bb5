"""Packages in Chromium, from their own origin: results, resuming, a broken line, hostile scripts."""

import json
import re
from uuid import uuid4

import pytest
from django.conf import settings as live_settings
from playwright.sync_api import expect

from atn_platform.demo.modules import packed
from atn_platform.interop.models import PackagePlace
from courses import actions as course_actions
from enrollments import actions
from enrollments.models import BlockState, LearningEvent
from tests.browser.bench import context_for, findings
from tests.browser.conftest import signed_in
from tests.course_files import with_package, write_course
from tests.factories import NOON, MandateFactory
from tests.package_files import cmi5, h5p, scorm

LESSON = "/cours/ess-101/signes/"
OPEN = "Ouvrir le module interactif"
# A module of two pages that remembers the page, as an authoring tool would write it.
MODULE = """<!DOCTYPE html><html lang="fr"><head><title>Module</title></head><body>
<h1>Page <span id="page"></span></h1><p id="entry"></p>
<button onclick="go(2)">Suite</button><button onclick="end()">Réussir</button>
<script>
function find(w){while(!w[NAME]&&w.parent&&w.parent!==w)w=w.parent;return w[NAME]}
const api=find(window);api[INIT]("");
const get=k=>api[GET](k),set=(k,v)=>api[SET](k,v);
document.getElementById("entry").textContent=get(ENTRY);
const show=n=>document.getElementById("page").textContent=n;
function go(n){show(n);set(LOCATION,String(n));set("cmi.suspend_data","vu:"+n);set(EXIT,"suspend");api[COMMIT]("")}
function end(){set(SCORE+".raw","80");set(SCORE+".min","0");set(SCORE+".max","100");DONE;api[COMMIT]("")}
const place=get(LOCATION);
show(place&&confirm("Reprendre?")?place:1);
addEventListener("unload",()=>api[FINISH](""));
</script></body></html>"""
NAMES = {
    "1.2": {
        "NAME": "'API'", "INIT": "'LMSInitialize'", "GET": "'LMSGetValue'", "SET": "'LMSSetValue'",
        "COMMIT": "'LMSCommit'", "FINISH": "'LMSFinish'", "ENTRY": "'cmi.core.entry'",
        "LOCATION": "'cmi.core.lesson_location'", "EXIT": "'cmi.core.exit'",
        "SCORE": "'cmi.core.score'", "DONE": "set('cmi.core.lesson_status','passed')",
    },
    "2004 4th Edition": {
        "NAME": "'API_1484_11'", "INIT": "'Initialize'", "GET": "'GetValue'", "SET": "'SetValue'",
        "COMMIT": "'Commit'", "FINISH": "'Terminate'", "ENTRY": "'cmi.entry'",
        "LOCATION": "'cmi.location'", "EXIT": "'cmi.exit'", "SCORE": "'cmi.score'",
        "DONE": "set('cmi.score.scaled','0.8');set('cmi.completion_status','completed');"
        "set('cmi.success_status','passed')",
    },
}  # fmt: skip


def module(edition: str) -> bytes:
    page = MODULE
    for name, value in NAMES[edition].items():
        page = page.replace(f"[{name}]", f"[{value}]").replace(f"({name}", f"({value}")
        page = page.replace("DONE;", f"{NAMES[edition]['DONE']};")
    return scorm(edition, page=page)


@pytest.fixture
def follow(tmp_path, transactional_db, live_server, settings):
    """Publishes the small course with this package; gives someone who follows it."""
    port = live_server.url.rpartition(":")[2]
    settings.SITE_URL = live_server.url
    settings.PACKAGES_ORIGIN = f"http://contenus.localhost:{port}"
    settings.ALLOWED_HOSTS = [*live_settings.ALLOWED_HOSTS, "contenus.localhost"]

    def following(content: bytes, **said):
        folder = with_package(write_course(tmp_path), content, **said)
        draft = course_actions.import_folder(path=folder)
        course_actions.publish(course_id=draft.pk, by=None, at=NOON)
        draft.refresh_from_db()
        mandate = MandateFactory()
        actions.enroll(learner=mandate.user, course=draft, mandate=mandate, at=NOON)
        return mandate.user

    return following


@pytest.fixture
def page_of(browser, live_server):
    contexts = []

    def opened(learner, **options):
        context = context_for(browser, width=375, **options)
        contexts.append(context)
        signed_in(context, live_server, learner)
        page = context.new_page()
        page.goto(live_server.url + LESSON)
        return page

    yield opened
    for context in contexts:
        context.close()


def inside(page):
    """The package's own page: in its player, in the site's frame."""
    return page.frame_locator("#cadre iframe").frame_locator("iframe")


@pytest.mark.parametrize("edition", ["1.2", "2004 4th Edition"])
def test_a_scorm_module_is_played_left_and_resumed_and_its_result_is_in_the_ledger(
    follow, page_of, edition
):
    page = page_of(follow(module(edition)))
    page.get_by_role("link", name=OPEN).click()
    expect(inside(page).locator("h1")).to_have_text("Page 1")
    expect(inside(page).locator("#entry")).to_have_text("ab-initio")
    inside(page).get_by_role("button", name="Suite").click()
    expect(page.locator("#garde")).to_contain_text("Enregistré à")

    page.get_by_role("link", name="Revenir à la leçon").click()
    expect(page.get_by_text("vous reprendrez où vous étiez")).to_be_visible()
    page.get_by_role("link", name=OPEN).click()
    expect(inside(page).locator("#entry")).to_have_text("resume")
    expect(inside(page).locator("h1")).to_have_text("Page 2")
    inside(page).get_by_role("button", name="Réussir").click()
    expect(page.locator("#dit")).to_contain_text("C’est noté")

    page.get_by_role("link", name="Revenir à la leçon").click()
    expect(page.get_by_text("Votre meilleur résultat : 80 %.")).to_be_visible()
    assert BlockState.objects.get().data == {"parts": {"1": "passed"}, "done": True}


# A library of H5P: a button that answers, and what it remembers.
ACTIVITY = """
H5P.Essai=function(params,id,extras){H5P.EventDispatcher.call(this);this.contentId=id;
  this.seen=((extras||{}).previousState||{}).seen||0};
H5P.Essai.prototype=Object.create(H5P.EventDispatcher.prototype);
H5P.Essai.prototype.attach=function($box){const self=this;
  $box.html("<p>Vu : <b>"+self.seen+"</b></p><button>Vrai</button>");
  $box.find("button").on("click",()=>{self.seen++;$box.find("b").text(self.seen);
    self.triggerXAPIScored(3,4,"answered",true,true)})};
H5P.Essai.prototype.getCurrentState=function(){return{seen:this.seen}};
"""


def test_an_h5p_activity_says_its_result_and_remembers_its_state(follow, page_of):
    page = page_of(follow(h5p(script=ACTIVITY), name="module.h5p"))
    page.get_by_role("link", name=OPEN).click()
    activity = page.frame_locator("#cadre iframe")
    activity.get_by_role("button", name="Vrai").click()
    expect(page.locator("#dit")).to_contain_text("C’est noté")

    page.get_by_role("link", name="Revenir à la leçon").click()
    expect(page.get_by_text("Votre meilleur résultat : 75 %.")).to_be_visible()
    page.get_by_role("link", name=OPEN).click()
    expect(activity.locator("b")).to_have_text("1")


def test_a_line_cut_in_the_middle_loses_and_doubles_nothing(follow, page_of):
    page = page_of(follow(module("1.2")))
    page.get_by_role("link", name=OPEN).click()
    expect(inside(page).locator("h1")).to_have_text("Page 1")
    expect(page.locator("#garde")).to_contain_text("Enregistré à")
    page.context.set_offline(True)
    inside(page).get_by_role("button", name="Suite").click()
    inside(page).get_by_role("button", name="Réussir").click()
    expect(page.locator("#dit")).to_contain_text("En attente du réseau")
    assert not LearningEvent.objects.filter(result__status="passed").exists()

    with page.expect_response(lambda answer: '"passed"' in (answer.request.post_data or "")):
        page.context.set_offline(False)
        page.reload()
    expect(inside(page).locator("h1")).to_have_text("Page 2")

    passed = LearningEvent.objects.filter(result__status="passed")
    assert [event.result["score"] for event in passed] == [80]
    assert PackagePlace.objects.get().state["cmi"]["suspend_data"] == "vu:2"


def test_a_place_overtaken_elsewhere_is_let_go_and_the_next_ones_are_kept(follow, page_of):
    page = page_of(follow(module("1.2")))
    page.get_by_role("link", name=OPEN).click()
    expect(page.locator("#garde")).to_contain_text("Enregistré à")
    said = json.loads(page.locator("#reglages").text_content())
    page.get_by_role("link", name="Revenir à la leçon").click()
    expect(page.get_by_text("vous reprendrez où vous étiez")).to_be_visible()
    PackagePlace.objects.update(session=uuid4(), revision=50)
    # What an earlier visit could not send.
    waits = {
        "owner": said["owner"], "session": str(uuid4()), "base": 0, "revision": 9, "score": 12,
        "archive": said["archive"], "status": "incomplete", "state": {"cmi": {"suspend_data": "vieux"}},
    }  # fmt: skip
    kept = [f"module:{said['owner']}:{said['place']}", json.dumps([waits])]
    page.evaluate("([key, queue]) => localStorage.setItem(key, queue)", kept)
    page.get_by_role("link", name=OPEN).click()
    # The visit keeps a place as it opens: what is awaited is the one that tells of page 2.
    with page.expect_response(lambda answer: "vu:2" in (answer.request.post_data or "")):
        inside(page).get_by_role("button", name="Suite").click()
    expect(page.locator("#garde")).to_contain_text("Enregistré à")

    expect(page.locator("#dit")).to_be_empty()
    assert PackagePlace.objects.get().state["cmi"]["suspend_data"] == "vu:2"
    assert LearningEvent.objects.filter(result__score=12).exists()


HOSTILE = """<!DOCTYPE html><html lang="fr"><head><title>x</title></head><body><script>
const out={},site="SITE";
const tried=async(name,f)=>{try{out[name]=String(await f()??"rien").slice(0,200)}catch(e){out[name]="refusé"}};
(async()=>{
  await tried("compte",()=>fetch(site+"/compte/",{credentials:"include"}).then(r=>r.text()));
  await tried("admin",()=>fetch(site+"/admin/",{method:"POST",credentials:"include",mode:"no-cors"}).then(r=>r.type));
  await tried("ailleurs",()=>fetch("https://exemple.quebec/",{mode:"no-cors"}).then(r=>r.type));
  await tried("temoins",()=>document.cookie||"aucun");
  await tried("pages",()=>window.top.document.cookie);
  await tried("dessus",()=>{window.top.location=site+"/evade/"});
  await tried("service",()=>navigator.serviceWorker.register("sw.js").then(()=>"inscrit"));
  // Straight to the site, past the player.
  window.top.postMessage({atn:"etat",status:"passed",score:100},"*");
  console.log("REPORT"+JSON.stringify(out));
  // What takes the frame itself away comes last.
  window.open(site+"/evade/");
  const f=document.body.appendChild(document.createElement("form"));
  f.method="post";f.action=site+"/compte/logout/";f.submit();
})();
</script></body></html>"""


def test_s57_a_hostile_package_reaches_nothing_of_the_site(follow, page_of, live_server):
    hostile = HOSTILE.replace("SITE", live_server.url)
    page = page_of(follow(scorm(page=hostile, files={"sw.js": "self.x=1"})))
    with page.expect_console_message(lambda said: said.text.startswith("REPORT")) as report:
        page.get_by_role("link", name=OPEN).click()

    found = json.loads(report.value.text.removeprefix("REPORT"))
    assert found.pop("temoins") == "aucun"
    assert set(found.values()) == {"refusé"}, found
    page.wait_for_timeout(500)
    assert page.url.startswith(live_server.url + LESSON + "module/")
    assert len(page.context.pages) == 1
    page.reload()
    expect(page.get_by_role("heading", name="Le module")).to_be_visible()  # still signed in
    # Only messages of the player itself count; this package never spoke to it.
    assert not LearningEvent.objects.filter(verb="played").exists()


def test_the_module_of_the_demonstration_is_done_with_the_keyboard(follow, page_of):
    page = page_of(follow(packed()))
    page.get_by_role("link", name=OPEN).click()
    module = inside(page)
    for right in ("La municipalité", "Quelqu’un d’autre", "Quelqu’un d’autre"):
        module.get_by_role("button", name=right).press("Enter")
        expect(module.get_by_role("status")).to_contain_text("Oui.")
        module.get_by_role("button", name="Suite").press("Enter")
    expect(module.locator("h1")).to_have_text("3 sur 3")
    expect(page.locator("#dit")).to_contain_text("C’est noté")
    page.get_by_role("link", name="Revenir à la leçon").click()
    expect(page.get_by_text("Votre meilleur résultat : 100 %.")).to_be_visible()


# A unit that follows the standard: launch, fetch, LMS.LaunchData, then its verbs in their order.
UNIT = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Unité</title></head><body>
<h1>Unité</h1><p id="said"></p>
<button onclick="say('completed',{result:{completion:true}})">Tout lu</button>
<button onclick="say('passed',{result:{success:true,score:{scaled:.9}}})">Réussir</button>
<button onclick="say('terminated',{})">Fermer</button>
<script>
const q=Object.fromEntries(new URLSearchParams(location.search)),V="http://adlnet.gov/expapi/verbs/";
let heads,launch;
(async()=>{
  const token=(await (await fetch(q.fetch,{method:"POST"})).json())["auth-token"];
  heads={"Authorization":"Basic "+token,"Content-Type":"application/json","X-Experience-API-Version":"1.0.3"};
  const about={activityId:q.activityId,agent:q.actor,registration:q.registration,stateId:"LMS.LaunchData"};
  launch=await (await fetch(q.endpoint+"activities/state?"+new URLSearchParams(about),{headers:heads})).json();
  await say("initialized",{});
})();
async function say(verb,more){
  const context=structuredClone(launch.contextTemplate);
  context.registration=q.registration;
  context.contextActivities={...context.contextActivities,
    category:[{id:"https://w3id.org/xapi/cmi5/context/categories/cmi5"}]};
  const said={id:crypto.randomUUID(),actor:JSON.parse(q.actor),verb:{id:V+verb},
    object:{objectType:"Activity",id:q.activityId},context,timestamp:new Date().toISOString(),...more};
  const a=await fetch(q.endpoint+"statements",{method:"POST",headers:heads,body:JSON.stringify(said)});
  document.getElementById("said").textContent+=verb+" "+a.status+". ";
}
</script></body></html>"""


def test_a_cmi5_unit_is_played_to_its_end_and_finished_by_its_move_on(follow, page_of):
    """AICC/cmi5, 8 to 10: « completed » alone does not satisfy CompletedAndPassed."""
    page = page_of(follow(cmi5(page=UNIT, move_on="CompletedAndPassed")))
    page.get_by_role("link", name=OPEN).click()
    unit = page.frame_locator("#cadre iframe")
    expect(unit.locator("#said")).to_have_text("initialized 200.")
    unit.get_by_role("button", name="Tout lu").click()
    expect(unit.locator("#said")).to_contain_text("completed 200.")
    assert BlockState.objects.get().data == {"parts": {"1": "incomplete"}, "done": False}
    unit.get_by_role("button", name="Réussir").click()
    expect(unit.locator("#said")).to_contain_text("passed 200.")
    unit.get_by_role("button", name="Fermer").click()
    expect(unit.locator("#said")).to_contain_text("terminated 200.")
    # Once terminated, the session takes nothing more.
    unit.get_by_role("button", name="Tout lu").click()
    expect(unit.locator("#said")).to_contain_text(re.compile(r"completed 4\d\d"))

    page.get_by_role("link", name="Revenir à la leçon").click()
    expect(page.get_by_text("Votre meilleur résultat : 90 %.")).to_be_visible()
    assert BlockState.objects.get().data == {"parts": {"1": "passed"}, "done": True}


def test_without_javascript_the_words_are_there(follow, page_of):
    page = page_of(follow(module("1.2")), scripts=False)
    page.get_by_role("link", name=OPEN).click()
    expect(page.get_by_text("a besoin de JavaScript")).to_be_visible()
    page.get_by_text("La même chose en mots").click()
    expect(page.get_by_text("On tient le bâton à deux mains.")).to_be_visible()


def test_its_pages_have_no_accessibility_finding(follow, live_server, context):
    learner = follow(scorm(parts=("a.html", "b.html")))
    signed_in(context, live_server, learner)
    page = context.new_page()
    page.goto(live_server.url + LESSON)
    address = page.get_by_role("link", name=OPEN).get_attribute("href")
    page.close()

    assert findings(context, live_server.url + LESSON) == []
    assert findings(context, live_server.url + address) == []
