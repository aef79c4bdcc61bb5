import pytest

from atn_platform.core import markdown
from atn_platform.core.templatetags.atn import lesson_html

NB = "\u00a0"


def test_s53_headings_lists_and_tables_survive_with_french_spaces():
    html = markdown.render(
        "# Un titre : deux\n\n- 25 % du total\n\n| A | B |\n|---|---|\n| « a » | 3 |"
    )
    assert f"<h2>Un titre{NB}: deux</h2>" in html
    assert f"<li>25{NB}% du total</li>" in html
    assert '<th scope="col">A</th>' in html
    assert f"«{NB}a{NB}»" in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[clic](javascript:alert(1))",
        "[clic](data:text/html;base64,AAAA)",
        '<a href="https://ok" onclick="x()">ok</a>',
        '<p style="position:fixed">x</p>',
        "<iframe src=//evil></iframe>",
        '<form action="//evil"><input></form>',
        "<svg/onload=alert(1)>",
        "<base href=//evil><meta http-equiv=refresh content=0>",
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
        "<object data=//evil></object><embed src=//evil>",
        "![image](javascript:alert(1))",
        "![image](https://ailleurs.example/espion.png)",
        "<javascript:alert(1)>",
        "[a]: javascript:alert(1)\n\n[clic][a]",
        "[clic](&#106;avascript:alert(1))",
        "[clic](vbscript:x) [clic](java\tscript:x) [clic](JAVASCRIPT:x)",
    ],
)
def test_s53_hostile_text_is_shown_as_text(hostile):
    html = markdown.render(hostile)
    for tag in (
        "script",
        "img",
        "iframe",
        "form",
        "svg",
        "base",
        "meta",
        "p style",
        "object",
        "embed",
    ):
        assert f"<{tag}" not in html
    for scheme in ("javascript", "data", "vbscript", "java"):
        assert f'href="{scheme}' not in html.lower()
    assert " onclick=" not in html.replace("&quot;", '"').split("&lt;")[0]


def test_code_and_addresses_keep_their_spaces():
    html = markdown.render("`a : b` puis [lien](https://exemple.quebec/a?b=1)")
    assert "<code>a : b</code>" in html
    assert 'href="https://exemple.quebec/a?b=1"' in html


def test_clues_are_marked():
    html = markdown.render_clues("Payez [[1]]aujourd’hui[[/1]] ou [[2]]cliquez[[/2]].")
    assert '<mark data-clue="1">aujourd’hui</mark>' in html
    assert '<mark data-clue="2">cliquez</mark>' in html


def test_heading_ranks_are_readable():
    assert markdown.headings("# A\n\n### B") == [2, 3]


def test_sentences_end_with_a_stop_a_title_or_an_item():
    html = markdown.render("## Trois phrases\n\nUne « deux ». Et Q&R?\n\n- trois\n- 4 < 5 km")
    assert markdown.sentences(html) == [
        "Trois phrases",
        f"Une «{NB}deux{NB}».",
        "Et Q&R?",
        "trois",
        f"4 < 5{NB}km",
    ]


def test_the_table_of_a_lesson_scrolls_and_is_reached_by_keyboard():
    """At 320 px the page itself must not scroll sideways (WCAG 1.4.10)."""
    html = lesson_html(markdown.render("Avant.\n\n| Nom |\n| --- |\n| Rolande |\n\nAprès."))
    assert html.count('class="scrollx" role="group" tabindex="0"') == 1
    assert "</table></div>\n<p>Après.</p>" in html
    assert lesson_html("<p>Sans tableau.</p>") == "<p>Sans tableau.</p>"
