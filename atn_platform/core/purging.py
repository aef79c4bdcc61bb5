"""Leave to delete what the database otherwise keeps for ever."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def purging() -> Iterator[None]:
    """For one transaction, tables that only grow let rows go: retention and erasure alone ask.

    Their triggers read the setting; PostgreSQL forgets it at the end of the transaction.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('atn.purging', 'on', true)")
        yield
        cursor.execute("SELECT set_config('atn.purging', '', true)")
