"""What a lesson says aloud, in order, and the fingerprint of those words.

Pure: over the blocks of a document. Exercises and what has a sound of its own are not read.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from atn_platform.core import markdown
from courses.documents import BlockDoc, parts_html
from courses.enums import BlockKind

SAID = frozenset(
    {
        BlockKind.TEXT, BlockKind.CALLOUT, BlockKind.IMAGE, BlockKind.ZONES, BlockKind.STEPS,
        BlockKind.TABLE, BlockKind.MESSAGE, BlockKind.REFLECTION, BlockKind.PLEDGE,
    }
)  # fmt: skip
PLAIN = ("title", "subject", "alt", "caption")


def spoken(blocks: list[BlockDoc]) -> list[list[str]]:
    """Sentences of each block that is read aloud; a block that says nothing is left out."""
    read = (list(_sentences(block)) for block in blocks if block["kind"] in SAID)
    return [sentences for sentences in read if sentences]


def fingerprint(blocks: list[BlockDoc]) -> str:
    """The same words give the same fingerprint, however they are laid out in blocks."""
    text = "\n".join(" ".join(each.split()) for said in spoken(blocks) for each in said)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _sentences(block: BlockDoc) -> Iterator[str]:
    data: dict[str, Any] = {**block}
    yield from (data[name] for name in PLAIN if data.get(name))
    html = block.get("html", "") + "".join(parts_html(block))
    yield from markdown.sentences(html)
    yield from (clue["text"] for clue in block.get("clues", ()))
    yield from block.get("options", ())
