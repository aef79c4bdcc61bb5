"""Each kind of block as it would be published: its words rendered and cleaned, its files found."""

from typing import Any, cast

from atn_platform.core import french, markdown
from courses.captions import amiss
from courses.documents import AssetDoc, BlockDoc, frozen
from courses.enums import BlockKind
from courses.models import Block
from courses.notation import NotationRefused
from courses.notation.blocks import read_rows
from courses.queries.questions import question_document


def block_document(block: Block, assets: dict[str, AssetDoc]) -> BlockDoc:
    """One block as it would be published; a file that the course lacks is left out."""
    built: dict[str, Any] = {"uuid": str(block.uuid), "key": block.key, "kind": block.kind}
    built |= _PARTS[BlockKind(block.kind)](block.data, assets)
    if block.kind == BlockKind.QUIZ:
        built["questions"] = [question_document(each, assets) for each in block.questions.all()]
    return cast("BlockDoc", built)


def _plain(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: french.typography(str(data.get(name) or "")) for name in names}


def _files(data: dict[str, Any], assets: dict[str, AssetDoc], **names: str) -> dict[str, Any]:
    """Assets under their names in the document, for each field that names a known file."""
    wanted = {name: data.get(source) for name, source in names.items()}
    return {name: frozen(assets[file]) for name, file in wanted.items() if file in assets}


def _text(data: dict[str, Any], __: dict[str, AssetDoc]) -> dict[str, Any]:
    return {"html": markdown.render(data.get("markdown", ""))}


def _callout(data: dict[str, Any], __: dict[str, AssetDoc]) -> dict[str, Any]:
    tone = data.get("tone") or "info"
    return {**_plain(data, "title"), "tone": tone, "html": markdown.render(data.get("text", ""))}


def _image(data: dict[str, Any], assets: dict[str, AssetDoc]) -> dict[str, Any]:
    words = {**_plain(data, "alt", "caption"), "decorative": data.get("decorative") is True}
    told = {"holds_text": True} if data.get("holds_text") is True else {}
    return {**words, **told, **_files(data, assets, asset="file")}


def _zones(data: dict[str, Any], assets: dict[str, AssetDoc]) -> dict[str, Any]:
    places = [
        {
            **_plain(each, "title"),
            "html": markdown.render(str(each.get("text", ""))),
            "area": str(each.get("area") or "").replace(",", ".").split(),
        }
        for each in data.get("places") or ()
    ]
    html = markdown.render(data.get("text", ""))
    words = {**_plain(data, "title", "alt"), "html": html}
    return {**words, "places": places, **_files(data, assets, asset="file")}


def _video(data: dict[str, Any], assets: dict[str, AssetDoc]) -> dict[str, Any]:
    files = _files(data, assets, asset="file", captions="captions", audio="audio")
    return {
        **_plain(data, "title"),
        "seconds": _seconds(data, assets),
        "transcript_html": markdown.render(data.get("transcript", "")),
        "audio": None,
        **files,
        **_captions(data, assets),
    }


def _audio(data: dict[str, Any], assets: dict[str, AssetDoc]) -> dict[str, Any]:
    return {
        **_plain(data, "title"),
        "seconds": _seconds(data, assets),
        "transcript_html": markdown.render(data.get("transcript", "")),
        **_files(data, assets, asset="file", captions="captions"),
        **_captions(data, assets),
    }


def _captions(data: dict[str, Any], assets: dict[str, AssetDoc]) -> dict[str, Any]:
    """What is wrong with the captions, when something is."""
    file, captions = (assets.get(str(data.get(name))) for name in ("file", "captions"))
    if captions is None:
        return {}
    measured = file.get("seconds", 0) if file else 0
    found = amiss(captions.get("cues"), measured=measured, written=data.get("seconds") or 0)
    return {"captions_amiss": found} if found else {}


def _seconds(data: dict[str, Any], assets: dict[str, AssetDoc]) -> int:
    """What the author wrote; otherwise what the file says."""
    file = assets.get(str(data.get("file")))
    return data.get("seconds") or (file.get("seconds", 0) if file else 0)


def _file(data: dict[str, Any], assets: dict[str, AssetDoc]) -> dict[str, Any]:
    return {**_plain(data, "title"), **_files(data, assets, asset="file")}


