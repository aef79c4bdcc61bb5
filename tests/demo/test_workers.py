import os

from atn_platform.demo.workers import on_every_core


def test_one_core_works_in_place(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert on_every_core(lambda text: text + str(os.getpid()), "ab") == [
        f"a{os.getpid()}",
        f"b{os.getpid()}",
    ]


def test_several_cores_keep_the_order():
    assert on_every_core(str.upper, "abcdefghijklmnopqrst") == list("ABCDEFGHIJKLMNOPQRST")
