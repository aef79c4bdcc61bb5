"""Events that apps above may listen to. Receivers queue work; they touch no row."""

from django.dispatch import Signal

# Sent once, inside the transaction that flags an address. Arguments: refusal_id.
address_refused = Signal()
# Sent inside a transaction when a person answers a letter from their own mail. Its receiver writes
# what was said, for the letter is nowhere else. Arguments: reply (replies.Reply), at.
letter_answered = Signal()
