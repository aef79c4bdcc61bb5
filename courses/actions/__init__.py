"""Every way in which a course can change."""

from courses.actions.booklets import take_booklet
from courses.actions.care import (
    WithdrawalRefused,
    entrust,
    offer_again,
    remind_owners,
    withdraw,
)
from courses.actions.changes import Part, label_of
from courses.actions.drafts import copy_course, export_folder, import_folder
from courses.actions.editing import (
    EditConflict,
    Node,
    course_of,
    fits,
    go_back,
    kind_of,
    revision,
    save,
    values,
)
from courses.actions.framework import load_framework
from courses.actions.hashing import PublicationRefused, content_hash
from courses.actions.listening import drop_recording, record_lesson, vouch_for_recording
from courses.actions.media import MediaRefused, remove_asset, store_asset
from courses.actions.outline import (
    add_block,
    add_lesson,
    add_module,
    add_questions,
    create_course,
    duplicate,
    move,
    remove,
)
from courses.actions.paths import (
    add_step,
    export_paths,
    freeze_path,
    import_paths,
    move_step,
    remove_step,
    save_step,
)
from courses.actions.positioning import load_scenarios, save_scenario
from courses.actions.publishing import publish
from courses.actions.restoring import restore
from courses.actions.reviewing import (
    ReviewClosed,
    ReviewRefused,
    add_remark,
    ask_review,
    decide_review,
    settle_remark,
)
from courses.actions.sending import SendingRefused, send
from courses.actions.sessions import SessionRefused, call_off, save_session

__all__ = [
    "EditConflict",
    "MediaRefused",
    "Node",
    "Part",
    "PublicationRefused",
    "ReviewClosed",
    "ReviewRefused",
    "SendingRefused",
    "SessionRefused",
    "WithdrawalRefused",
    "add_block",
    "add_lesson",
    "add_module",
    "add_questions",
    "add_remark",
    "add_step",
    "ask_review",
    "call_off",
    "content_hash",
    "copy_course",
    "course_of",
    "create_course",
    "decide_review",
    "drop_recording",
    "duplicate",
    "entrust",
    "export_folder",
    "export_paths",
    "fits",
    "freeze_path",
    "go_back",
    "import_folder",
    "import_paths",
    "kind_of",
    "label_of",
    "load_framework",
    "load_scenarios",
    "move",
    "move_step",
    "offer_again",
    "publish",
    "record_lesson",
    "remind_owners",
    "remove",
    "remove_asset",
    "remove_step",
    "restore",
    "revision",
    "save",
    "save_scenario",
    "save_session",
    "save_step",
    "send",
    "settle_remark",
    "store_asset",
    "take_booklet",
    "values",
    "vouch_for_recording",
    "withdraw",
]
