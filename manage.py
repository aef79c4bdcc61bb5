#!/usr/bin/env python
"""Entry point of every Django command; starts the embedded PostgreSQL when a command needs it."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atn_platform.settings.dev")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- settings first

    from atn_platform.core import postgres  # noqa: PLC0415 -- settings first

    try:
        postgres.start_for_command(sys.argv)
    except postgres.PostgresUnavailable as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
