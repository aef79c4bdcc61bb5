"""Whatever our questions say, a file of them that is read again says the same."""

from hypothesis import given
from hypothesis import strategies as st

from courses.exchange import gift, moodle_xml
from courses.exchange.ours import Imported, ours
from courses.exchange.theirs import theirs

# Every sign of GIFT, of XML, of Markdown, of Moodle's gaps and of our own notation.
words = st.text(
    st.sampled_from(list("aéÉ’ ~=#{}:\\%[]()<>&*_`|\"'/-+.,1T\u00a0")), max_size=14
).map(lambda text: " ".join(f"x{text}y".split()))
said = st.one_of(st.just({}), st.builds(lambda text: {"feedback": text}, words))
parts = st.sampled_from([5, 33.33333, 50, 66.66667, -25, -100])
wrong = st.builds(lambda text, more: {"text": text, **more}, words, said)
right = wrong.map(lambda choice: {"text": choice["text"], "correct": True, **choice})
partly = st.builds(lambda choice, worth: {**choice, "worth": worth}, wrong, parts)
due = st.builds(lambda choice, worth: {**choice, "worth": worth}, right, parts.map(abs))
sides = st.one_of(
    st.just({}), words.map(lambda text: {"feedback": {"right": text, "wrong": text}})
)
flag = st.sampled_from([{}, {"partial": True}])
number = st.sampled_from(["72", "3,5 ± 0,1", "-4", "1104 ± 12"])


def counted(choices):
    return st.builds(lambda choice, text: {**choice, "text": text}, choices, number)


def question(kind, data):
    made = st.builds(lambda held, more: {**held, **more}, data, sides)
    return st.builds(
        lambda title, prompt, data: Imported(kind, title, prompt, data), words, words, made
    )


def choices(*kinds):
    return st.lists(st.one_of(*kinds), min_size=1, max_size=4)


def with_one(first, *kinds):
    rest = st.lists(st.one_of(*kinds), max_size=3)
    return st.builds(lambda one, others: {"choices": [one, *others]}, first, rest)


apart = st.lists(words, min_size=2, max_size=4, unique=True)
pairs = st.builds(
    lambda lefts, rights: {
        "pairs": [
            {"left": left, "right": f"{rank}{right}"}
            for rank, (left, right) in enumerate(zip(lefts, rights, strict=False))
        ]
    },
    apart, apart,
)  # fmt: skip
# GIFT takes a line of five dashes for the place of the answer, and an arrow for the end of a side.
for_gift = st.one_of(
    question("single", with_one(right, wrong, partly).filter(lambda each: len(each["choices"]) > 1)),
    question("multiple", st.builds(lambda a, b: {"choices": [a, *b]}, right, choices(right, wrong))),
    question("multiple", with_one(due, due, partly.filter(lambda each: each["worth"] < 0), wrong)),
    question("true-false", st.sampled_from([{"answer": True}, {"answer": False}])),
    question("short", with_one(partly, right, wrong)),
    question("short", apart.map(lambda texts: {"answers": texts})),
    question("numeric", with_one(counted(right), counted(partly), counted(wrong))),
    question("matching", st.builds(lambda held, more: {**held, **more}, pairs, flag)),
).filter(lambda each: "->" not in str(each.data) and "_____" not in each.prompt)  # fmt: skip
gap = st.one_of(
    st.builds(lambda held: {"kind": "single", **held}, with_one(right, wrong, partly)),
    st.builds(lambda held: {"kind": "short", **held}, with_one(right, partly)),
    st.builds(lambda held: {"kind": "numeric", **held}, with_one(counted(right), counted(partly))),
)
cloze = st.builds(
    lambda title, gaps, sides: Imported(
        "cloze", title, "Le [[1]], puis [[2]].", {"gaps": gaps, "partial": True, **sides}
    ),
    words, st.tuples(gap, gap).map(list), sides,
)  # fmt: skip
for_moodle = st.one_of(
    for_gift,
    cloze,
    question("ordering", st.builds(lambda texts, more: {"items": texts, **more}, apart, flag)),
)


@given(for_gift)
def test_gift_is_the_same_when_it_comes_back(question):
    assert ours(gift.read(gift.write([theirs(question, 1)]))).questions == [question]


@given(for_moodle)
def test_moodle_is_the_same_when_it_comes_back(question):
    assert ours(moodle_xml.read(moodle_xml.write([theirs(question, 1)]))).questions == [question]
