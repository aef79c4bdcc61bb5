"""The bench bites: nothing on a sound page, and each planted defect is found."""

import pytest

from tests.browser.bench import findings

SOUND = """<!doctype html><html lang="fr-CA">
<head><meta charset="utf-8"><title>Essai</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{margin:0;font:1rem/1.5 sans-serif;color:#1a2a32;background:#fff}
main{padding:1rem} a,button,input{display:inline-block;min-height:2.75rem;min-width:2.75rem}
:focus-visible{outline:3px solid #0a2e3a;outline-offset:2px}</style></head>
<body><main><h1>Vérifier un courriel</h1>
<p id="texte">Trois gestes suffisent pour douter à temps.</p>
<h2>Les gestes</h2><p><a id="lien" href="#texte">Lire la suite de la leçon</a></p>
<form><label for="nom">Nom</label><input id="nom" autocomplete="name">
<button id="bouton" type="button">Vérifier mes réponses</button></form>
<p><img id="image" alt="Un courriel annoté" width="24" height="24"
src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"></p>
</main></body></html>"""

DEFECTS = {
    "focus ring removed": (
        "add_style", "*:focus,*:focus-visible{outline:none!important}", "focus without a ring",
    ),
    "bar over the focus": (
        "add_style",
        "main::after{content:'';position:fixed;inset:0;background:#fff}",
        "focus covered",
    ),
    "fixed width": ("add_style", "main{width:900px}", "sideways scroll"),
    "text clipped at 200 %": (
        "add_style", "#texte{height:24px;overflow:hidden}", "text at 200 %",
    ),
    "mouse-only control": (
        "evaluate", "document.querySelector('h2').setAttribute('onclick', 'void 0')", "mouse only",
    ),
    "negative tabindex": (
        "evaluate", "document.querySelector('#bouton').tabIndex = -1", "not reached by Tab",
    ),
    "image without alternative": (
        "evaluate", "document.querySelector('#image').removeAttribute('alt')", "image-alt",
    ),
    "label removed": ("evaluate", "document.querySelector('label').remove()", "label"),
    "faint text": ("add_style", "#texte{color:#bbb}", "color-contrast"),
    "small target": (
        "add_style",
        "#bouton{min-height:0;min-width:0;width:14px;height:14px;padding:0;font-size:2px}",
        "small target",
    ),
    "heading jump": (
        "evaluate", "document.querySelector('h2').outerHTML = '<h4>Les gestes</h4>'",
        "heading jump",
    ),
    "second h1": (
        "evaluate", "document.querySelector('h2').outerHTML = '<h1>Autre</h1>'", "h1 × 2",
    ),
    "English page": ("evaluate", "document.documentElement.lang = 'en'", "lang en"),
    "movement": (
        "add_style",
        "@keyframes x{to{opacity:.99}} #lien{animation:x 1s infinite}",
        "moves though",
    ),
    "spacing clipped": (
        "add_style", "#texte{max-height:1.9rem;overflow:hidden}", "text spacing",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "sound.html"
    path.write_text(SOUND)
    return path.as_uri()


def test_a_sound_page_has_no_finding(context, address):
    assert findings(context, address) == []


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_found(context, address, defect):
    how, code, expected = DEFECTS[defect]

    def plant(page):
        if how == "evaluate":
            page.evaluate(code)
        else:
            page.add_style_tag(content=code)

    assert any(expected in text for text in findings(context, address, plant))
