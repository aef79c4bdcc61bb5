"""The second origin: signed addresses that expire, strict headers, no cookie, nothing else."""

import gzip
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains

from atn_platform.interop import addresses
from tests.interop.conftest import address
from tests.package_files import PAGE, PIXEL, scorm

pytestmark = pytest.mark.django_db
HOST = {"HTTP_HOST": "contenus.testserver"}
CONTENT = scorm(
    files={"img/a b.png": PIXEL, "js/x.js": "var x=1;" * 90, "film.mp4": b"0123456789",
           "notes.docx": "x", "imsmanifest.xsd": "<x/>"}
)  # fmt: skip


@pytest.fixture
def fetch(play, client):
    """Fetches a file of the package from the second origin, as its token allows."""
    __, block = play(CONTENT)

    def fetching(path, *, days=0, token=None, **headers):
        on = timezone.localdate() - timedelta(days=days)
        token = token or addresses.token(block["asset"], on=on)
        return client.get(f"/m/{token}/{path}", headers=headers, **HOST)

    fetching.block = block
    return fetching


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_files_are_served_under_their_own_type_and_kept_a_day(fetch):
    for path, kind, content in (
        ("contenu/img/a%20b.png", "image/png", PIXEL),
        ("contenu/js/x.js", "text/javascript", b"var x=1;" * 90),
        ("contenu/film.mp4", "video/mp4", b"0123456789"),
    ):
        response = fetch(path)
        assert (response.headers["Content-Type"], body(response)) == (kind, content)
        assert response.headers["Cache-Control"] == "private, max-age=86400"


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        # A browser would take it for Windows-1252: « Ã©tÃ© ».
        ("<title>Été</title>".encode(), "text/html; charset=utf-8"),
        ('<meta http-equiv="x" content="text/html; charset=x">Été'.encode(), "text/html"),
        ("<title>Été</title>".encode("latin-1"), "text/html"),
        ("<title>Été</title>".encode("utf-16"), "text/html"),
    ],
)
def test_a_page_that_says_no_encoding_is_said_to_be_what_it_reads_as(play, client, page, kind):
    __, block = play(scorm(files={"seule.html": page}))
    token = addresses.token(block["asset"], on=timezone.localdate())
    response = client.get(f"/m/{token}/contenu/seule.html", **HOST)
    assert response.headers["Content-Type"] == kind


def test_a_compressed_file_leaves_as_it_lies_in_the_archive(fetch):
    response = fetch("contenu/js/x.js", accept_encoding="gzip")

    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content) == b"var x=1;" * 90


def test_a_page_answers_its_own_dialogs_for_browsers_forbid_them_in_frames(fetch):
    plain = fetch("contenu/index.html").content
    packed = gzip.decompress(fetch("contenu/index.html", accept_encoding="gzip").content)

    assert plain == packed
    assert PAGE.encode() == plain  # without a head there is no place for them


def test_a_film_is_given_by_the_parts_that_are_asked_for(fetch):
    response = fetch("contenu/film.mp4", range="bytes=2-5")

    assert (response.status_code, body(response)) == (206, b"2345")
    assert response.headers["Content-Range"] == "bytes 2-5/10"


@pytest.mark.parametrize(
    ("span", "status", "length"),
    [(None, 200, "10"), ("bytes=2-5", 206, "4"), ("bytes=99-", 416, None)],
)
def test_a_film_closes_the_archive_that_it_comes_from(fetch, monkeypatch, span, status, length):
    fetch("contenu/index.html")  # the archive's table is known
    closed, opening = [], default_storage.open

    def spying(*args):
        stored = opening(*args)
        stored.close = lambda: closed.append(stored)  # in memory, closing leaves no other trace
        return stored

    monkeypatch.setattr(default_storage, "open", spying)
    response = fetch("contenu/film.mp4", **({"range": span} if span else {}))
    body(response)

    assert (response.status_code, response.headers.get("Content-Length")) == (status, length)
    assert len(closed) == 1


