from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InteropConfig(AppConfig):
    name = "atn_platform.interop"
    label = "interop"
    verbose_name = _("modules interactifs")
