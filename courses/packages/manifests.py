"""What a manifest says: the standard, the title, and the parts that can be launched.

XML comes from strangers: no document type, no entity (defusedxml).
"""

import json
import re
import zipfile
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from courses.documents import PackageDoc, PartDoc
from courses.packages.archive import Listing, PackageRefused, read_text

LARGEST_MANIFEST = 2_000_000
MOST_PARTS = 200
SCORM, H5P, CMI5 = "imsmanifest.xml", "h5p.json", "cmi5.xml"
MANIFESTS = (SCORM, H5P, CMI5)
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
MOVE_ON = ("Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed", "NotApplicable")


def described(archive: zipfile.ZipFile, files: Listing) -> PackageDoc:
    """The package of an archive whose files were checked. Raises PackageRefused."""
    manifest = _manifest(files)
    unfollowed: list[str] = []
    content = read_text(archive, manifest, most=LARGEST_MANIFEST)
    if manifest == H5P:
        standard, title, parts = "h5p", *_h5p(content, archive, files)
    elif manifest == CMI5:
        standard, title, parts = "cmi5", *_cmi5(_tree(content, manifest), files)
    else:
        tree = _tree(content, manifest)
        standard, title, parts = _scorm(tree, files)
        unfollowed = _sequencing(tree)
    if not parts:
        raise PackageRefused(_("« %s » n’annonce aucune partie à ouvrir.") % manifest)
    if len(parts) > MOST_PARTS:
        raise PackageRefused(
            _("Ce module compte %(count)d parties; la limite est de %(most)d.")
            % {"count": len(parts), "most": MOST_PARTS}
        )
    found: PackageDoc = {
        "standard": standard,
        "title": title or parts[0]["title"],
        "parts": parts,
        "files": len(files.names),
        "unpacked": files.unpacked,
        "left_out": list(files.left_out[:20]),
    }
    if unfollowed:
        found["unfollowed"] = unfollowed
    return found


def _manifest(files: Listing) -> str:
    if found := [name for name in MANIFESTS if name in files.names]:
        return found[0]
    inner = sorted(name for name in files.names if name.rpartition("/")[2] in MANIFESTS)
    if inner:
        folder, __, name = inner[0].rpartition("/")
        raise PackageRefused(
            _("Le manifeste %(name)s est dans le dossier « %(folder)s » : compressez le contenu "
              "de ce dossier, et non le dossier.")
            % {"name": name, "folder": folder}
        )  # fmt: skip
    some = ", ".join(sorted(files.names)[:3]) or _("rien")
    raise PackageRefused(
        _("Aucun manifeste à la racine de l’archive. Trouvé : %(some)s. Attendu : imsmanifest.xml "
          "(SCORM 1.2 ou 2004), h5p.json (H5P) ou cmi5.xml (cmi5).")
        % {"some": some}
    )  # fmt: skip


def _tree(content: bytes, name: str) -> Element:
    try:
        tree: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise PackageRefused(
            _("« %s » contient un DOCTYPE ou des entités, qui servent à des pièges.") % name
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        raise PackageRefused(_("« %s » n’est pas un fichier XML lisible.") % name) from error
    return tree


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Element | None, name: str) -> list[Element]:
    return [] if element is None else [each for each in element if _local(each) == name]


def _child(element: Element | None, name: str) -> Element | None:
    return next(iter(_children(element, name)), None)


def _words(element: Element | None) -> str:
    return _clean("" if element is None else "".join(element.itertext()))


def _clean(text: object) -> str:
    return re.sub(r"[\s\x00-\x1f]+", " ", str(text or "")).strip()[:200]


