"""Numbers that are said over the phone, and codes that are copied from paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.numbers import (
    ALPHABET,
    SYMBOLS,
    Fault,
    check_symbol,
    fault_of,
    is_number,
    new_code,
    number,
    tidy_code,
)

DRAWN = st.text(SYMBOLS, min_size=15, max_size=15)
YEARS, RANKS = st.integers(2026, 2099), st.integers(1, 999_999)


def code_of(drawn):
    return tidy_code(drawn + check_symbol(drawn))


@given(YEARS, RANKS)
def test_a_number_is_recognised_as_written(year, rank):
    text = number(year, rank)
    assert is_number(text)
    assert is_number(text.lower().replace("-", " "))


@given(YEARS, RANKS, st.data())
def test_one_wrong_digit_of_a_number_is_caught(year, rank, data):
    text = number(year, rank)
    at = data.draw(st.sampled_from([i for i, sign in enumerate(text) if sign.isdigit()]))
    wrong = data.draw(st.sampled_from(sorted(set("0123456789") - {text[at]})))
    assert not is_number(text[:at] + wrong + text[at + 1 :])


@given(YEARS, RANKS, st.sampled_from(ALPHABET))
def test_only_one_letter_ends_a_number(year, rank, letter):
    text = number(year, rank)
    assert is_number(text[:-1] + letter) == (letter == text[-1])


def test_codes_differ_and_are_well_made():
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert {fault_of(code) for code in codes} == {None}
    assert {len(code) for code in codes} == {19}


@given(DRAWN)
def test_a_code_is_read_however_it_is_typed(drawn):
    code = code_of(drawn)
    assert fault_of(code) is None
    for typed in (
        code.lower(),
        code.replace("-", ""),
        code.replace("-", "  "),
        f"  {code}\t",
        code.replace("0", "O").replace("1", "l").replace("2", "z").replace("V", "u"),
        code.replace("0", "o").replace("1", "I"),
        code.replace("-", "–").replace("4", "４"),
        f"https://formation.example/verifier/{code}/",
        f"formation.example/verifier/{code.lower()}",
    ):
        assert tidy_code(typed) == code


@given(DRAWN, st.data())
def test_s91_one_wrong_symbol_of_a_code_is_caught(drawn, data):
    code = drawn + check_symbol(drawn)
    at = data.draw(st.integers(0, 15))
    wrong = data.draw(st.sampled_from(sorted(set(SYMBOLS) - {code[at]})))
    assert fault_of(code[:at] + wrong + code[at + 1 :]) is Fault.CHECK


@given(DRAWN, st.data())
def test_two_symbols_of_a_code_that_changed_places_are_caught(drawn, data):
    signs = list(drawn + check_symbol(drawn))
    one, other = data.draw(st.lists(st.integers(0, 15), min_size=2, max_size=2, unique=True))
    signs[one], signs[other] = signs[other], signs[one]
    swapped = "".join(signs)
    changed = swapped != drawn + check_symbol(drawn)
    assert (fault_of(swapped) is Fault.CHECK) == changed


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", Fault.LENGTH),
        ("7K4M", Fault.LENGTH),
        ("٣" * 16, Fault.LENGTH),
        ("\x00", Fault.LENGTH),
        (number(2026, 123), Fault.NUMBER),
        ("atn 2026 000123 " + number(2026, 123)[-1], Fault.NUMBER),
    ],
)
def test_what_is_no_code_says_why(typed, fault):
    assert fault_of(typed) is fault
