"""Events of certificates. Receivers queue work; they touch no row."""

from django.dispatch import Signal

# Sent once, inside the transaction that replaces a certificate. Arguments: certificate_id, of the
# new one.
certificate_reissued = Signal()
