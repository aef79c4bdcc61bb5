"""Media of courses: bytes are stored once for each content, under their SHA-256."""

import hashlib
import io
from collections.abc import Collection
from contextlib import suppress
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from courses import captions, packages
from courses.actions.pictures import PictureRefused, Seen, seen_in
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
    archive is not an interactive module that can be played, or a picture cannot be read whole.
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
    seen = _seen(name, content) if content_type.startswith("image/") else None
    digest = hashlib.sha256(content).hexdigest()
    return {
        "file": f"cours/{digest[:2]}/{digest}{suffix}", "sha256": digest,
        "content_type": content_type, "size": len(content), "package": package,
        "width": seen and seen.width, "height": seen and seen.height,
        "contrast": seen and seen.contrast,
        "seconds": seconds_of(name, content) if content_type.startswith(PLAYED) else None,
        "cues": cues,
    }  # fmt: skip


def measure_captions(*, course: Course, names: Collection[str]) -> None:
    """Measure those of these files that were kept before captions were; unread, they stay so."""
    kept = course.assets.filter(name__in=names, name__endswith=".vtt", cues__isnull=True)
    for asset in kept:
        with (
            suppress(captions.CaptionsRefused, OSError),
            default_storage.open(str(asset.file)) as file,
        ):
            asset.cues = captions.read(file.read())
            asset.save(update_fields=["cues", "updated_at"])


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
        raise MediaRefused(f"« {name} » : {refused}") from refused


def _cues(name: str, content: bytes) -> list[captions.Cue]:
    if len(content) > LARGEST_CAPTIONS:
        raise MediaRefused(_("« %s » dépasse 2 Mo : ce n’est pas le poids de sous-titres.") % name)
    try:
        return captions.read(content)
    except captions.CaptionsRefused as refused:
        message = _("« %(name)s », ligne %(line)d : ces sous-titres (WebVTT) ne se lisent pas.")
        raise MediaRefused(message % {"name": name, "line": refused.line}) from None


def _seen(name: str, content: bytes) -> Seen:
    try:
        return seen_in(content)
    except PictureRefused as refused:
        raise MediaRefused(f"« {name} » : {refused}") from refused