def _steps(data: dict[str, Any], __: dict[str, AssetDoc]) -> dict[str, Any]:
    steps = [
        {**_plain(each, "title"), "html": markdown.render(str(each.get("text", "")))}
        for each in data.get("steps") or ()
    ]
    html = markdown.render(data.get("text", ""))
    return {**_plain(data, "title"), "html": html, "steps": steps}


def _table(data: dict[str, Any], __: dict[str, AssetDoc]) -> dict[str, Any]:
    try:
        lines = read_rows(data.get("rows", ""))
    except NotationRefused:  # a draft of another time: the checklist says that it lacks lines
        lines = []
    header = data.get("header") or "row"
    rows = [
        [
            {"html": markdown.render_line(cell), "scope": _scope(header, row, column)}
            for column, cell in enumerate(cells)
        ]
        for row, cells in enumerate(lines)
    ]
    return {**_plain(data, "caption"), "rows": rows}


def _scope(header: str, row: int, column: int) -> str:
    """What a cell is the header of: a column, a row, or nothing."""
    if row == 0 and header in {"row", "both"}:
        return "col"
    return "row" if column == 0 and header in {"column", "both"} else ""


def _message(data: dict[str, Any], __: dict[str, AssetDoc]) -> dict[str, Any]:
    clues = [
        {"mark": str(rank), "text": french.typography(str(text))}
        for rank, text in enumerate(data.get("clues") or (), start=1)
    ]
    html = markdown.render_clues(data.get("text", ""))
    return {
        "sender": data.get("sender", ""),
        **_plain(data, "subject"),
        "html": html,
        "clues": clues,
    }


def _reflection(data: dict[str, Any], __: dict[str, AssetDoc]) -> dict[str, Any]:
    options = [french.typography(str(each)) for each in data.get("options") or ()]
    return {"html": markdown.render(data.get("text", "")), "options": options}


def _pledge(data: dict[str, Any], assets: dict[str, AssetDoc]) -> dict[str, Any]:
    return {**_plain(data, "title"), **_reflection(data, assets)}


def _scenario(data: dict[str, Any], __: dict[str, AssetDoc]) -> dict[str, Any]:
    scenes = [
        {
            "key": str(scene.get("key", "")),
            "text_html": markdown.render(str(scene.get("text", ""))),
            "choices": [
                {
                    "key": "abcdefghij"[rank],
                    "text": french.typography(str(choice.get("text", ""))),
                    "feedback_html": markdown.render(str(choice.get("feedback", ""))),
                    "to": str(choice.get("to", "")),
                }
                for rank, choice in enumerate(scene.get("choices") or ())
            ],
            "ending": scene.get("ending", ""),
        }
        for scene in data.get("scenes") or ()
    ]
    html = markdown.render(data.get("text", ""))
    return {
        **_plain(data, "title"),
        "html": html,
        "start": data.get("start", ""),
        "scenes": scenes,
    }


def _package(data: dict[str, Any], assets: dict[str, AssetDoc]) -> dict[str, Any]:
    return {
        **_plain(data, "title"),
        "finishes": data.get("finishes") is True,
        "equivalent_html": markdown.render(data.get("equivalent", "")),
        **_files(data, assets, asset="file"),
    }


def _quiz(data: dict[str, Any], __: dict[str, AssetDoc]) -> dict[str, Any]:
    return {**_plain(data, "title"), "draw": data.get("draw")}


_PARTS = {
    BlockKind.TEXT: _text,
    BlockKind.CALLOUT: _callout,
    BlockKind.IMAGE: _image,
    BlockKind.ZONES: _zones,
    BlockKind.VIDEO: _video,
    BlockKind.AUDIO: _audio,
    BlockKind.FILE: _file,
    BlockKind.STEPS: _steps,
    BlockKind.TABLE: _table,
    BlockKind.MESSAGE: _message,
    BlockKind.REFLECTION: _reflection,
    BlockKind.PLEDGE: _pledge,
    BlockKind.SCENARIO: _scenario,
    BlockKind.PACKAGE: _package,
    BlockKind.QUIZ: _quiz,
}
