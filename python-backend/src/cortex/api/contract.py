"""What the published document says beyond the routes themselves: who may call, and how errors look."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from cortex.api.errors import ErrorBody
from cortex.security.route_table import RouteRule, RouteTable

_ERROR = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}}
_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "The owner's token or an API key."},
    "session": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Cortex-Session",
        "description": "The page's half of a session; its other half is the cookie `cortex_session_<port>`.",
    },
}
_HEADERS = {
    "RequestId": {
        "schema": {"type": "string"},
        "description": "Names this request in the log and in errors: the caller's own where it was sane, else made.",
    },
    "RetryAfter": {
        "schema": {"type": "integer", "minimum": 1},
        "description": "Seconds after which another try makes sense, where that is known.",
    },
    "UndoId": {
        "schema": {"type": "string"},
        "description": "For `POST /api/undo/{undo_id}` within a day; absent when there is nothing to undo.",
    },
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same request under the same key within 30 days gets the first answer again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_OWN_SHAPE = ("HTTPValidationError", "ValidationError")
"""FastAPI's shapes of a 422, which Cortex never answers."""


def install(app: FastAPI, routes: Callable[[], RouteTable]) -> None:
    """Have `app.openapi()` tell the guard's part of the contract too; `routes` is asked when it is first wanted."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(plain(), routes().rules)
        return plain()

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend the document


def _complete(document: dict[str, Any], rules: tuple[RouteRule, ...]) -> None:
    """Add security and errors to every operation of `document`, in place."""
    by_call = {(rule.path, method.lower()): rule for rule in rules for method in rule.methods or ()}
    components = document.setdefault("components", {})
    components["securitySchemes"] = _SCHEMES
    components["headers"] = _HEADERS
    schemas = components.setdefault("schemas", {})
    for name in _OWN_SHAPE:
        schemas.pop(name, None)
    schemas["ErrorBody"] = ErrorBody.model_json_schema()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            # Path parameters with a convertor ({name:path}) are shown without it.
            _describe(operation, by_call.get((path, method)) or _by_shown_path(rules, path, method))
            if method not in ("get", "head") and operation["security"]:
                operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
            for status, answer in operation["responses"].items():
                _describe_answer(status, answer)


def _by_shown_path(rules: tuple[RouteRule, ...], path: str, method: str) -> RouteRule:
    return next(
        rule for rule in rules if rule.path.replace(":path}", "}") == path and method.upper() in (rule.methods or ())
    )


def _describe(operation: dict[str, Any], rule: RouteRule) -> None:
    statuses = [HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE]
    if rule.exemption is None:
        statuses += [HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS]
        scopes = ", ".join(sorted(scope.value for scope in rule.access.scopes))
        operation["x-cortex-scopes"] = sorted(scope.value for scope in rule.access.scopes)
        operation["security"] = [{"token": []}, {"session": []}]
        operation["description"] = f"{operation.get('description', '')}\n\nScope: {scopes}.".strip()
    else:
        operation["security"] = []
    if "requestBody" in operation:
        statuses.append(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    responses = operation.setdefault("responses", {})
    for status in statuses:
        responses.setdefault(str(status.value), {"description": status.phrase, **_ERROR})
    responses.setdefault("default", {"description": "Any other error, in the one shape.", **_ERROR})


def _describe_answer(status: str, answer: dict[str, Any]) -> None:
    """Its headers; and an error's one shape, whatever the route's own answers look like."""
    named = {"X-Request-ID": "RequestId"}
    if status in ("429", "503"):
        named["Retry-After"] = "RetryAfter"
    if status == "204":
        named["X-Undo-Id"] = "UndoId"
    answer["headers"] = {name: {"$ref": f"#/components/headers/{header}"} for name, header in named.items()}
    if status == "default" or int(status) >= HTTPStatus.BAD_REQUEST:
        answer.update(_ERROR)
