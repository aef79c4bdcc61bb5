"""Small packages of our own: what an authoring tool would export, in a few lines."""

import io
import json
import zipfile

SPACES = {
    "1.2": ("http://www.imsproject.org/xsd/imscp_rootv1p1p2",
            "http://www.adlnet.org/xsd/adlcp_rootv1p2", "scormtype"),
    "2004 4th Edition": ("http://www.imsglobal.org/xsd/imscp_v1p1",
                         "http://www.adlnet.org/xsd/adlcp_v1p3", "scormType"),
}  # fmt: skip
PAGE = "<!DOCTYPE html><html lang=fr><title>Module</title><body><h1>Module</h1></body></html>"
PIXEL = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def zipped(files: dict[str, bytes | str], *, stored: bool = False) -> bytes:
    buffer = io.BytesIO()
    kind = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def scorm_manifest(
    edition: str = "1.2", *, said: str | None = None, parts: tuple[str, ...] = ("index.html",),
    organizations: int = 1,
) -> str:  # fmt: skip
    main, adlcp, kind = SPACES[edition]
    items = "".join(
        f'<item identifier="i{rank}" identifierref="r{rank}"><title>Partie {rank}</title></item>'
        for rank, __ in enumerate(parts, start=1)
    )
    every = "".join(
        f'<organization identifier="o{rank}"><title>Le module {rank}</title>{items}</organization>'
        for rank in range(1, organizations + 1)
    )
    resources = "".join(
        f'<resource identifier="r{rank}" type="webcontent" adlcp:{kind}="sco" href="{href}"/>'
        for rank, href in enumerate(parts, start=1)
    )
    return (
        f'<?xml version="1.0"?><manifest identifier="m" xmlns="{main}" xmlns:adlcp="{adlcp}">'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{said or edition}</schemaversion>"
        f'</metadata><organizations default="o1">{every}</organizations>'
        f"<resources>{resources}</resources></manifest>"
    )


def scorm(edition: str = "1.2", *, page: str = PAGE, files: dict | None = None, **said) -> bytes:
    manifest = scorm_manifest(edition, **said)
    pages = dict.fromkeys(said.get("parts", ("index.html",)), page)
    pages = {name.partition("?")[0]: content for name, content in pages.items()}
    return zipped({"imsmanifest.xml": manifest, **pages, **(files or {})})


def cmi5(
    *, page: str = PAGE, move_on: str = "CompletedOrPassed", url: str = "index.html"
) -> bytes:
    structure = (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">'
        '<course id="https://exemple.quebec/cours"><title><langstring lang="en">A course'
        '</langstring><langstring lang="fr-CA">Un cours</langstring></title></course>'
        f'<au id="https://exemple.quebec/cours/1" moveOn="{move_on}" masteryScore="0.5"><title>'
        f'<langstring lang="fr-CA">Une unité</langstring></title><url>{url}</url></au>'
        "</courseStructure>"
    )
    return zipped({"cmi5.xml": structure, "index.html": page})


def h5p(*, script: str = "", libraries: bool = True) -> bytes:
    """An H5P of one library, whose `script` defines H5P.Essai."""
    library = {
        "title": "Essai", "machineName": "H5P.Essai", "majorVersion": 1, "minorVersion": 0,
        "patchVersion": 0, "runnable": 1, "preloadedJs": [{"path": "essai.js"}],
    }  # fmt: skip
    wanted = [{"machineName": "H5P.Essai", "majorVersion": "1", "minorVersion": "0"}]
    about = {
        "title": "Vrai ou faux?", "language": "fr", "mainLibrary": "H5P.Essai",
        "embedTypes": ["div"], "license": "U", "preloadedDependencies": wanted,
    }  # fmt: skip
    files: dict[str, bytes | str] = {
        "h5p.json": json.dumps(about),
        "content/content.json": json.dumps({"question": "Vrai?"}),
    }
    if libraries:
        files["H5P.Essai-1.0/library.json"] = json.dumps(library)
        files["H5P.Essai-1.0/essai.js"] = script
    return zipped(files)
