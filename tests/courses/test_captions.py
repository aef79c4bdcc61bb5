"""Captions measured: whether they cover their film, line by line (WCAG 2.2, 1.2.2)."""

import pytest

from courses import actions, captions
from courses.checklist import issues
from courses.models import Asset, Block
from courses.queries import changes_since_published, draft_document
from tests import sounds
from tests.factories import NOON, CourseFactory, UserFactory


def vtt(*cues):
    return ("WEBVTT\n\n" + "\n\n".join(f"{times}\n{text}" for times, text in cues) + "\n").encode()


def rules(content, *, measured=0, written=0):
    found = captions.amiss(captions.read(content), measured=measured, written=written)
    return [(each["rule"], each["line"], each["much"], each.get("sure", False)) for each in found]


MINUTE = vtt(
    ("00:00.000 --> 00:20.000", "Le courriel arrive à 8 h 12."),
    ("00:20.000 --> 00:40.000", "<v Josée>Il presse, et il demande <i>tout de suite</i>."),
    ("00:40.000 --> 00:58.000", "[musique]"),
)


def test_cues_are_read_with_their_line_their_times_and_what_is_to_read():
    assert captions.read(MINUTE) == [
        (3, 0, 20_000, 28), (6, 20_000, 40_000, 39), (9, 40_000, 58_000, 9),
    ]  # fmt: skip


def test_the_times_of_another_cue_end_a_text_as_an_empty_line_does():
    together = MINUTE.replace(b"\n\n00:40", b"\n00:40")
    assert [each[3] for each in captions.read(together)] == [28, 39, 9]


def test_captions_too_heavy_to_be_some_are_refused_before_they_are_read(db, monkeypatch):
    monkeypatch.setattr(captions, "read", None)
    content = b"WEBVTT\n\n" + b"x" * 2_000_000
    with pytest.raises(actions.MediaRefused, match="dépasse 2"):
        actions.store_asset(course=CourseFactory(), name="film.vtt", content=content)


def test_captions_that_cover_their_film_have_nothing_to_mend():
    assert rules(MINUTE, measured=60, written=60) == []


@pytest.mark.parametrize(
    ("content", "lengths", "found"),
    [
        (MINUTE, {"measured": 90}, [("short", 9, 32, True)]),
        # A length that was only written proves nothing: it is advice.
        (MINUTE, {"written": 90}, [("short", 9, 32, False)]),
        (MINUTE, {"measured": 64}, []),  # 58 of 64: nine tenths
        (MINUTE, {"measured": 30}, [("beyond", 6, 28, True)]),
        (MINUTE, {"measured": 57}, []),  # a second: lengths are rounded
        (MINUTE, {"measured": 60, "written": 63}, [("length", 0, 60, False)]),
        # Without a length nothing is said of coverage.
        (MINUTE, {}, []),
        (
            vtt(("00:12.000 --> 00:14.000", "Bonjour."), ("00:24.100 --> 00:30.000", "Voilà.")),
            {"measured": 30},
            [("gap", 3, 12, False), ("gap", 6, 10, False)],
        ),
        (
            vtt(("00:00.000 --> 00:10.000", "Un."), ("00:09.500 --> 00:12.000", "Deux.")),
            {"measured": 12},
            [("overlap", 6, 0, False)],
        ),
        (
            vtt(("00:00.000 --> 00:01.000", "Vingt et un signes..."), ("00:01.000 --> 00:02.000", "x" * 20)),
            {"measured": 2},
            [("fast", 3, 21, False)],
        ),
    ],
)  # fmt: skip
def test_each_thing_to_mend_is_named_with_its_line(content, lengths, found):
    assert rules(content, **lengths) == found


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"WEBVTT\n", 1),
        (b"WEBVTT\n\n0:00 --> 0:04\nBonjour\n", 3),
        (b"WEBVTT\n\n00:05.000 --> 00:04.000\nBonjour\n", 3),
        (b"WEBVTT\n\n00:00.000 --> 00:04.000\n\xe9t\xe9\n", 4),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_line(content, line):
    with pytest.raises(captions.CaptionsRefused) as refused:
        captions.read(content)
    assert refused.value.line == line


def blocks_of(document):
    return document["modules"][0]["lessons"][0]["blocks"]


