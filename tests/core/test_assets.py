"""Static files and templates leave without what is there for their readers only."""

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.template.loader import render_to_string

from atn_platform.core.assets import FlushStaticFiles, flush

KILO = 1000
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


def test_what_is_collected_is_whole_under_its_hashed_name_and_compressed(tmp_path):
    sources = FileSystemStorage(settings.BASE_DIR / "static")
    names = ["atn.css", "atn.js", "atn-texte.woff2", "atn-titre.woff2"]
    collected = FlushStaticFiles(location=tmp_path, base_url="/static/")
    for name in names:
        with sources.open(name) as source:
            collected.save(name, source)
    list(collected.post_process({name: (collected, name) for name in names}))
    for name in ("atn.css", "atn.js"):
        hashed = tmp_path / collected.stored_name(name)
        assert hashed.name != name
        assert len(hashed.read_bytes()) >= len((tmp_path / name).read_bytes()) > KILO
        assert b"\n " not in hashed.read_bytes()
        assert hashed.with_name(f"{hashed.name}.br").exists()


def test_a_template_is_drawn_flush_and_keeps_its_lines():
    drawn = render_to_string("components/brand.html")
    assert "\n<a class=" in drawn
    assert "\n " not in drawn
    source = (settings.BASE_DIR / "templates" / "components" / "brand.html").read_text()
    assert drawn.count("\n") == source.count("\n") - 2  # its comment
