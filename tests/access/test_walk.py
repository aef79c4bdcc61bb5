"""Every address as every role, against the table and against the marks of other people."""

import io
import re
import zipfile
from html import unescape
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from pypdf import PdfReader

from atn_platform.audit.models import Viewing
from certificates.models import CertificateFile
from municipalities.models import Responsibility
from tests.access import table
from tests.access.walk import address, ask, outcome, routes
from tests.factories import LONG_AGO

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover, pytest.mark.ignore_template_errors]
MARK = re.compile(r"ZZ-[A-Z]-nom-\d{3}", re.IGNORECASE)
LINK = re.compile(r'href="([^"]+)"')
PAGES = 80
# Some of each that a role surely gets, so that the walk over formats is no walk over refusals.
FORMATS = {
    "responsible": {"csv", "xlsx", "pdf", "zip"},
    "territory": {"csv"},
    "coordinator": {"csv", "xlsx"},
}
GUARDS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def client_of(world, role) -> Client:
    client = Client(raise_request_exception=False)
    if world.people[role]:
        client.force_login(world.people[role])
    return client


def words(answer) -> str:
    """The text of an answer, whatever its kind: HTML, JSON, CSV, XLSX, PDF, ICS, EPUB, ZIP."""
    return read(b"".join(answer.streaming_content) if answer.streaming else answer.content)


def read(content: bytes) -> str:
    """Names of an archive's files, and what is in them, archives and PDFs included."""
    if content.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(content))
        return "".join(f"{name} {read(archive.read(name))}" for name in archive.namelist())
    if content.startswith(b"%PDF"):
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        # A narrow column cuts a mark after its hyphen.
        return text.replace("-\n", "-")
    # A line of a calendar goes on after a fold (RFC 5545, section 3.1).
    return content.decode("utf-8", "replace").replace("\r\n ", "")


def unguarded(answer) -> list[str]:
    """S-77, S-78: the headers that keep a page out of frames, guesses and gossip, if absent."""
    held = {key: value in answer.headers.get(key, "") for key, value in GUARDS.items()}
    return [key for key, there in held.items() if not there]


def foreign(text, world, role) -> set[str]:
    return {found.replace("zz-", "ZZ-") for found in map(_tidy, MARK.findall(text))} - world.marks[
        role
    ]


def _tidy(found: str) -> str:
    return found[:4].upper() + found[4:].lower()


def test_s01_every_address_has_its_line_in_the_table():
    ours = {name for name, route, _view in routes() if not table.is_library(name, route)}
    known = set(table.ROWS) | table.DOORS
    assert ours - known == set(), "add a line to ROWS in tests/access/table.py"
    assert known - ours == set(), "take this line out of tests/access/table.py"


def test_s01_the_document_is_what_the_table_says():
    assert table.DOCUMENT.read_text() == table.document(), "run: python -m tests.access.table"


@pytest.mark.parametrize("role", table.ROLES)
def test_s01_each_role_is_let_in_where_the_table_says_and_meets_its_own_records(role, world):
    """S-01, S-03, S-22, S-23 and S-30: the answer, then the marks in it."""
    client = client_of(world, role)
    wrong = []
    for name, route, _view in routes():
        if table.is_library(name, route):
            continue
        target = address(name, route, world)
        for method in ("get", "post"):
            answer = ask(client, method, target)
            shown = foreign(words(answer), world, role)
            if shown and name not in table.NAMES_ITS_BEARER:
                wrong.append((name, method, shown))
            wrong += [(name, method, guard) for guard in unguarded(answer)]
            # Without a worker, the site says 503 to whoever asks if it is ready; and whatever is
            # no report of a browser is refused unread, whoever sends it.
            if name in table.DOORS or name in {"health-ready", "portal:policy-report"}:
                continue
            found = outcome(answer)
            if found not in table.allowed(name, role):
                wrong.append((name, method, found, table.allowed(name, role)))
    assert wrong == []


@pytest.mark.parametrize(
    "role", ["learner", "responsible", "neighbour", "territory", "coordinator"]
)
def test_s03_a_file_of_any_format_holds_nobody_else_s_record(role, world):
    """The walk above asks for one format of each; whoever may have that one gets the others."""
    client, wrong, had = client_of(world, role), [], set()
    for name, route, _view in routes():
        if "extension>" not in route:
            continue
        asked = address(name, route, world).rpartition(".")[0]
        for extension in ("csv", "xlsx", "pdf", "zip"):
            answer = ask(client, "get", f"{asked}.{extension}")
            shown = foreign(words(answer), world, role)
            had |= {extension} if answer.status_code == HTTPStatus.OK else set()
            wrong += [(name, extension, shown)] if shown else []
    assert wrong == []
    assert had >= FORMATS.get(role, set())


@pytest.mark.parametrize(
    "role", ["learner", "elected", "responsible", "neighbour", "territory", "coordinator"]
)
def test_s03_following_every_link_shows_nobody_else_s_record(role, world):
    client = client_of(world, role)
    left, seen = ["/"], set()
    while left and len(seen) < PAGES:
        target = left.pop(0)
        seen.add(target)
        answer = client.get(target)
        text = words(answer)
        assert foreign(text, world, role) == set(), target
        assert answer.status_code < 500, target
        found = [*LINK.findall(text), answer.headers.get("Location", "")]
        for link in (urlsplit(urljoin(target, unescape(each))) for each in found):
            where = link.path + (f"?{link.query}" if link.query else "")
            fresh = where not in seen and where not in left
            if fresh and not link.netloc and not where.startswith("/static/"):
                left.append(where)
    assert len(seen) > 10


