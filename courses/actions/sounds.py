"""How long a sound or a film lasts."""

import io

from tinytag import TinyTag, TinyTagException


def seconds_of(name: str, content: bytes) -> int | None:
    """Whole seconds, at least one; None when the file does not say."""
    try:
        duration = TinyTag.get(filename=name, file_obj=io.BytesIO(content), tags=False).duration
    # A stranger's bytes: whatever its reader stumbles on, the length is simply not known.
    except (TinyTagException, ValueError, LookupError, ArithmeticError, OSError):
        return None
    return max(1, round(duration)) if duration else None
