"""Every way in which a course can change."""

from courses.actions.drafts import export_folder, import_folder
from courses.actions.editing import EditConflict, Node, course_of, revision, save, values
from courses.actions.media import MediaRefused, remove_asset, store_asset
from courses.actions.outline import (
    Part,
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
    import_paths,
    move_step,
    remove_step,
    save_step,
)
from courses.actions.publishing import PublicationRefused, publish

__all__ = [
    "EditConflict",
    "MediaRefused",
    "Node",
    "Part",
    "PublicationRefused",
    "add_block",
    "add_lesson",
    "add_module",
    "add_questions",
    "add_step",
    "course_of",
    "create_course",
    "duplicate",
    "export_folder",
    "import_folder",
    "import_paths",
    "move",
    "move_step",
    "publish",
    "remove",
    "remove_asset",
    "remove_step",
    "revision",
    "save",
    "save_step",
    "store_asset",
    "values",
]
