"""Pictures that questions of the bank show, or draw their zones on.

A picture is named by its content: it is kept once, never changes, and goes to a course under a
name that nothing else has there.
"""

import hashlib
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _

from courses.actions.media import MediaRefused, measured, stored
from courses.models import Asset, BankPicture, Course

FACTS = ("file", "sha256", "content_type", "size", "width", "height", "contrast")
NAME_LENGTH = 16


def keep(*, name: str, content: bytes) -> BankPicture:
    """Keep a picture that an author sends. Raises MediaRefused, and then nothing is written."""
    suffix = _suffix(name)
    facts = stored(f"{PurePath(name).stem}{suffix}", content)
    if not facts["content_type"].startswith("image/"):
        raise MediaRefused(_("« %s » n’est pas une image.") % name)
    return _kept({name: facts[name] for name in FACTS}, suffix)


def name_of(name: str, content: bytes) -> str:
    """The name under which the bank would keep this picture."""
    return f"{hashlib.sha256(content).hexdigest()[:NAME_LENGTH]}{_suffix(name)}"


def may_keep(name: str, content: bytes) -> bool:
    """Whether the bank would keep it: it is read to its last pixel."""
    try:
        facts = measured(f"image{_suffix(name)}", content)
    except MediaRefused:
        return False
    return str(facts["content_type"]).startswith("image/")


def bring(data: dict[str, Any], *, course: Course) -> dict[str, Any]:
    """The answers of a question of a course, as the bank keeps them: with its own picture."""
    name = data.get("image")
    asset = course.assets.filter(name=name).first() if name else None
    if asset is None:
        return data
    facts = {name: getattr(asset, name) for name in FACTS}
    return {**data, "image": _kept(facts, PurePath(asset.name).suffix).name}


def give(data: dict[str, Any], *, course: Course) -> dict[str, Any]:
    """The answers of a question of the bank, once the course has their picture."""
    name = data.get("image")
    picture = BankPicture.objects.filter(name=name).first() if name else None
    if picture is not None:
        facts = {name: getattr(picture, name) for name in FACTS}
        Asset.objects.get_or_create(course=course, name=picture.name, defaults=facts)
    return data


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower().replace("jpeg", "jpg")


def _kept(facts: dict[str, Any], suffix: str) -> BankPicture:
    name = f"{facts['sha256'][:NAME_LENGTH]}{suffix}"
    kept, __ = BankPicture.objects.get_or_create(name=name, defaults=facts)
    return kept