def test_the_search_for_marks_can_fail(world):
    """A negative control: the responsable's own page, read as if by a neighbour."""
    answer = client_of(world, "responsible").get(f"/mes-gens/{world.arguments['handle']}/")
    assert foreign(words(answer), world, "responsible") == set()
    assert foreign(words(answer), world, "neighbour") >= {"ZZ-A-nom-001", "ZZ-A-nom-002"}


def test_the_search_for_marks_reads_what_is_in_archives_and_across_folds(world):
    """A negative control: a certificate in an archive in another, a name that a line cuts."""
    certificate = bytes(CertificateFile.objects.get().content)
    assert b"ZZ-A-nom-001" not in certificate
    calendar = b"BEGIN:VCALENDAR\r\nATTENDEE:Luc ZZ-A-n\r\n om-001\r\n"
    for file in (calendar, certificate):
        inner = zipped("dedans.zip", file)
        assert foreign(read(zipped("dehors.zip", inner)), world, "neighbour") == {"ZZ-A-nom-001"}


def test_the_search_for_marks_reads_a_name_that_a_narrow_column_cuts(world):
    """A negative control: the statement of a year on paper, read as if by a neighbour."""
    asked = f"/mes-gens/{world.arguments['handle']}/preuves/{LONG_AGO.year}.pdf"
    text = words(client_of(world, "responsible").get(asked))
    assert foreign(text, world, "neighbour") == {"ZZ-A-nom-001"}


def zipped(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("page", ["", "inviter/", "importer/", "mandats/", "responsables/"])
def test_s05_another_organisation_s_page_is_the_page_of_none(page, world):
    """S-05: the same status and the same words as for an organisation that is not."""
    client = client_of(world, "neighbour")
    theirs = client.get(f"/mes-gens/{world.arguments['handle']}/{page}")
    none = client.get(f"/mes-gens/99999/{page}")
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert _same(theirs) == _same(none)


def _same(answer) -> str:
    return re.sub(r'value="[^"]+"', "", answer.content.decode())


@pytest.mark.parametrize("name", ["", "/resultat.csv", "/annuler/", "/colonnes/"])
def test_s10_a_list_handed_in_by_another_organisation_does_not_exist(name, world):
    pk = world.exceptions["municipalities:import"]["pk"]
    rest = name or "/"
    answer = client_of(world, "neighbour").get(f"/mes-gens/listes/{pk}{rest}")
    assert answer.status_code == 404
    assert b"zz-a-liste" not in answer.content


def test_s11_the_next_request_after_a_role_is_taken_away_is_refused(world):
    first, second = client_of(world, "responsible"), client_of(world, "responsible")
    page = f"/mes-gens/{world.arguments['handle']}/"
    assert (first.get(page).status_code, second.get(page).status_code) == (200, 200)
    Responsibility.objects.filter(user=world.people["responsible"]).delete()
    assert (first.get(page).status_code, second.get(page).status_code) == (404, 404)
    type(world.people["learner"]).objects.filter(pk=world.people["responsible"].pk).update(
        is_active=False
    )
    assert outcome(first.get(page)) == outcome(second.get(page)) == "login"


def test_s13_fields_that_nobody_asked_for_change_nothing(world):
    learner = world.people["learner"]
    extra = {"role": "administrator", "is_staff": "on", "is_superuser": "on", "is_active": ""}
    client = client_of(world, "learner")
    client.post("/compte/", {"first_name": "Luc", "last_name": "ZZ-A-nom-001", **extra})
    learner.refresh_from_db()
    assert learner.first_name == "Luc"
    assert (learner.is_staff, learner.is_superuser, learner.is_active) == (False, False, True)
    assert not learner.role_grants.exists()


def test_s27_another_method_in_a_header_or_a_field_is_not_listened_to(world):
    client = client_of(world, "responsible")
    page = f"/mes-gens/{world.arguments['handle']}/"
    assert client.get(page, headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 200
    assert client.post(page, {"_method": "DELETE"}).status_code == 405
    assert client.trace(page).status_code == 405


@pytest.mark.parametrize("role", ["responsible", "instructor", "administrator"])
def test_p18_every_page_that_shows_somebody_s_record_says_so_in_the_log(role, world):
    """P-18: the marks on each page, against the people of the line that it wrote."""
    me, client = world.people[role], client_of(world, role)
    people = {
        user.last_name: user.pk for user in type(me).objects.filter(last_name__startswith="ZZ-")
    }
    # Whoever gives a session, or offers moments, is named to all who may come.
    announced = {"ZZ-T-nom-005", "ZZ-T-nom-006"}
    missing = {}
    for name, route, _view in routes():
        is_list = name.startswith("admin:") and name.endswith("_changelist")
        if table.is_library(name, route) and not is_list:
            continue
        before = Viewing.objects.count()
        target = address(name, route, world)
        with transaction.atomic():
            shown = set(map(_tidy_mark, MARK.findall(words(client.get(target)))))
            told = {key for row in Viewing.objects.all() for key in row.people}
            wrote = Viewing.objects.count() - before
            transaction.set_rollback(True)
        seen = {people[each] for each in shown - announced if each in people} - {me.pk}
        # The subject of an invitation names its sender; the letter is not about them.
        senders = {world.people[each].pk for each in ("responsible", "coordinator")}
        seen -= senders if "outgoingemail" in name else set()
        # Which coach accompanies which municipality, as its people read it too.
        seen -= {world.people["coach"].pk} if name == "enrollments:coached-towns" else set()
        if seen - told and name not in table.NAMES_ITS_BEARER:
            missing[name] = (shown, wrote)
    assert missing == {}


def _tidy_mark(found: str) -> str:
    return _tidy(found).replace("zz-", "ZZ-")
