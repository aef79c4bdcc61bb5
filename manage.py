#!/usr/bin/env python
"""Entry point of every Django command; starts the embedded PostgreSQL when a command needs it."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atn_platform.settings.dev")
    # Not earlier: these read the settings.
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    from atn_platform.core import postgres  # noqa: PLC0415

    try:
        postgres.start_for_command(sys.argv)
        execute_from_command_line(sys.argv)
    except (postgres.PostgresUnavailable, ImproperlyConfigured) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
