"""The player: a quiz that comes back whole, words first on a slow line, and where one is."""

from uuid import NAMESPACE_URL, uuid5

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from enrollments.models import BlockState, LearningEvent
from enrollments.queries.quiz import attempt_of
from tests.factories import EnrollmentFactory, VersionFactory, choice_question, lesson_document

pytestmark = pytest.mark.django_db


def question(key, kind, **parts):
    return {
        "uuid": str(uuid5(NAMESPACE_URL, key)),
        "key": key,
        "kind": kind,
        "prompt_html": f"<p>Question {key}.</p>",
        "feedback": {"right": "C’est cela.", "wrong": "Relisez."},
        **parts,
    }


SINGLE = choice_question()
MULTIPLE = {**choice_question("plusieurs"), "kind": "multiple"}
ORDERING = question("ordre", "ordering", items=["Isoler", "Noter", "Signaler"])
MATCHING = question(
    "paires", "matching", distractors=["Rançon"],
    pairs=[{"key": "a", "left": "Code QR", "right": "Faux paiement"},
           {"key": "b", "left": "Appel", "right": "Faux soutien"}],
)  # fmt: skip
SHORT = question("mot", "short", answers=["deuxième canal"])


def expecting(*texts):
    return [
        {"key": key, "text": text, "correct": key == "a", "feedback": f"Au sujet de {text}."}
        for key, text in zip("abc", texts, strict=False)
    ]


NUMERIC = question("nombre", "numeric", choices=expecting("72 ± 1", "24"))
CLOZE = {
    **question(
        "trous", "cloze",
        gaps=[{"key": "1", "kind": "single", "choices": expecting("la CAI", "la police")},
              {"key": "2", "kind": "numeric", "choices": expecting("72")}],
    ),
    "prompt_html": "<p>Signaler à [[1]] en [[2]] heures.</p>",
}  # fmt: skip
ZONES = question(
    "zones", "hot-spot", alt="Un courriel.",
    asset={"name": "message.png", "sha256": "e" * 64, "type": "image/png", "size": 9_000,
           "width": 640, "height": 400},
    choices=[{**choice, "area": ["5", "5", "60", "15"]} for choice in expecting("Ici", "Là")],
)  # fmt: skip
CLASSIFYING = question(
    "categories", "classifying", categories=["Vite", "Jamais"],
    pairs=[{"key": "1", "left": "Un clic", "right": "Vite"},
           {"key": "2", "left": "Un don", "right": "Vite"}],
)  # fmt: skip


@pytest.fixture
def player(client):
    """Opens a lesson whose quiz holds these questions; answers with (attempt, post)."""

    def build(*questions):
        station = lesson_document("a", questions=list(questions))
        enrollment = EnrollmentFactory(
            version=VersionFactory(stations=[station, lesson_document("b")])
        )
        block = station["blocks"][-1]
        client.force_login(enrollment.learner)
        code = enrollment.course.code.lower()
        url = reverse("enrollments:answer", args=[code, "a", block["uuid"]])

        def post(attempts=0, **fields):
            attempt = attempt_of(enrollment, block, attempts)
            return client.post(url, {"attempt": str(attempt), **fields}, follow=True)

        return post

    return build


def field(asked, suffix=""):
    return f"q-{asked['uuid']}{suffix}"


