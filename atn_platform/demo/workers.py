"""Helpers of one heavy task: programs of their own, so that every core works."""

import os
import signal
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

import django

MOST = 4
T = TypeVar("T")
R = TypeVar("R")


def _start() -> None:
    # Ctrl-C reaches the whole terminal: the program that waits for the answers says so, alone.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()


def on_every_core(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """`work` of each item, in order. Both go through pickle, and ask nothing of a database."""
    workers = min(MOST, os.cpu_count() or 1)
    if workers == 1:
        return [work(item) for item in items]
    # Spawned, not forked: a fork would share this program's connection to the database.
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start) as pool:
        return list(pool.map(work, items, chunksize=8))
