"""Archives of interactive modules: what is recognised, and what is refused before any writing."""

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from django.core.files.storage import default_storage

from courses import packages
from courses.actions import MediaRefused, store_asset
from courses.models import Asset
from tests.factories import CourseFactory
from tests.package_files import PAGE, PIXEL, cmi5, h5p, scorm, scorm_manifest, zipped


def read(content: bytes):
    return packages.read(io.BytesIO(content))


def refusal(content: bytes) -> str:
    with pytest.raises(packages.PackageRefused) as refused:
        read(content)
    return str(refused.value).replace("\xa0", " ")


def with_entry(name: str, content: bytes | str = b"x", **attributes) -> bytes:
    """A sound SCORM package, and one more entry whose record says what we want."""
    buffer = io.BytesIO(scorm())
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("PLACEHOLDER")
        entry.external_attr = attributes.get("mode", 0o644) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        # Past ZipInfo's own cleaning of names.
        entry.filename = entry.orig_filename = name
        archive.writestr(entry, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "standard", "title", "href"),
    [
        (scorm(), "scorm-1.2", "Le module 1", "index.html"),
        (scorm("2004 4th Edition"), "scorm-2004", "Le module 1", "index.html"),
        (cmi5(url="index.html?page=2"), "cmi5", "Un cours", "index.html?page=2"),
        (h5p(), "h5p", "Vrai ou faux?", "h5p.json"),
    ],
)
def test_each_standard_is_recognised_by_its_manifest(content, standard, title, href):
    found = read(content)

    assert (found["standard"], found["title"]) == (standard, title)
    assert [part["href"] for part in found["parts"]] == [href]


def test_parts_come_in_order_and_clutter_or_unknown_types_are_left_out():
    found = read(
        scorm(
            parts=("a.html", "b.html?n=2"),
            files={"__MACOSX/._a.html": "x", "LICENSE": "MIT", "fla/film.swf": "FWS"},
        )
    )

    assert [part["title"] for part in found["parts"]] == ["Partie 1", "Partie 2"]
    assert [part["href"] for part in found["parts"]] == ["a.html", "b.html?n=2"]
    assert found["left_out"] == ["LICENSE", "fla/film.swf"]
    assert found["files"] == 3


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../evade.html", "sort du dossier"),
        ("a/../../evade.html", "sort du dossier"),
        ("/etc/passwd.html", "chemin absolu"),
        ("C:/evade.html", "chemin absolu"),
        ("a\\..\\evade.html", "barres obliques inverses"),
        ("a//b.html", "nom vide"),
        ("aux.html", "appareil de Windows"),
        ("dossier/COM1", "appareil de Windows"),
        ("page.html.", "finit par un point"),
        ("dossier /page.html", "finit par un point ou une espace"),
        ("pa\x07ge.html", "caractère interdit"),
        ("page\u202elmth.js", "caractère interdit"),
        ("a" * 300 + ".html", "nom trop long"),
        ("INDEX.HTML", "portent le même nom"),
        ("script.php", "pas sa place"),
        ("Setup.EXE", "pas sa place"),
        (".htaccess", "pas sa place"),
        ("js/service-worker.js", "pas sa place"),
        ("autre.zip", "pas sa place"),
    ],
)
def test_s59_s61_a_hostile_name_refuses_the_whole_archive_by_name(name, why):
    assert why in refusal(with_entry(name))


def test_s59_a_symbolic_link_is_refused():
    assert "fichier ordinaire" in refusal(with_entry("lien.html", "/etc/passwd", mode=0o120777))


def test_s59_an_encrypted_entry_is_refused():
    content = bytearray(scorm())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.rfind(signature) + place
        content[at : at + 2] = struct.pack("<H", 1)

    assert "chiffré" in refusal(bytes(content))


def test_s59_too_many_files_are_refused():
    assert "la limite est de 4000" in refusal(
        scorm(files={f"f/{rank}.txt": "" for rank in range(4_001)})
    )


