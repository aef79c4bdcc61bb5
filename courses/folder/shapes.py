"""Fields of a course's text files: their types, and the order in which they are written."""

from courses.enums import BlockKind, QuestionKind

COURSE_KEYS = (
    "code", "title", "summary", "objectives", "topic", "mode", "publics", "competencies",
    "pass_mark", "gives_uec", "review_on", "modules",
)  # fmt: skip
LESSON_KEYS = ("title", "kind", "minutes", "objective", "required", "audio")
AUDIO: dict[str, type] = {"file": str, "words": str}
QUESTION_KEYS = (
    "key", "kind", "prompt", "choices", "answer", "items", "pairs", "distractors", "answers",
    "image", "alt", "zones", "gaps", "categories", "partial", "feedback", "competencies", "bank",
)  # fmt: skip
# Fields of each kind of block: name -> type; those in REQUIRED must be there to be a draft at all.
BLOCK_FIELDS: dict[str, dict[str, type]] = {
    BlockKind.TEXT: {"markdown": str},
    BlockKind.CALLOUT: {"title": str, "tone": str, "text": str},
    BlockKind.IMAGE: {"file": str, "alt": str, "decorative": bool, "holds_text": bool,
                      "caption": str},
    BlockKind.ZONES: {"title": str, "text": str, "file": str, "alt": str, "places": list},
    BlockKind.VIDEO: {
        "title": str, "file": str, "captions": str, "audio": str, "seconds": int,
        "transcript": str,
    },
    BlockKind.AUDIO: {
        "title": str, "file": str, "captions": str, "seconds": int, "transcript": str,
    },
    BlockKind.FILE: {"title": str, "file": str},
    BlockKind.STEPS: {"title": str, "text": str, "steps": list},
    BlockKind.TABLE: {"caption": str, "header": str, "rows": str},
    BlockKind.MESSAGE: {"sender": str, "subject": str, "text": str, "clues": list},
    BlockKind.REFLECTION: {"text": str, "options": list},
    BlockKind.PLEDGE: {"title": str, "text": str, "options": list},
    BlockKind.SCENARIO: {"title": str, "text": str, "start": str, "scenes": list},
    BlockKind.PACKAGE: {"title": str, "file": str, "finishes": bool, "equivalent": str},
    BlockKind.QUIZ: {"title": str, "draw": int},
}  # fmt: skip
# What a right answer shows (A1-2); and of a question taken in the bank, its UUID there and the
# version, « uuid/2 ».
ORIGIN: dict[str, type] = {"competencies": list, "bank": str}
# What the prompt shows: a file of the course, and what it says to who does not see it.
PICTURE: dict[str, type] = {"image": str, "alt": str}
# Whether each part that is right earns its share.
PARTS: dict[str, type] = {"partial": bool}
ASKED: dict[str, type] = {**PICTURE, "feedback": dict, **ORIGIN}
QUESTION_FIELDS: dict[str, dict[str, type]] = {
    QuestionKind.SINGLE: {"choices": list, **ASKED},
    QuestionKind.MULTIPLE: {"choices": list, **ASKED},
    QuestionKind.TRUE_FALSE: {"answer": bool, **ASKED},
    QuestionKind.ORDERING: {"items": list, **PARTS, **ASKED},
    QuestionKind.MATCHING: {
        "pairs": list, "distractors": list, **PARTS, **ASKED,
    },
    QuestionKind.SHORT: {"answers": list, "choices": list, **ASKED},
    QuestionKind.NUMERIC: {"choices": list, **ASKED},
    QuestionKind.CLOZE: {"gaps": list, **PARTS, **ASKED},
    QuestionKind.HOTSPOT: {"zones": list, **ASKED},
    QuestionKind.CLASSIFYING: {"categories": list, **PARTS, **ASKED},
}  # fmt: skip
CHOICE: dict[str, type] = {"text": str, "correct": bool, "worth": float, "feedback": str}
# What lists hold, in a course, a block or a question: a type, or the fields of each element.
ELEMENTS: dict[str, type | dict[str, type]] = {
    "objectives": str,
    "competencies": str,
    "clues": str,
    "options": str,
    "places": {"title": str, "text": str, "area": str},
    "steps": {"title": str, "text": str},
    "scenes": {"key": str, "text": str, "choices": list, "ending": str},
    "choices": CHOICE,
    "items": str,
    "pairs": {"left": str, "right": str},
    "distractors": str,
    "answers": str,
    "zones": {**CHOICE, "area": str},
    "gaps": {"kind": str, "weight": float, "choices": list},
    "categories": {"title": str, "items": list},
}
# And what the lists inside those hold: (list, field of each element) -> as above.
NESTED: dict[tuple[str, str], type | dict[str, type]] = {
    ("scenes", "choices"): {"text": str, "feedback": str, "to": str},
    ("gaps", "choices"): CHOICE,
    ("categories", "items"): str,
}
# Fields that say one word of a few.
WORDS: dict[tuple[str, str], list[str]] = {
    ("scenes", "ending"): ["good", "mixed", "bad"],
    ("gaps", "kind"): [QuestionKind.SINGLE, QuestionKind.SHORT, QuestionKind.NUMERIC],
}
FEEDBACK: dict[str, type] = {"right": str, "partly": str, "wrong": str}
