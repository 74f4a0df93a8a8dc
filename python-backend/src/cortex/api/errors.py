"""The one table from exceptions to HTTP statuses, and the one shape of an error."""

from __future__ import annotations

import math
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from cortex import exceptions
from cortex.api.schemas.base import Schema
from cortex.observability.logs import get_logger

log = get_logger(__name__)

STATUS: dict[type[exceptions.CortexError], HTTPStatus] = {
    exceptions.ValidationError: HTTPStatus.UNPROCESSABLE_ENTITY,
    exceptions.UnauthorizedError: HTTPStatus.UNAUTHORIZED,
    exceptions.ForbiddenError: HTTPStatus.FORBIDDEN,
    exceptions.NotFoundError: HTTPStatus.NOT_FOUND,
    exceptions.ConflictError: HTTPStatus.CONFLICT,
    exceptions.PayloadTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    exceptions.UnsupportedMediaTypeError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    exceptions.RateLimitedError: HTTPStatus.TOO_MANY_REQUESTS,
    exceptions.StorageFullError: HTTPStatus.INSUFFICIENT_STORAGE,
    exceptions.ProcessingError: HTTPStatus.INTERNAL_SERVER_ERROR,
    exceptions.PageNotFetchedError: HTTPStatus.BAD_GATEWAY,
    exceptions.AIProviderError: HTTPStatus.BAD_GATEWAY,
    exceptions.AIProviderUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}
_CODES_OF_STATUS = {400: "bad_request", 405: "method_not_allowed", 416: "range_not_satisfiable"}


class ErrorBody(Schema):
    """Every error that Cortex answers."""

    error: str
    message: str
    details: object = None
    request_id: str | None = None


def status_of(error: exceptions.CortexError) -> HTTPStatus:
    """The status of an error: that of its nearest ancestor in the table, else 500."""
    for ancestor in type(error).__mro__:
        if ancestor in STATUS:
            return STATUS[ancestor]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def body_of(error: exceptions.CortexError) -> dict[str, object]:
    """The JSON body of an error, with the id of the request that is being answered."""
    return _body(error.code, error.message, error.details)


def _body(code: str, message: str, details: object = None) -> dict[str, object]:
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    return {"error": code, "message": message, "details": details, "request_id": request_id}


def install(app: FastAPI) -> None:
    """Make every error of the app come out in the one shape."""

    @app.exception_handler(exceptions.CortexError)
    async def cortex_error(_request: Request, error: exceptions.CortexError) -> JSONResponse:
        headers = {"Retry-After": str(max(1, math.ceil(error.retry_after)))} if error.retry_after is not None else None
        status = status_of(error)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.warning("request failed", error=error.code, exc_info=error)
        return JSONResponse(body_of(error), status_code=status, headers=headers)

    @app.exception_handler(RequestValidationError)
    async def invalid_request(_request: Request, error: RequestValidationError) -> JSONResponse:
        details = [
            {"loc": [str(part) for part in problem["loc"]], "msg": problem["msg"], "type": problem["type"]}
            for problem in error.errors()
        ]
        first = f": {details[0]['msg']} ({'.'.join(details[0]['loc'])})" if details else ""
        return JSONResponse(
            _body("validation_error", f"The request is not valid{first}.", details),
            status_code=HTTPStatus.UNPROCESSABLE_ENTITY,
        )

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> JSONResponse:
        if (
            error.status_code == HTTPStatus.BAD_REQUEST and error.__cause__ is not None
        ):  # the framework could not read it
            message = "The body is not JSON in UTF-8."
            details = [{"loc": ["body"], "msg": message, "type": "json_invalid"}]
            return JSONResponse(
                _body("validation_error", message, details), status_code=HTTPStatus.UNPROCESSABLE_ENTITY
            )
        if error.status_code == HTTPStatus.NOT_FOUND:
            return JSONResponse(body_of(exceptions.RouteNotFoundError()), status_code=HTTPStatus.NOT_FOUND)
        code = _CODES_OF_STATUS.get(error.status_code, "http_error")
        message = str(error.detail) if error.detail else HTTPStatus(error.status_code).phrase
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(sorted(_methods_of(request.app, request.url.path)))
        return JSONResponse(_body(code, message), status_code=error.status_code, headers=headers)

    @app.exception_handler(Exception)
    async def unexpected(_request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected error", exc_info=error)
        message = "Something went wrong inside Cortex. What was saved is safe. The log has the details."
        return JSONResponse(_body("internal_error", message), status_code=HTTPStatus.INTERNAL_SERVER_ERROR)


def _methods_of(app: FastAPI, path: str) -> set[str]:
    """All methods that this path's routes answer; the router itself names those of the first route alone."""
    matching: dict[str, set[str]] = {}
    for route in iter_route_contexts(app.routes):
        if route.path is not None and route.methods and compile_path(route.path)[0].match(path):
            matching.setdefault(route.path, set()).update(route.methods)
    return matching.get(path) or set().union(*matching.values())


def responses(*codes: int) -> dict[int | str, dict[str, object]]:
    """Error answers for a route's OpenAPI entry."""
    return {code: {"model": ErrorBody, "description": HTTPStatus(code).phrase} for code in codes}
