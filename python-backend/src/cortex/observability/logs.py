"""Structured logs: one JSON object a line on stderr, bound to the request's id."""

from __future__ import annotations

import logging
import sys
from typing import Any

if "rich" not in sys.modules:
    # structlog would load it, for colours on a terminal: 6 MB of memory of a server that writes JSON
    sys.modules["rich"] = None  # type: ignore[assignment]  # how the language spells "not to be found"
    import structlog

    del sys.modules["rich"]
else:
    import structlog

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(level: str) -> None:
    """Send structlog's and the standard library's records through one JSON renderer."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _shorten_asyncio,
                _describe_exception,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    # What libraries tell below a warning quotes statements, frames, addresses and queries, where tickets stand.
    root.setLevel(max(_LEVELS[level], logging.WARNING))
    logging.getLogger("cortex").setLevel(_LEVELS[level])
    logging.getLogger("uvicorn.error").addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    """uvicorn takes a WebSocket that was refused with an HTTP answer for a failure of ours."""
    return record.msg != "ASGI callable returned without completing handshake."


def _shorten_asyncio(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """What asyncio says of a task that failed unseen, without its repr: that quotes the exception's message."""
    if event.get("logger") == "asyncio":
        event["event"] = str(event["event"]).partition("\n")[0]
    return event


def _describe_exception(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Where an exception arose and its type; never its message, which may quote what was saved."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["exception"] = type(error).__qualname__
        frames = []
        trace = error.__traceback__
        while trace is not None:
            frames.append(f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["trace"] = frames[-12:]
    return event


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger; pass facts as keywords: `log.info("item captured", item_id=…)`."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
