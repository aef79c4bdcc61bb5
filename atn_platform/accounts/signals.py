"""Events of people's roles, sent in the transaction of the change itself."""

from django.dispatch import Signal

# role: a value of enums.Role; user, by: User (by may be None); at: datetime.
role_granted = Signal()
role_ended = Signal()

# user, by: User (by may be None); at: datetime; verb: what happened to the account, such as
# "created", "corrected", "closed", "opened"; fields: names of what changed; before: the names as
# they were, by field, when one was corrected; reason: why, where somebody had to say so.
account_changed = Signal()
