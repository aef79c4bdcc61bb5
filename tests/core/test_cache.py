"""The cache beside a real Redis, which is then stopped."""

import json
import logging
import pickle
import shutil
import socket
import subprocess
import time
from contextlib import closing

import pytest
from redis import Redis

from atn_platform.core import cache as module
from atn_platform.core.cache import Breaker, RedisOrMemoryCache

REDIS = shutil.which("redis-server")


@pytest.fixture(autouse=True)
def breaker(monkeypatch):
    monkeypatch.setattr(module, "breaker", Breaker())


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def redis(tmp_path):
    """A Redis of this test's own: its port, and the process, to be stopped."""
    if REDIS is None:
        pytest.skip("no redis-server: install Debian's redis-server")
    port = free_port()
    process = subprocess.Popen(
        [REDIS, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", tmp_path],
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield port, process
    process.kill()
    process.wait()


def cache_at(port: int) -> RedisOrMemoryCache:
    return RedisOrMemoryCache(f"redis://127.0.0.1:{port}/0", {"KEY_PREFIX": "test"})


def test_two_processes_share_what_redis_holds(redis):
    port, _ = redis
    cache_at(port).set("a", [1, "é"], 30)
    other = cache_at(port)
    assert other.get("a") == [1, "é"]
    assert other.add("a", 2) is False
    assert other.has_key("a")
    assert other.touch("a", 60)
    assert other.delete("a")
    other.set("n", 1)
    assert other.incr("n") == 2
    assert other.get("nothing", "default") == "default"
    other.clear()
    assert other.get("n") is None


def test_s86_what_redis_holds_is_read_and_never_run(redis):
    """Nothing is pickled: whoever writes in Redis does not run code in the site."""
    port, _ = redis
    with Redis(port=port) as raw:
        cache = cache_at(port)
        cache.set("tries", [1.5, 2.5], 30)
        [key] = raw.keys()
        assert json.loads(raw.get(key)) == [1.5, 2.5]
        raw.set(key, pickle.dumps([1.5]))
        with pytest.raises(UnicodeDecodeError):
            cache.get("tries")


def test_pages_and_limits_go_on_when_redis_stops(redis, caplog):
    port, process = redis
    cache = cache_at(port)
    cache.set("before", 1)
    process.kill()
    process.wait()

    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        assert cache.get("before") is None
        cache.set("attempts", 1)
        assert cache.incr("attempts") == 2
        assert cache_at(port).get("attempts") == 2

    assert time.monotonic() - began < 2
    assert [record.name for record in caplog.records] == ["atn_platform.core.cache"]


def test_a_frozen_redis_delays_one_request_by_two_seconds_at_most():
    with closing(socket.socket()) as frozen:  # accepts, and never answers
        frozen.bind(("127.0.0.1", 0))
        frozen.listen()
        cache = cache_at(frozen.getsockname()[1])
        began = time.monotonic()
        assert cache.get("a") is None
        assert time.monotonic() - began < 2
        again = time.monotonic()
        assert cache.get("a") is None
        assert time.monotonic() - again < 0.05


def test_redis_is_asked_again_after_the_pause(redis, monkeypatch):
    port, _ = redis
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.1)
    module.breaker.trip(OSError())
    cache = cache_at(port)
    cache.set("only-in-memory", 1)
    time.sleep(0.15)
    assert cache.get("only-in-memory") is None
