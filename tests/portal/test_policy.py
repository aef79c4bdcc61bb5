"""What browsers tell of the content policy: cases S-78 and S-79."""

import json
import logging

import pytest

from atn_platform.accounts.limits import LIMITS

DOOR = "/securite/ecarts/"
TOLD = {
    "document-uri": "http://testserver/cours/CYB-101/?q=chantal",
    "effective-directive": "script-src-elem",
    "blocked-uri": "https://ailleurs.example/a.js?jeton=secret",
    "script-sample": "mot de passe",
    "line-number": 12,
}


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.WARNING, logger="atn_platform.portal.views")
    return lambda: [
        record.getMessage()
        for record in caplog.records
        if record.name == "atn_platform.portal.views"
    ]


def tell(client, body, kind="application/csp-report", **headers):
    content = body if isinstance(body, str | bytes) else json.dumps({"csp-report": body})
    return client.post(DOOR, content, content_type=kind, headers=headers).status_code


def test_s78_every_page_says_where_its_policy_is_reported(client):
    assert f"report-uri {DOOR}" in client.get("/aide/").headers["Content-Security-Policy"]


def test_s79_a_report_is_one_line_without_queries_nor_what_was_typed(client, lines):
    assert tell(client, TOLD) == 204
    assert lines() == [
        "Content policy: page=/cours/CYB-101/ effective-directive=script-src-elem "
        "blocked-uri=https://ailleurs.example/a.js line-number=12"
    ]


def test_s79_lines_cannot_be_forged_nor_grow(client, lines):
    hostile = TOLD | {"blocked-uri": "x\r\n{}\x1b[31m\u2028 " + "é" * 900 + "y" * 900}
    assert tell(client, hostile | {"source-file": {"a": [1]}, "line-number": None}) == 204
    [line] = lines()
    assert line.isprintable()
    assert line.isascii()
    assert len(line) < 600
    assert "source-file=dict line-number=NoneType" in line


@pytest.mark.parametrize(
    "body",
    [
        "", "{", "[]", "null", '"x"', "[" * 5000, b"\xff\xfe", "{\"csp-report\": []}",
        json.dumps({"csp-report": {**TOLD, "document-uri": "http://ailleurs.example/"}}),
        json.dumps({"csp-report": {**TOLD, "document-uri": "http://[x"}}),
        json.dumps({"csp-report": {**TOLD, "document-uri": 7}}),
        json.dumps({"csp-report": {**TOLD, "x": "y" * 10_000_000}}),
    ],
)  # fmt: skip
def test_s79_nonsense_other_sites_and_ten_megabytes_leave_no_line(client, lines, body):
    assert tell(client, body) == 403
    assert lines() == []


def test_s79_what_another_site_sends_leaves_no_line(client, lines):
    assert tell(client, TOLD, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert tell(client, TOLD, kind="application/json") == 403
    assert lines() == []


def test_s79_a_place_that_tells_without_end_is_not_written_without_end(client, lines):
    most = LIMITS["policy_report"][0].amount
    answers = [tell(client, TOLD) for _ in range(most + 3)]
    assert answers[-3:] == [429] * 3
    assert len(lines()) <= most