def test_s59_b36_a_flat_bomb_is_refused_from_its_table_alone():
    bomb = scorm(files={"zeros.txt": bytes(50_000_000)})
    tracemalloc.start()
    try:
        assert "piège" in refusal(bomb)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_s59_what_would_weigh_too_much_unpacked_is_refused():
    content = bytearray(scorm())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 400_000_000)

    assert "la limite est de 300" in refusal(bytes(content))


@pytest.mark.parametrize("lie", [3, 900])
def test_s59_a_lying_size_is_refused(lie):
    content = bytearray(scorm())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", lie)

    assert "index.html" in refusal(bytes(content))


@pytest.mark.parametrize("beyond", [1, 50_000])
def test_s59_a_stream_longer_than_its_size_is_refused_though_its_beginning_has_the_checksum(
    beyond,
):
    content = bytearray(scorm(files={"long.txt": b"a" * 1_000 + b"b" * beyond}))
    at = content.rfind(b"PK\x01\x02")
    content[at + 16 : at + 20] = struct.pack("<I", zlib.crc32(b"a" * 1_000))
    content[at + 24 : at + 28] = struct.pack("<I", 1_000)

    assert "long.txt" in refusal(bytes(content))


def test_b34_an_archive_of_a_later_format_is_refused():
    content = bytearray(scorm())
    at = content.find(b"PK\x01\x02") + 6  # the version needed to read it
    content[at : at + 2] = struct.pack("<H", 99)

    assert "tronquée ou abîmée" in refusal(bytes(content))


def test_s59_an_archive_inside_is_refused_under_any_name():
    assert "n’est pas du type" in refusal(scorm(files={"image.png": zipped({"a.txt": "x"})}))


@pytest.mark.parametrize(
    ("name", "content"),
    [("photo.png", b"<html>"), ("page.html", b"MZ\x90\x00"), ("doc.pdf", b"\x7fELF"),
     ("page.html", b"<?php echo 1;")],
)  # fmt: skip
def test_s61_a_file_that_is_not_what_its_name_says_is_refused(name, content):
    assert "n’est pas du type" in refusal(zipped({"imsmanifest.xml": "", name: content}))


def test_a_picture_under_the_name_of_another_kind_of_picture_is_kept():
    assert read(scorm(files={"photo.jpg": PIXEL}))["files"] == 3


@pytest.mark.parametrize(
    "content",
    [b"", scorm()[:200], b"PK\x03\x04", b"<html>"],
    ids=["empty", "truncated", "start only", "not a zip"],
)
def test_b34_a_broken_archive_is_refused(content):
    assert "tronquée ou abîmée" in refusal(content)


def test_b34_a_wrong_checksum_is_refused():
    content = bytearray(
        zipped({"imsmanifest.xml": scorm_manifest(), "index.html": PAGE}, stored=True)
    )
    at = content.rfind(b"<h1>Module", 0, content.find(b"PK\x01\x02"))
    content[at + 4 : at + 6] = b"XX"

    assert "abîmé" in refusal(bytes(content))


def test_b34_an_archive_of_several_volumes_is_refused():
    content = bytearray(scorm())
    at = content.rfind(b"PK\x01\x02")
    content[at + 34 : at + 36] = struct.pack("<H", 2)

    assert "autre volume" in refusal(bytes(content))


@pytest.mark.parametrize("field", [4, 6], ids=["its own disk", "the disk of its table"])
@pytest.mark.parametrize("comment", [b"", b"Module de la formation"])
def test_b34_an_archive_whose_end_alone_names_another_volume_is_refused(field, comment):
    content = bytearray(scorm())
    content[-2:] = struct.pack("<H", len(comment))
    content += comment
    assert read(bytes(content))["files"]
    at = content.rfind(b"PK\x05\x06") + field
    content[at : at + 2] = struct.pack("<H", 1)

    assert "plusieurs volumes" in refusal(bytes(content))


ENTITIES = (
    '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<manifest>&b;</manifest>"
)
OUTSIDE = '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><manifest>&x;</manifest>'


@pytest.mark.parametrize("manifest", [ENTITIES, OUTSIDE])
def test_s59_entities_of_a_manifest_are_refused_unread(manifest):
    assert "entités" in refusal(zipped({"imsmanifest.xml": manifest, "index.html": PAGE}))


