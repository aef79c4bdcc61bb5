"""A cache that may lose Redis: pages go on, and rate limits count per process meanwhile."""

import json
import logging
import time
from functools import lru_cache
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

SOCKET_SECONDS = 1.0
# After a failure Redis is left alone for a while, so that no page waits for it again and again.
PAUSE_SECONDS = 10.0
SAY_SECONDS = 60.0

logger = logging.getLogger(__name__)


class Breaker:
    """Whether Redis is worth asking; one for the whole process, which has a cache a thread."""

    def __init__(self) -> None:
        self._closed_until = 0.0
        self._said_at = float("-inf")

    def closed(self) -> bool:
        return time.monotonic() < self._closed_until

    def trip(self, error: Exception) -> None:
        now = time.monotonic()
        self._closed_until = now + PAUSE_SECONDS
        if now - self._said_at >= SAY_SECONDS:
            self._said_at = now
            logger.warning("Redis does not answer (%s); caching in memory.", type(error).__name__)


breaker = Breaker()


class Json:
    """What is kept can be read and never run: whoever writes in Redis must not run code here.

    Counters stay integers, which Redis adds to by itself. A tuple comes back as a list.
    """

    def dumps(self, value: Any) -> int | bytes:
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, kept: bytes) -> Any:
        return json.loads(kept)


class OneClient(RedisCacheClient):
    """Django's makes a client for each command, which costs the site more than the command."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "serializer": Json})
        self._client = lru_cache(maxsize=1)(self._client)  # type: ignore[has-type]


class OneClientCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = OneClient


class RedisOrMemoryCache(BaseCache):
    """Redis, or this process's memory for the seconds in which Redis does not answer."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        options = {
            "socket_timeout": SOCKET_SECONDS,
            "socket_connect_timeout": SOCKET_SECONDS,
            "retry": Retry(NoBackoff(), 0),
        }
        options |= params.get("OPTIONS", {})
        self._redis = OneClientCache(server, {**params, "OPTIONS": options})
        self._memory = LocMemCache("without-redis", {**params, "OPTIONS": {}})

    def _ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        if not breaker.closed():
            try:
                return getattr(self._redis, method)(*args, **kwargs)
            except (RedisError, OSError) as error:
                breaker.trip(error)
        return getattr(self._memory, method)(*args, **kwargs)

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        return bool(self._ask("add", key, value, timeout=timeout, version=version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default=default, version=version)

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        self._ask("set", key, value, timeout=timeout, version=version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("touch", key, timeout=timeout, version=version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._ask("delete", key, version=version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(self._ask("incr", key, delta=delta, version=version))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return bool(self._ask("has_key", key, version=version))

    def clear(self) -> None:
        self._ask("clear")
