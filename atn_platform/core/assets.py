"""Static files as they leave: without what is there for their readers only."""

import re

from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

_CSS_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
_JS_COMMENT = re.compile(rb"^[ \t]*//.*\n", re.MULTILINE)
_INDENTATION = re.compile(rb"\n\s+")


def flush(name: str, content: bytes) -> bytes:
    """Our own style sheets and scripts without comments on lines of their own nor indentation.

    Those of others lie in folders, and stay what they are.
    """
    if "/" in name:
        return content
    if name.endswith(".css"):
        return _INDENTATION.sub(b"\n", _CSS_COMMENT.sub(b"", content))
    if name.endswith(".js"):
        return _INDENTATION.sub(b"\n", _JS_COMMENT.sub(b"", content))
    return content


class FlushStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed and compressed by WhiteNoise, once flush."""

    def _save(self, name: str, content: File) -> str:
        if name.endswith((".css", ".js")):
            # Chunks begin at the beginning, wherever whoever hashed the file stopped reading.
            content = ContentFile(flush(name, b"".join(content.chunks())), name=content.name)
        saved: str = super()._save(name, content)
        return saved