@pytest.mark.parametrize(
    "path",
    ["contenu/", "contenu/absent.html", "contenu/notes.docx", "contenu/../../settings.py",
     "contenu/%2e%2e/imsmanifest.xml", "contenu//index.html", "lecteur/autre/", "",
     "contenu/index.html%00"],
)  # fmt: skip
def test_s82_nothing_else_is_found(fetch, path):
    assert fetch(path).status_code == 404


def test_an_address_holds_to_the_end_of_the_next_day(fetch):
    assert [fetch("contenu/index.html", days=days).status_code for days in (0, 1, 2, -1)] == [
        200, 200, 410, 410,
    ]  # fmt: skip


@pytest.mark.parametrize("token", ["x", "a.b.c.d", "a.b.c.d.e", "..", "%2e%2e"])
def test_a_forged_address_opens_nothing(fetch, token):
    assert fetch("contenu/index.html", token=token).status_code == 404


def test_a_token_opens_its_own_archive_only(fetch):
    good = addresses.token(fetch.block["asset"], on=timezone.localdate())
    forged = "0" * 64 + good[64:]

    assert fetch("contenu/index.html", token=forged).status_code == 404


def test_s77_s57_its_answers_carry_strict_headers_and_no_cookie(fetch):
    for path in ("contenu/index.html", "lecteur/scorm-1.2/", "contenu/absent.html"):
        response = fetch(path)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "worker-src 'none'" in policy
        assert f"frame-ancestors 'self' {addresses.site()}" in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "X-Frame-Options" not in response.headers
        assert not response.cookies
        assert "Cookie" not in response.headers.get("Vary", "")


def test_s57_what_another_package_left_is_cleared_when_one_is_opened(fetch):
    for path in ("lecteur/scorm-1.2/", "contenu/index.html?endpoint=x&fetch=y"):
        response = fetch(path)
        assert response.headers["Clear-Site-Data"] == '"storage"'
        assert response.headers["Cache-Control"] == "no-store"
    for path in ("contenu/index.html", "contenu/js/x.js?endpoint=x&fetch=y"):
        assert "Clear-Site-Data" not in fetch(path).headers


def test_s57_a_service_worker_is_not_given_its_script(fetch):
    assert fetch("contenu/js/x.js", service_worker="script").status_code == 403


def test_the_two_origins_share_no_address(client, fetch):
    token = addresses.token(fetch.block["asset"], on=timezone.localdate())

    assert client.get(f"/m/{token}/contenu/index.html").status_code == 404
    for path in (
        "/",
        "/admin/",
        "/mes-cours/",
        "/compte/login/code/",
        address("module", fetch.block),
    ):
        assert client.get(path, **HOST).status_code == 404
    assert client.post(address("place", fetch.block, 1), **HOST).status_code == 404


@pytest.mark.parametrize(
    "host", ["CONTENUS.testserver", "contenus.testserver.", "contenus.testserver:8000"]
)
def test_s57_the_second_origin_is_known_however_its_host_is_written(client, fetch, host):
    for path, status in ((address("module", fetch.block), 404), ("/mes-cours/", 404)):
        response = client.get(path, HTTP_HOST=host)
        assert response.status_code == status
        assert "worker-src 'none'" in response.headers["Content-Security-Policy"]


def test_s77_the_page_may_hold_frames_of_that_origin_and_of_no_other(client, fetch):
    response = client.get(address("module", fetch.block))

    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy.split("; ")
    assert f"frame-src {settings.PACKAGES_ORIGIN}" in policy.split("; ")
    other = client.get("/mes-cours/")
    assert "frame-src" not in other.headers["Content-Security-Policy"]


def test_without_script_the_page_says_so_and_gives_the_same_in_words(client, fetch):
    response = client.get(address("module", fetch.block))

    assertContains(response, "a besoin de JavaScript")
    assertContains(response, "<strong>deux mains</strong>")
    assertContains(response, 'id="cadre" hidden')


def test_without_a_second_origin_no_package_runs_and_the_words_are_open(client, play, settings):
    __, block = play(CONTENT)
    settings.PACKAGES_ORIGIN = ""

    response = client.get(address("module", block))

    assertContains(response, "ne sont pas en service")
    assertContains(response, '<details id="equivalent" open>')
    assert b'<script src="/static/module.js"' not in response.content
    assert Client().get("/m/x/contenu/y", **HOST).status_code == 404
