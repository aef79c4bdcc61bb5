"""Events that apps above may listen to. Receivers queue work; they touch no row."""

from django.dispatch import Signal

# Sent once, inside the transaction that flags an address. Arguments: refusal_id.
address_refused = Signal()