@pytest.mark.parametrize(
    ("asked", "sent", "words"),
    [
        (SINGLE, {}, "Choisissez ce qui vous semble le plus juste."),
        (MULTIPLE, {}, "Choisissez ce qui vous semble le plus juste."),
        (SHORT, {"": "   "}, "Écrivez une réponse, même incertaine."),
        (ORDERING, {"-0": "1", "-1": "2"}, "2 sur 3 sont faits."),
        (ORDERING, {"-0": "2", "-1": "2", "-2": "1"}, "Le rang 2 est donné deux fois."),
        (MATCHING, {"-a": "Rançon"}, "1 sur 2 sont faits."),
        (MATCHING, {"-a": "Rançon", "-b": "Rançon"}, "Rançon\xa0» est choisi deux fois."),
        (MATCHING, {"-a": "<inconnu>", "-b": "Rançon"}, "1 sur 2 sont faits."),
        (NUMERIC, {}, "Écrivez une réponse, même incertaine."),
        (NUMERIC, {"": "trois jours"}, "Écrivez un nombre seul, par exemple 3,5."),
        (CLOZE, {"-1": "a"}, "Chaque trou demande une réponse\xa0: 1 sur 2 sont faits."),
        (CLOZE, {"-1": "a", "-2": "x"}, "Trou 2\xa0: écrivez un nombre seul, par exemple 3,5."),
        (ZONES, {}, "Choisissez ce qui vous semble le plus juste."),
        (CLASSIFYING, {"-1": "Vite"}, "1 sur 2 sont faits."),
    ],
)
def test_an_answer_that_is_not_one_comes_back_and_costs_no_attempt(player, asked, sent, words):
    post = player(asked, choice_question("autre"))
    other = field(choice_question("autre"))
    page = post(**{field(asked, suffix): value for suffix, value in sent.items()}, **{other: "a"})
    assertContains(page, words, count=2)  # in the summary, and at the question
    assertContains(page, "Il reste quelque chose à compléter")
    assertContains(page, "<title>Erreur")
    assert not BlockState.objects.exists()
    # What was chosen elsewhere is still chosen.
    shown = next(each for each in page.context["sent"].questions if each.name == other)
    assert [option.value for option in shown.options if option.chosen] == ["a"]
    assert shown.error == ""


def test_ranks_sides_and_words_are_kept_as_they_were_typed(player):
    page = player(ORDERING, MATCHING, SHORT, SINGLE)(
        **{field(ORDERING, "-1"): "3", field(MATCHING, "-b"): "Rançon", field(SHORT): "le canal"}
    )
    sent = {each.kind: each for each in page.context["sent"].questions}
    ranks = [[o.value for o in row.options if o.chosen] for row in sent["ordering"].rows]
    assert ranks == [[], ["3"], []]
    sides = [[o.value for o in row.options if o.chosen] for row in sent["matching"].rows]
    assert sides == [[], ["Rançon"]]
    assertContains(page, 'value="le canal"')
    for each in sent.values():
        if each.error:
            assertContains(page, f'href="#{each.control}"')
            assertContains(page, f'id="{each.control}"')


def test_the_answers_are_not_in_a_page_that_comes_back(player):
    page = player(SINGLE, SHORT)()
    assertNotContains(page, "C’est lui écrire.")
    assertNotContains(page, "deuxième canal")


def test_one_may_check_without_filling_everything(player):
    post = player(SINGLE, SHORT)
    page = post(**{field(SINGLE): "a", "anyway": "1"})
    assertContains(page, "Sans réponse.")
    assertContains(page, "C’est lui écrire.", count=1)
    assertContains(page, "Votre réponse")
    # The same form again shows the same result, whole or not.
    assertContains(post(), "Sans réponse.")
    assert LearningEvent.objects.filter(verb="answered").count() == 1


def test_each_choice_of_several_has_its_own_words(player):
    name = field(MULTIPLE)
    page = player(MULTIPLE)(**{name: ["a", "b"]})
    assertContains(page, "C’est lui écrire.", count=1)
    assertContains(page, "Autre canal.", count=1)


