"""Pictures of printed pages, in the operators of PDF."""

import pytest
from weasyprint.images import SVGImage

from atn_platform.core.drawings import Drawing, drawing, qr_code

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="10" {}/></svg>'


def test_weasyprint_asks_of_an_image_what_a_drawing_answers():
    asked = {name for name in vars(SVGImage) if not name.startswith("_")}
    assert asked == {"get_intrinsic_size", "draw"}
    assert Drawing(4, 2, b"").get_intrinsic_size(1, 16) == (4, 2, 2)


def test_a_picture_keeps_its_colours_and_no_state_of_a_document():
    made = drawing(SVG.format('fill="#FF0000"').encode())
    assert (made.width, made.height) == (40, 20)
    assert b"1 0 0 rg" in made.operators
    assert b" gs" not in made.operators


def test_a_picture_that_lets_show_through_is_refused():
    with pytest.raises(ValueError, match="transparent"):
        drawing(SVG.format('fill="#FF000080"').encode())


def test_a_code_is_drawn_by_its_runs_of_dark_modules():
    first = qr_code("https://exemple.quebec/").operators.split(b" l ")[0]
    assert first == b"0 G 1 w 0 0.5 m 7 0.5"