@pytest.fixture
def told(db, course_folder):
    """What the checklist says of a sound of nine seconds with these captions."""
    course = actions.import_folder(path=course_folder)
    block = Block.objects.get(key="demain-matin")
    block.kind = "audio"

    def said(content, *, seconds=9, sound=None):
        sound = sounds.mp3(9) if sound is None else sound
        for name, stored in (("voix.mp3", sound), ("voix.vtt", content)):
            actions.store_asset(course=course, name=name, content=stored)
        block.data = {
            "title": "Un appel", "file": "voix.mp3", "captions": "voix.vtt",
            "seconds": seconds, "transcript": "Bonjour.",
        }  # fmt: skip
        block.save(update_fields=["kind", "data"])
        found = [each for each in issues(draft_document(course)) if each.block == block.key]
        return [(each.blocks, each.message.replace("\u00a0", " ")) for each in found], course

    return said


def test_what_a_measured_length_proves_forbids_publishing(told):
    short, __ = told(vtt(("00:00.000 --> 00:03.000", "Bonjour.")))
    assert [each[0] for each in short] == [True]
    assert short[0][1].startswith("Sous-titres, ligne 3 : ils s’arrêtent 6 s avant la fin.")
    # This file does not say how long it lasts: what its author wrote is believed, as advice.
    doubtful, __ = told(vtt(("00:00.000 --> 00:03.000", "Bonjour.")), sound=b"x")
    assert [each[0] for each in doubtful] == [False]


def test_three_lines_of_each_mistake_are_named_and_no_more(told):
    fast = [(f"00:0{n}.000 --> 00:0{n + 1}.000", "x" * 30) for n in range(9)]
    said, __ = told(vtt(*fast))
    assert [message for __, message in said] == [
        f"Sous-titres, ligne {line} : 30 caractères par seconde se lisent mal; visez 20 au plus."
        for line in (3, 6, 9)
    ]


def test_a_length_left_out_is_the_one_measured_and_one_that_is_wrong_is_said(told):
    whole = vtt(("00:00.000 --> 00:09.000", "Bonjour."))
    said, course = told(whole, seconds=0)
    assert said == []
    (sound,) = [each for each in blocks_of(draft_document(course)) if each["kind"] == "audio"]
    assert sound["seconds"] == 9
    # What was measured to check the draft is no part of a version.
    assert not {"seconds", "cues"} & {*sound["asset"], *sound["captions"]}
    assert "captions_amiss" not in sound
    said, __ = told(whole, seconds=90)
    assert said == [(False, "La durée écrite n’est pas celle du fichier, qui dure 9 s.")]


def test_captions_whose_file_is_gone_keep_no_block_from_being_saved(told):
    told(vtt(("00:00.000 --> 00:04.000", "Bonjour.")))
    asset = Asset.objects.get(name="voix.vtt")
    Asset.objects.filter(pk=asset.pk).update(cues=None)
    asset.file.storage.delete(asset.file.name)
    block = Block.objects.get(kind="audio")
    actions.save(
        node=block, changes=block.data | {"title": "Autre"}, seen=actions.revision(block),
        by=UserFactory(), at=NOON,
    )  # fmt: skip
    assert Block.objects.get(pk=block.pk).data["title"] == "Autre"


def test_captions_kept_before_they_were_measured_are_when_their_block_is_saved(told):
    __, course = told(vtt(("00:00.000 --> 00:04.000", "Bonjour.")))
    Asset.objects.filter(name="voix.vtt").update(cues=None)
    found = [each.message for each in issues(draft_document(course)) if each.block]
    assert any("enregistrez de nouveau ce bloc" in each for each in found)
    block = Block.objects.get(kind="audio")
    actions.save(
        node=block, changes=block.data, seen=actions.revision(block),
        by=UserFactory(), at=NOON,
    )  # fmt: skip
    found = [each.message for each in issues(draft_document(course)) if each.block]
    assert not any("mesurés" in each for each in found)
    assert any("ils s’arrêtent" in each for each in found)


def test_advice_on_captions_changes_no_version_nor_its_fingerprint(told):
    """What was published, or approved, before captions were measured stands as it is."""
    __, course = told(vtt(("00:00.000 --> 00:09.000", "Bonjour.")))
    version = actions.publish(course_id=course.pk, by=None, at=NOON)
    course.refresh_from_db()
    sound = draft_document(course)
    Asset.objects.filter(name="voix.vtt").update(cues=None)
    draft = draft_document(course)
    assert any("captions_amiss" in each for each in blocks_of(draft))
    assert actions.content_hash(draft) == actions.content_hash(sound) == version.content_hash
    assert changes_since_published(course, draft) == []
    assert actions.publish(course_id=course.pk, by=None, at=NOON) == version
    Block.objects.filter(key="texte-1").update(data={"markdown": "Autre texte."})
    renewed = actions.publish(course_id=course.pk, by=None, at=NOON)
    assert not any("captions_amiss" in each for each in blocks_of(renewed.document))
