"""Addresses of our own pages, which never change while a process lives."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=2048, typed=True)  # a page makes ten or more, of the same few
def address(name: str, *args: object) -> str:
    return reverse(name, args=args)
