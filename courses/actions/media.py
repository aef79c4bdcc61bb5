"""Media of courses: bytes are stored once for each content, under their SHA-256."""

import hashlib
import io
import struct
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from courses import captions, packages
from courses.actions.pictures import contrast_of, is_readable
from courses.actions.sounds import seconds_of
from courses.documents import PackageDoc
from courses.models import Asset, Block, Course, Lesson, Question

# Types we serve, with the bytes a file of that type starts with (offset, signature).
SIGNATURES: dict[str, tuple[str, int, bytes]] = {
    ".png": ("image/png", 0, b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("image/jpeg", 0, b"\xff\xd8\xff"),
    ".webp": ("image/webp", 8, b"WEBP"),
    ".mp4": ("video/mp4", 4, b"ftyp"),
    ".webm": ("video/webm", 0, b"\x1aE\xdf\xa3"),
    ".mp3": ("audio/mpeg", 0, b""),
    ".m4a": ("audio/mp4", 4, b"ftyp"),
    ".opus": ("audio/ogg", 0, b"OggS"),
    ".vtt": ("text/vtt; charset=utf-8", 0, b"WEBVTT"),
    ".pdf": ("application/pdf", 0, b"%PDF-"),
    ".zip": ("application/zip", 0, b"PK\x03\x04"),
    ".h5p": ("application/zip", 0, b"PK\x03\x04"),
}
# Archives of interactive modules: SCORM and cmi5, H5P.
PACKAGES = frozenset({".zip", ".h5p"})
PLAYED = ("audio/", "video/")
LARGEST = 60_000_000
LARGEST_CAPTIONS = 2_000_000  # ten times those of a film of three hours


class MediaRefused(ActionError):
    """The file cannot be kept as a media of a course."""


@transaction.atomic
def store_asset(*, course: Course, name: str, content: bytes) -> Asset:
    """Keep a file of the course under its name; the same name again replaces it.

    Raises MediaRefused (see `stored`).
    """
    facts = stored(name, content)
    asset, __ = Asset.objects.update_or_create(course=course, name=name, defaults=facts)
    return asset


def is_picture(suffix: str, content: bytes) -> bool:
    """Whether these bytes are a whole picture, of the type that the name announces."""
    content_type, offset, signature = SIGNATURES.get(suffix, ("", 0, b""))
    is_image = content_type.startswith("image/") and content[offset:].startswith(signature)
    return is_image and len(content) <= LARGEST and is_readable(content)


def stored(name: str, content: bytes) -> dict[str, Any]:
    """Keep the bytes of a file, and answer what there is to know of it.

    Raises MediaRefused (see `measured`), and then nothing is written.
    """
    facts = measured(name, content)
    if not default_storage.exists(facts["file"]):
        default_storage.save(facts["file"], ContentFile(content))
    return facts


def measured(name: str, content: bytes) -> dict[str, Any]:
    """What there is to know of a file, which is not kept.

    Raises MediaRefused when the type is not one we serve, or the bytes are of another type, or an
    archive is not an interactive module that can be played.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in SIGNATURES:
        known = ", ".join(sorted(SIGNATURES))
        raise MediaRefused(
            _("« %(name)s » : les types acceptés sont %(known)s.") % {"name": name, "known": known}
        )
    content_type, offset, signature = SIGNATURES[suffix]
    if not content[offset:].startswith(signature):
        raise MediaRefused(_("« %s » n’est pas un fichier du type que son nom annonce.") % name)
    if len(content) > LARGEST:
        raise MediaRefused(_("« %s » dépasse 60 Mo : proposez une version plus légère.") % name)
    cues = _cues(name, content) if suffix == ".vtt" else None
    package = _package(name, content) if suffix in PACKAGES else None
    width, height = _size(name, content)
    digest = hashlib.sha256(content).hexdigest()
    return {
        "file": f"cours/{digest[:2]}/{digest}{suffix}", "sha256": digest,
        "content_type": content_type, "size": len(content), "width": width, "height": height,
        "contrast": contrast_of(content) if content_type.startswith("image/") else None,
        "package": package,
        "seconds": seconds_of(name, content) if content_type.startswith(PLAYED) else None,
        "cues": cues,
    }  # fmt: skip


@transaction.atomic
def remove_asset(*, asset: Asset) -> None:
    """Take a file out of the draft. Its bytes stay: published versions may show them."""
    used = Block.objects.filter(lesson__module__course=asset.course)
    names = used.values_list("data", flat=True)
    asked = Question.objects.filter(block__in=used, data__image=asset.name)
    said = Lesson.objects.filter(module__course=asset.course, recording=asset.name)
    if said.exists():
        message = _(
            "« %s » est la version à écouter d’une leçon : retirez-la de la leçon d’abord."
        )
        raise MediaRefused(message % asset.name)
    if asked.exists() or any(asset.name in data.values() for data in names):
        message = _("« %s » sert dans un bloc : retirez-le du bloc d’abord.")
        raise MediaRefused(message % asset.name)
    asset.delete()


def _package(name: str, content: bytes) -> PackageDoc:
    try:
        return packages.read(io.BytesIO(content))
    except packages.PackageRefused as refused:
        raise MediaRefused(f"« {name} » : {refused}") from refused


def _cues(name: str, content: bytes) -> list[captions.Cue]:
    if len(content) > LARGEST_CAPTIONS:
        raise MediaRefused(_("« %s » dépasse 2 Mo : ce n’est pas le poids de sous-titres.") % name)
    try:
        return captions.read(content)
    except captions.CaptionsRefused as refused:
        message = _("« %(name)s », ligne %(line)d : ces sous-titres (WebVTT) ne se lisent pas.")
        raise MediaRefused(message % {"name": name, "line": refused.line}) from None


def _size(name: str, content: bytes) -> tuple[int | None, int | None]:
    try:
        return _pixels(PurePath(name).suffix.lower(), content)
    except struct.error:  # cut before it says its size
        message = _("« %s » n’est pas un fichier du type que son nom annonce.")
        raise MediaRefused(message % name) from None


def _pixels(suffix: str, content: bytes) -> tuple[int | None, int | None]:
    """Width and height, from the headers of PNG and WebP files."""
    if suffix == ".png":
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if suffix == ".webp" and content[12:16] == b"VP8X":
        return (
            int.from_bytes(content[24:27], "little") + 1,
            int.from_bytes(content[27:30], "little") + 1,
        )
    if suffix == ".webp" and content[12:16] == b"VP8 ":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None, None
