"""Questions of other systems in the bank: what comes, what cannot, and nothing twice."""

import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from courses.actions import bank
from courses.models import BankQuestion
from tests.courses.test_gift import FILE as GIFT
from tests.courses.test_moodle_xml import FILE as MOODLE
from tests.courses.test_qti import CHOICE, ENTRY, V2, to_v3

pytestmark = pytest.mark.django_db


def run(tmp_path, content, kind, *options):
    path = tmp_path / "questions.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    out = io.StringIO()
    call_command("import_questions", str(path), "--format", kind, "--json", *options, stdout=out)
    return json.loads(out.getvalue().replace("\N{NO-BREAK SPACE}", " "))


def test_a_gift_file_gives_its_questions_and_says_what_it_loses(tmp_path):
    answer = run(tmp_path, GIFT, "gift")
    assert answer["questions"] == [
        {"type": "single", "title": "Carte-cadeau : le piège"},
        {"type": "true-false", "title": "Il faut attendre."},
        {"type": "short", "title": "Le _____ sauve tout."},
        {"type": "matching", "title": "Le code QR est"},
        {"type": "numeric", "title": "Combien de signes?"},
        {"type": "numeric", "title": "L’année de la Loi 25?"},
    ]
    assert [each["what"] for each in answer["not_represented"]] == [
        "une question à développement",
        "un texte sans question",
    ]
    assert answer["not_represented"][0]["where"] == "no 27, Décrivez."
    choice = BankQuestion.objects.get(kind="single")
    assert choice.data == {
        "choices": [
            {"text": "J’achète.", "feedback": "C’est le piège."},
            {"text": "Je réponds.", "worth": 50},
            {"text": "J’appelle.", "correct": True, "feedback": "Un autre canal\\, oui."},
        ],
        "feedback": {
            "right": "Le deuxième canal sauve des trésoreries.",
            "wrong": "Le deuxième canal sauve des trésoreries.",
        },
    }
    assert choice.tags == ["hameçonnage", "courriel", "id:q-7"]
    truth = BankQuestion.objects.get(kind="true-false")
    assert truth.tags == ["Réflexes"]
    assert truth.data == {
        "answer": False,
        "feedback": {"wrong": "Attendre aide le fraudeur.", "right": "Chaque minute compte."},
    }


def test_a_moodle_file_keeps_markup_as_markdown_and_the_rest_as_words(tmp_path):
    answer = run(tmp_path, MOODLE, "moodle-xml")
    assert [each["type"] for each in answer["questions"]] == [
        "multiple",
        "true-false",
        "numeric",
        "matching",
        "short",
    ]
    assert {each["what"] for each in answer["not_represented"]} >= {
        "l’indice « Deux gestes. »",
        "une question du genre « ddimageortext »",
    }
    assert BankQuestion.objects.get(kind="numeric").data == {
        "choices": [{"text": "5 ± 1", "correct": True}],
        "feedback": {"wrong": "Comptez."},
    }
    matching = BankQuestion.objects.get(kind="matching")
    assert matching.data["distractors"] == ["Leurre"]


def package(**files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.xml", text)
    return held.getvalue()


def test_a_qti_package_gives_all_its_questions(tmp_path):
    choice = V2.format(body=CHOICE, right="<value>b</value>", base="identifier",
                       cardinality="single", mapping="")  # fmt: skip
    entry = V2.format(body=ENTRY, right="<value>canal</value>", base="string",
                      cardinality="single", mapping="")  # fmt: skip
    content = package(a=choice, b=to_v3(entry), c="<assessmentItem>", imsmanifest="<manifest/>")
    answer = run(tmp_path, content, "qti")
    assert [each["type"] for each in answer["questions"]] == ["single", "short"]
    assert [each["where"] for each in answer["not_represented"]] == ["c.xml"]
    assert BankQuestion.objects.get(kind="single").prompt == (
        "La mairesse écrit : **vite**.\n\nQue faire?"
    )


def test_the_same_file_again_adds_nothing_and_a_dry_run_keeps_nothing(tmp_path):
    shown = run(tmp_path, GIFT, "gift", "--dry-run")
    assert not BankQuestion.objects.exists()
    assert run(tmp_path, GIFT, "gift") == shown
    count = BankQuestion.objects.count()
    run(tmp_path, GIFT, "gift")
    assert BankQuestion.objects.count() == count == len(shown["questions"])


def test_signs_of_markdown_in_plain_words_are_shown_as_typed(tmp_path):
    run(tmp_path, "Le fichier *.exe, si 1 < 2 & 3 ? {=oui}", "gift")
    (question,) = BankQuestion.objects.all()
    assert question.prompt == r"Le fichier \*.exe, si 1 < 2 & 3 ?"


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"Amput\xc3\xa9e {~a", "gift", "Ligne 1"),
        (b"Latin \xe9 {T}", "gift", "UTF-8"),
        (b"Nul \x00 {T}", "gift", "nuls"),
        (b"<quiz", "moodle-xml", "bien form"),
        (b"PK\x03\x04 rien", "qti", "tronquée"),
        (b"x" * (bank.LARGEST + 1), "gift", "20\u00a0Mo"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing_and_says_why(tmp_path, content, kind, words):
    with pytest.raises(CommandError, match=words):
        run(tmp_path, content, kind)
    assert not BankQuestion.objects.exists()


def test_a_file_in_utf_16_is_read(tmp_path):
    answer = run(tmp_path, "Un é {T}".encode("utf-16"), "gift")
    assert answer["questions"] == [{"type": "true-false", "title": "Un é"}]


def test_a_missing_file_is_said_in_french(tmp_path):
    with pytest.raises(CommandError, match="Impossible de lire"):
        call_command("import_questions", str(tmp_path / "rien.gift"), "--format", "gift")
