from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    name = "certificates"
    verbose_name = _("attestations")

    def ready(self) -> None:
        from certificates import receivers  # noqa: F401, PLC0415 -- listens once apps are ready
