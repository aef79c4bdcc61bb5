"""Static files and templates leave without what is there for their readers only."""

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from atn_platform.core.assets import flush

SCRIPTS = sorted((settings.BASE_DIR / "static").glob("*.js"))


def test_a_style_sheet_loses_its_comments_and_its_indentation():
    sheet = b"/* Jetons\n   d'abord. */\n@layer parts{\n  /* liens */\n  a{color:red}\n\n}\n"
    assert flush("atn.css", sheet) == b"\n@layer parts{\na{color:red}\n}\n"


def test_a_script_loses_its_lines_of_comments_and_no_address():
    script = b'// Facultatif.\nif(a){\n  // parce que\n  b="http://c";  // reste\n}\n'
    assert flush("atn.js", script) == b'if(a){\nb="http://c";  // reste\n}\n'


@pytest.mark.parametrize("name", ["vendor/scorm-again/scorm12.min.js", "admin/css/base.css"])
def test_what_others_made_stays_what_it_is(name):
    assert flush(name, b"/* licence */\n  a{}\n") == b"/* licence */\n  a{}\n"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_text_of_ours_spans_lines_where_indentation_would_be_part_of_it(path):
    assert [line for line in path.read_text().splitlines() if line.count("`") % 2] == []


def test_a_template_is_drawn_flush_and_keeps_its_lines():
    drawn = render_to_string("components/brand.html")
    assert "\n<a class=" in drawn
    assert "\n " not in drawn
    source = (settings.BASE_DIR / "templates" / "components" / "brand.html").read_text()
    assert drawn.count("\n") == source.count("\n") - 2  # its comment
