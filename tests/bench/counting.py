"""Counts the statements of an answer, for the requests that ask for it."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

from tests.bench.pages import COUNT_HEADER


def count_queries(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Say how many statements an answer took, when asked."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if COUNT_HEADER not in request.headers:
            return get_response(request)
        statements: list[str] = []

        def note(execute: Any, sql: str, *rest: Any) -> Any:
            statements.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            response = get_response(request)
        response.headers[COUNT_HEADER] = str(len(statements))
        return response

    return middleware