@pytest.mark.parametrize(
    ("asked", "sent", "words"),
    [
        (NUMERIC, {"": "72,5"}, 'Bonne réponse.</b> <span lang="fr-CA">Au sujet de 72 ± 1.'),
        (NUMERIC, {"": "24"}, 'Pas tout à fait.</b> <span lang="fr-CA">Au sujet de 24.'),
        (NUMERIC, {"": "9"}, 'Pas tout à fait.</b> <span lang="fr-CA">Relisez.'),
        (ZONES, {"": "b"}, 'Pas tout à fait.</b> <span lang="fr-CA">Au sujet de Là.'),
        (
            CLASSIFYING,
            {"-1": "Vite", "-2": "Vite"},
            'Bonne réponse.</b> <span lang="fr-CA">C’est cela.',
        ),
        (
            CLASSIFYING,
            {"-1": "Vite", "-2": "Jamais"},
            'Pas tout à fait.</b> <span lang="fr-CA">Relisez.',
        ),
        (CLOZE, {"-1": "a", "-2": "72"}, 'Bonne réponse.</b> <span lang="fr-CA">C’est cela.'),
        (CLOZE, {"-1": "b", "-2": "72"}, "Au sujet de la police."),
    ],
)
def test_what_was_answered_is_explained_in_its_own_words(player, asked, sent, words):
    page = player(asked)(**{field(asked, suffix): value for suffix, value in sent.items()})
    assertContains(page, words, count=1)


def part(choices, **worths):
    return [{**each, "worth": worths[each["key"]]} for each in choices]


BOXES = {
    **question("cases", "multiple", choices=[
        {**each, "correct": each["key"] in "ab"}
        for each in part(expecting("Le lien", "L’urgence", "Le logo"), a=50.0, b=50.0, c=-25.0)
    ]),
    "feedback": {"right": "C’est cela.", "wrong": "Relisez.", "partly": "Il en manque."},
}  # fmt: skip
HALF = question(
    "demi", "single", choices=part(expecting("Appeler", "Écrire"), a=100.0, b=50.0)
)  # fmt: skip
WORD = question("canal", "short", choices=part(expecting("canal", "courriel"), a=100.0, b=0.0))
BY_PAIR = {**MATCHING, "partial": True}


@pytest.mark.parametrize(
    ("asked", "sent", "words"),
    [
        (BOXES, {"": ["a"]}, "En partie juste\xa0: 50\xa0% des points.</b> <span lang=\"fr-CA\">Il en manque."),
        (BOXES, {"": ["a", "b", "c"]}, "Part des points\xa0: −25\xa0%."),
        (BOXES, {"": ["a", "b"]}, "Bonne réponse.</b> <span lang=\"fr-CA\">C’est cela."),
        (BOXES, {"": ["c"]}, "Pas tout à fait.</b> <span lang=\"fr-CA\">Relisez."),
        (HALF, {"": "b"}, "En partie juste\xa0: 50\xa0% des points.</b> <span lang=\"fr-CA\">Au sujet de Écrire."),
        (WORD, {"": "Courriel"}, "Pas tout à fait.</b> <span lang=\"fr-CA\">Au sujet de courriel."),
        (WORD, {"": "a"}, "Pas tout à fait.</b> <span lang=\"fr-CA\">Relisez."),
        (BY_PAIR, {"-a": "Faux paiement", "-b": "Rançon"}, "En partie juste\xa0: 50\xa0% des points."),
    ],
)  # fmt: skip
def test_a_part_of_the_mark_is_said_as_it_is(player, asked, sent, words):
    page = player(asked)(**{field(asked, suffix): value for suffix, value in sent.items()})
    assertContains(page, words, count=1)


def test_each_pair_and_each_rank_that_earns_its_share_says_whether_it_is_right(player):
    by_rank = {**ORDERING, "partial": True}
    post = player(BY_PAIR, by_rank)
    ranks = {field(by_rank, f"-{rank}"): str(rank + 1) for rank in range(3)}
    page = post(**{field(BY_PAIR, "-a"): "Faux paiement", field(BY_PAIR, "-b"): "Rançon"}, **ranks)
    shown = page.context["blocks"][-1]["quiz"].questions
    said = {each.kind: [row.verdict for row in each.rows] for each in shown}
    assert said["matching"] == ["right", "wrong"]
    given = [row.text for each in shown if each.kind == "ordering" for row in each.rows]
    expected = [
        "right" if text == due else "wrong"
        for text, due in zip(given, by_rank["items"], strict=True)
    ]
    assert said["ordering"] == expected


