"""Every way in which a course can change."""

from courses.actions.drafts import export_folder, import_folder
from courses.actions.media import MediaRefused, store_asset
from courses.actions.publishing import PublicationRefused, publish

__all__ = [
    "MediaRefused",
    "PublicationRefused",
    "export_folder",
    "import_folder",
    "publish",
    "store_asset",
]