@pytest.mark.parametrize(
    ("href", "why"),
    [
        ("absente.html", "n’est pas dans l’archive"),
        ("Index.HTML", "s’écrit « index.html »"),
        ("../../etc/passwd", "sort de l’archive"),
        ("%2e%2e/secret.html", "sort de l’archive"),
        ("https://exemple.quebec/", "autre site"),
        ("//exemple.quebec/", "autre site"),
        ("javascript:alert(1)", "autre site"),
        ("http://[", "autre site"),
        ("", "sort de l’archive"),
    ],
)
def test_a_wrong_launch_path_is_refused(href, why):
    manifest = scorm_manifest(parts=(href,))
    assert why in refusal(zipped({"imsmanifest.xml": manifest, "index.html": PAGE}))
    unit = cmi5(url=href)
    assert why in refusal(unit)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (zipped({"page.html": PAGE}), "Trouvé : page.html. Attendu : imsmanifest.xml"),
        (zipped({"cours/imsmanifest.xml": "x"}), "dans le dossier « cours »"),
        (scorm("2004 4th Edition", said="1.2"), "est écrit en SCORM 2004"),
        (scorm("1.2", said="2004 3rd Edition"), "est écrit en SCORM 1.2"),
        (scorm(organizations=2), "2 organisations (Le module 1, Le module 2)"),
        (scorm(organizations=0), "n’a pas d’organisation"),
        (h5p(libraries=False), "« H5P.Essai-1.0 » manque"),
        (cmi5(move_on="Jamais"), "moveOn"),
        (zipped({"h5p.json": "[" * 100_000, "content/content.json": "{}"}), "JSON"),
    ],
)
def test_b38_a_manifest_is_refused_with_what_was_found_and_what_is_expected(content, why):
    assert why in refusal(content)


@pytest.mark.django_db
def test_b34_a_refusal_writes_nothing_and_the_file_before_is_still_served():
    course = CourseFactory()
    before = store_asset(course=course, name="module.zip", content=scorm())
    stored = set(default_storage.listdir("cours")[0])

    for content in (with_entry("../evade.html"), scorm()[:300], b"PK\x03\x04" + b"0" * 60):
        with pytest.raises(MediaRefused, match=r"module\.zip"):
            store_asset(course=course, name="module.zip", content=content)

    after = Asset.objects.get(course=course, name="module.zip")
    assert (after.sha256, after.package["standard"]) == (before.sha256, "scorm-1.2")
    assert set(default_storage.listdir("cours")[0]) == stored


@pytest.mark.django_db
def test_a_package_is_stored_once_by_its_content():
    one = store_asset(course=CourseFactory(), name="module.zip", content=scorm())
    other = store_asset(course=CourseFactory(), name="encore.zip", content=scorm())

    assert one.file.name == other.file.name


SEQUENCED = """
<imsss:sequencing xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
<imsss:controlMode choice="false" flow="true"/>
<imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions/></imsss:preConditionRule>
</imsss:sequencingRules></imsss:sequencing>"""


def test_rules_of_sequence_are_not_run_and_their_author_is_told():
    """SCORM 2004: two parts, the second closed until the first is done; both may be opened."""
    edition = "2004 4th Edition"
    parts = ("a.html", "b.html")
    manifest = scorm_manifest(edition, parts=parts).replace(
        "</organization>", f"{SEQUENCED}</organization>"
    )
    found = read(zipped({"imsmanifest.xml": manifest, "a.html": PAGE, "b.html": PAGE}))
    assert [part["href"] for part in found["parts"]] == ["a.html", "b.html"]
    assert found["unfollowed"] == [
        "un ordre imposé entre les parties",
        "des parties fermées ou sautées selon ce qui précède",
    ]
    # Negative control: the same package, without rules, asks nothing.
    plain = zipped({
        "imsmanifest.xml": scorm_manifest(edition, parts=parts), "a.html": PAGE, "b.html": PAGE,
    })  # fmt: skip
    assert "unfollowed" not in read(plain)