def test_what_parts_of_the_mark_are_at_stake_is_said_before(player):
    page = player(BOXES, BY_PAIR)()
    assertContains(page, "Chaque bonne réponse donne une part des points.", count=2)
    assertContains(page, "Une mauvaise réponse cochée en retire.", count=1)
    for words in ("Part des points", "50\xa0%", "25\xa0%"):
        assertNotContains(page, words)


def test_each_gap_and_each_element_says_whether_it_is_right(player):
    page = player(CLOZE, CLASSIFYING)(
        **{field(CLOZE, "-1"): "b", field(CLOZE, "-2"): "72"},
        **{field(CLASSIFYING, "-1"): "Vite", field(CLASSIFYING, "-2"): "Jamais"},
    )
    assertContains(page, ">juste</span>", count=2)
    assertContains(page, ">à revoir</span>", count=2)


def test_numbers_and_gaps_come_back_as_they_were_typed(player):
    page = player(NUMERIC, CLOZE)(**{field(NUMERIC): "beaucoup", field(CLOZE, "-2"): "72 h"})
    assertContains(page, 'value="beaucoup"')
    assertContains(page, 'value="72 h"')
    assertNotContains(page, "Au sujet de")


def test_a_zone_is_touched_through_its_label_and_needs_no_picture_in_light_mode(player, client):
    post = player(ZONES)
    page = post()
    name = field(ZONES)
    assertContains(page, f'<label for="{name}-1"><b>1</b></label>')
    assertContains(page, f'id="{name}-1"')
    client.cookies["atn_leger"] = "1"
    page = post()
    assertNotContains(page, "foreignObject")
    assertContains(page, "Voir l’image")
    assertContains(page, f'id="{name}-1"')


def test_attempts_are_unlimited_and_each_has_its_own_order(player):
    post = player(ORDERING, SHORT, SINGLE, MULTIPLE)
    orders = set()
    for rank in range(8):
        page = post(rank, anyway="1")
        quiz = next(each["quiz"] for each in page.context["blocks"] if "quiz" in each)
        assert quiz.attempts == rank + 1
        orders.add(tuple(each.kind for each in quiz.questions))
    assert len(orders) > 1


VIDEO = {
    "uuid": str(uuid5(NAMESPACE_URL, "video")), "key": "video", "kind": "video",
    "title": "Le faux appel", "seconds": 95, "transcript_html": "<p>Bonjour, ici le soutien.</p>",
    "asset": {"name": "appel.mp4", "sha256": "a" * 64, "type": "video/mp4", "size": 9_800_000},
    "captions": {"name": "appel.vtt", "sha256": "b" * 64, "type": "text/vtt", "size": 900},
    "audio": {"name": "appel.mp3", "sha256": "c" * 64, "type": "audio/mpeg", "size": 1_100_000},
}  # fmt: skip
IMAGE = {
    "uuid": str(uuid5(NAMESPACE_URL, "image")), "key": "image", "kind": "image",
    "alt": "Un téléphone qui sonne", "caption": "Mardi, 8 h 12", "decorative": False,
    "asset": {"name": "tel.png", "sha256": "d" * 64, "type": "image/png", "size": 45_000,
              "width": 640, "height": 360},
}  # fmt: skip
AUDIO = {
    "uuid": str(uuid5(NAMESPACE_URL, "audio")), "key": "audio", "kind": "audio",
    "title": "Le message", "seconds": 23, "transcript_html": "<p>Votre accès sera coupé.</p>",
    "asset": {"name": "message.mp3", "sha256": "f" * 64, "type": "audio/mpeg", "size": 92_000},
    "captions": {"name": "message.vtt", "sha256": "b" * 64, "type": "text/vtt", "size": 500},
}  # fmt: skip
DECOR = {**IMAGE, "uuid": str(uuid5(NAMESPACE_URL, "decor")), "alt": "", "decorative": True}