def _attribute(element: Element, name: str) -> str:
    """An attribute by its local name, in any case: SCORM 1.2 and 2004 write it differently."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2].lower() == name:
            return value
    return ""


def _scorm(root: Element, files: Listing) -> tuple[str, str, list[PartDoc]]:
    standard = _edition(root)
    organizations = _child(root, "organizations")
    every = _children(organizations, "organization")
    if not every:
        raise PackageRefused(_("Ce paquet SCORM n’a pas d’organisation : il n’y a rien à ouvrir."))
    if len(every) > 1:
        names = ", ".join(_words(_child(each, "title")) for each in every)
        raise PackageRefused(
            _("Ce paquet SCORM contient %(count)d organisations (%(names)s); la plateforme en "
              "joue une : exportez-les séparément.")
            % {"count": len(every), "names": names}
        )  # fmt: skip
    resources = _child(root, "resources")
    base = root.get(XML_BASE, "") + ("" if resources is None else resources.get(XML_BASE, ""))
    known = {each.get("identifier", ""): each for each in _children(resources, "resource")}
    parts: list[PartDoc] = []
    for item in every[0].iter():
        resource = known.get(item.get("identifierref", ""))
        hidden = item.get("isvisible", "true").lower() == "false"
        if _local(item) == "item" and resource is not None and not hidden:
            parts.append(_item(item, resource, base, files))
    return standard, _words(_child(every[0], "title")), parts


FORCED = gettext_noop("un ordre imposé entre les parties")
# Elements of IMS Simple Sequencing that a player would run, and what they ask.
RULES = {
    "preConditionRule": gettext_noop("des parties fermées ou sautées selon ce qui précède"),
    "postConditionRule": gettext_noop("des parties à refaire ou à quitter selon leur résultat"),
    "exitConditionRule": gettext_noop("des parties qui se ferment d’elles-mêmes"),
    "rollupRule": gettext_noop("une réussite calculée autrement que « toutes les parties »"),
    "limitConditions": gettext_noop("un nombre d’essais ou une durée limités"),
    "randomizationControls": gettext_noop("un ordre tiré au sort"),
    "mapInfo": gettext_noop("des objectifs que les parties se partagent"),
}


def _sequencing(root: Element) -> list[str]:
    """What the manifest asks of the order of its parts, in words; none of it is run."""
    found = [RULES[name] for name in RULES if any(_local(each) == name for each in root.iter())]
    modes = [each for each in root.iter() if _local(each) == "controlMode"]
    if any(each.get("choice") == "false" or each.get("forwardOnly") == "true" for each in modes):
        found.insert(0, FORCED)
    return found


def _edition(root: Element) -> str:
    """SCORM 1.2 or 2004, by what the manifest says and by how it is written."""
    said = _words(_child(_child(root, "metadata"), "schemaversion"))
    spaces = {str(each.tag).partition("}")[0] for each in root.iter()}
    spaces |= {key.partition("}")[0] for each in root.iter() for key in each.attrib}
    is_2004 = any("adlcp_v1p3" in each or "imsss" in each for each in spaces)
    is_12 = any("adlcp_rootv1p2" in each for each in spaces)
    says_12, says_2004 = said.startswith("1.2"), "2004" in said or "1.3" in said
    if (says_12 and is_2004 and not is_12) or (says_2004 and is_12 and not is_2004):
        written = "SCORM 2004" if is_2004 else "SCORM 1.2"
        raise PackageRefused(
            _("Le manifeste se dit « %(said)s », mais il est écrit en %(written)s : exportez-le "
              "de nouveau, en SCORM 1.2 ou en SCORM 2004.")
            % {"said": said, "written": written}
        )  # fmt: skip
    if not (says_12 or says_2004 or is_12 or is_2004):
        raise PackageRefused(
            _("Ce manifeste ne dit pas sa version (« %s ») : SCORM 1.2 ou SCORM 2004 est attendu.")
            % (said or "—")
        )
    return "scorm-2004" if says_2004 or (is_2004 and not says_12) else "scorm-1.2"


def _item(item: Element, resource: Element, base: str, files: Listing) -> PartDoc:
    href = base + resource.get(XML_BASE, "") + resource.get("href", "")
    part: PartDoc = {
        "key": _clean(item.get("identifier")),
        "title": _words(_child(item, "title")),
        "href": _launch(href, files, parameters=item.get("parameters", "")),
    }
    if _attribute(resource, "scormtype") == "asset":
        part["asset"] = True
    for found in item:
        name, said = _local(found).lower(), _words(found)
        if name == "datafromlms":
            part["data"] = "".join(found.itertext())[:4096]
        elif name == "masteryscore" and _number(said) is not None:
            part["mastery"] = _number(said) or 0.0
    measure = next((each for each in item.iter() if _local(each) == "minNormalizedMeasure"), None)
    if (found_mark := _number(_words(measure))) is not None:
        part["mastery"] = found_mark
    return part


def _number(text: str) -> float | None:
    try:
        return min(100.0, max(-1.0, float(text)))
    except ValueError:
        return None


def _launch(href: str, files: Listing, *, parameters: str = "") -> str:
    """An address inside the archive, with its query. Raises PackageRefused."""
    elsewhere = PackageRefused(
        _("« %s » mène à un autre site : un module doit tenir tout entier dans son archive.")
        % href[:200]
    )
    try:
        parts = urlsplit(href.strip())
    except ValueError:  # brackets that hold no address
        raise elsewhere from None
    if parts.scheme or parts.netloc or href.startswith("//"):
        raise elsewhere
    path = unquote(parts.path).removeprefix("./")
    if not path or path.startswith("/") or ".." in path.split("/") or "\\" in path:
        raise PackageRefused(_("La page de départ « %s » sort de l’archive.") % href[:200])
    if path not in files.names:
        near = [name for name in files.names if name.casefold() == path.casefold()]
        if near:
            raise PackageRefused(
                _("La page de départ « %(href)s » s’écrit « %(near)s » dans l’archive.")
                % {"href": href[:200], "near": near[0]}
            )
        raise PackageRefused(_("La page de départ « %s » n’est pas dans l’archive.") % href[:200])
    query = "&".join(each.lstrip("?&") for each in (parts.query, parameters.strip()) if each)
    return f"{path}?{query}" if query else path


def _h5p(content: bytes, archive: zipfile.ZipFile, files: Listing) -> tuple[str, list[PartDoc]]:
    said = _json(content, H5P)
    if "content/content.json" not in files.names:
        raise PackageRefused(_("Ce paquet H5P n’a pas de contenu (content/content.json)."))
    _json(read_text(archive, "content/content.json", most=LARGEST_MANIFEST), "content.json")
    wanted = [each for each in said.get("preloadedDependencies") or () if isinstance(each, dict)]
    if not wanted or not said.get("mainLibrary"):
        raise PackageRefused(_("h5p.json ne nomme pas de bibliothèque principale."))
    for each in wanted:
        name = "{machineName}-{majorVersion}.{minorVersion}".format_map(
            {"machineName": "?", "majorVersion": "?", "minorVersion": "?", **each}
        )
        if f"{name}/library.json" not in files.names:
            raise PackageRefused(
                _("La bibliothèque « %s » manque : exportez le contenu avec ses bibliothèques.")
                % _clean(name)
            )
    title = _clean(said.get("title"))
    return title, [{"key": "h5p", "title": title, "href": H5P}]


def _json(content: bytes, name: str) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise PackageRefused(_("« %s » n’est pas un fichier JSON lisible.") % name)
    return found


def _cmi5(root: Element, files: Listing) -> tuple[str, list[PartDoc]]:
    if _local(root) != "courseStructure":
        raise PackageRefused(_("« cmi5.xml » ne décrit pas un cours cmi5."))
    parts: list[PartDoc] = []
    for unit in (each for each in root.iter() if _local(each) == "au"):
        part: PartDoc = {
            "key": _clean(unit.get("id")),
            "title": _langstring(_child(unit, "title")),
            "href": _launch(_words(_child(unit, "url")), files),
            "move_on": unit.get("moveOn", "NotApplicable"),
        }
        if part["move_on"] not in MOVE_ON:
            raise PackageRefused(_("« %s » n’est pas une règle moveOn.") % part["move_on"][:40])
        if (mark := _number(unit.get("masteryScore", ""))) is not None:
            part["mastery"] = mark
        if (said := _child(unit, "launchParameters")) is not None:
            part["data"] = "".join(said.itertext())[:4096]
        parts.append(part)
    if len({part["key"] for part in parts}) < len(parts):
        raise PackageRefused(_("Deux parties de « cmi5.xml » portent le même identifiant."))
    return _langstring(_child(_child(root, "course"), "title")), parts


def _langstring(element: Element | None) -> str:
    """The French words when there are some, else the first."""
    said = _children(element, "langstring")
    french = [each for each in said if each.get("lang", "").lower().startswith("fr")]
    return _words(next(iter([*french, *said]), None))
