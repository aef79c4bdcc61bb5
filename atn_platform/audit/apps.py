from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "atn_platform.audit"
    label = "audit"
    verbose_name = _("journal")

    def ready(self) -> None:
        # Receivers may only be imported once the models are.
        from atn_platform.audit import receivers  # noqa: F401, PLC0415