def test_light_mode_gives_the_words_first_and_media_to_whoever_asks(client):
    station = lesson_document("a")
    station["blocks"] += [VIDEO, IMAGE, DECOR, AUDIO]
    enrollment = EnrollmentFactory(version=VersionFactory(stations=[station]))
    client.force_login(enrollment.learner)
    url = reverse("enrollments:lesson", args=[enrollment.course.code.lower(), "a"])
    page = client.get(url)
    assertContains(page, "<video")
    assertContains(page, 'kind="captions"', count=2)
    assertContains(page, "Télécharger l’enregistrement (92\xa0ko)")
    # Above the film, and on its face until the first image.
    assertContains(page, "1\xa0min\xa035\xa0s, 9,8\xa0Mo", count=2)
    assertContains(page, "<img", count=2)
    client.cookies["atn_leger"] = "1"
    page = client.get(url)
    assertNotContains(page, "<video")
    assertNotContains(page, "<img")
    assertNotContains(page, '<details class="card')
    assertContains(page, "Bonjour, ici le soutien.")
    assertContains(page, "Voir la vidéo (1\xa0min\xa035\xa0s, 9,8\xa0Mo)")
    assertContains(page, "Votre accès sera coupé.")
    assertContains(page, "Écouter (23\xa0s, 92\xa0ko)")
    assertContains(page, "Un téléphone qui sonne")
    assertContains(page, "Voir l’image", count=1)
    del client.cookies["atn_leger"]
    assertContains(client.get(url), "<video")  # what was kept for one mode is not for the other


def test_the_page_says_where_one_is_and_what_is_left(client):
    stations = [lesson_document(key) for key in "abc"]
    enrollment = EnrollmentFactory(version=VersionFactory(stations=stations))
    client.force_login(enrollment.learner)
    code = enrollment.course.code.lower()
    page = client.get(reverse("enrollments:lesson", args=[code, "b"]))
    assertContains(page, "étape 2 sur 3")
    assertContains(page, "encore 24\xa0min")
    page = client.post(reverse("enrollments:complete", args=[code, "b"]), follow=True)
    assertContains(page, "étape 3 sur 3")
    assertContains(page, "encore 16\xa0min")


STRANGE = choice_question("d’une autre leçon")


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        (SINGLE, {field(STRANGE): "a"}),
        (SINGLE, {field(SINGLE): "z"}),
        (SINGLE, {field(SINGLE): "a" * 100_000}),
        (SINGLE, {field(SINGLE): ""}),
        (MULTIPLE, {field(MULTIPLE): ["z", "", "9"]}),
        (SHORT, {field(SHORT): "   "}),
        (ORDERING, {field(ORDERING, "-0"): "un", field(ORDERING, "-1"): "-1"}),
        (MATCHING, {field(MATCHING, "-a"): "<b>", field(MATCHING, "-z"): "Rançon"}),
        (SINGLE, {}),
    ],
)
def test_b69_what_is_no_answer_is_told_and_counts_for_nothing(player, asked, sent):
    page = player(asked)(**sent)
    assert page.status_code == 200
    assert "Il reste quelque chose à compléter" in page.content.decode()
    assert not BlockState.objects.exists()


def test_b69_the_same_choice_sent_twice_is_one_choice(player):
    player(MULTIPLE)(**{field(MULTIPLE): ["a", "a"]})
    [event] = LearningEvent.objects.filter(verb="answered")
    [(_asked, answer)] = event.result["answers"].items()
    assert answer == ["a"]


def test_b69_ten_thousand_answers_are_refused_whole(player):
    page = player(SINGLE)(**{f"q-{rank}": "a" for rank in range(10_000)})
    assert page.status_code == 400
    assert not LearningEvent.objects.exists()


def test_b69_a_choice_among_many_senseless_ones_is_kept_alone(player):
    page = player(MULTIPLE)(**{field(MULTIPLE): ["a", *map(str, range(900))]})
    assert page.status_code == 200
    [event] = LearningEvent.objects.filter(verb="answered")
    assert list(event.result["answers"].values()) == [["a"]]
