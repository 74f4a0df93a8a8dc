"""The worker process: reads one document at a time from standard input, answers on standard output.

It holds no secret, opens no connection, starts no program and writes no file. It ends when its input ends, which is
also what happens when Cortex is killed.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from cortex.exceptions import ExtractionError
from cortex.services.extraction import frames, language, limits, parse

ARGUMENT = "--parse-worker"
"""How the frozen program is told to be this process instead of Cortex."""

_Task = tuple[dict[str, Any], list[bytes]]


def main() -> None:
    """Answers tasks until the input ends."""
    output = _take_over_output()
    tasks: queue.SimpleQueue[_Task] = queue.SimpleQueue()
    threading.Thread(target=_read_tasks, args=(sys.stdin.buffer, tasks), daemon=True).start()
    language.load_model()
    limits.forbid_side_effects()
    _send(output, {"ready": True}, [])
    while True:
        head, parts = tasks.get()
        answer, results = _answer(head, parts)
        del parts
        _send(output, answer, results)
        if answer.get("last"):
            return


def _take_over_output() -> BinaryIO:
    """Keeps the real standard output for answers; whatever libraries print goes to standard error."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return output


def _read_tasks(source: BinaryIO, tasks: queue.SimpleQueue[_Task]) -> None:
    """Runs in a thread, so that the end of the input ends the process also while it is busy."""
    try:
        while True:
            length = source.read(frames.LENGTH_SIZE)
            if len(length) < frames.LENGTH_SIZE:
                break
            head, sizes = frames.decode_head(source.read(frames.head_length(length)), sys.maxsize)
            tasks.put((head, [source.read(size) for size in sizes]))
    finally:
        os._exit(0)


def _send(output: BinaryIO, head: dict[str, object], parts: list[bytes]) -> None:
    output.write(frames.encode_frame(head, parts))
    for part in parts:
        output.write(part)
    output.flush()


def _answer(head: dict[str, Any], parts: list[bytes]) -> tuple[dict[str, object], list[bytes]]:
    path = Path(head["path"]) if head["path"] else None
    if path is not None and not path.is_file():
        return {"error": "The stored original of this document is missing.", "reason": "damaged"}, []
    try:
        parse.warm_up(head["media_type"])
        limits.limit_memory(head["memory"])
        limits.limit_cpu(head["cpu_seconds"])
        document = parse.parse_document(
            path or parts[0],
            media_type=head["media_type"],
            url=head["url"],
            charset=head["charset"],
            filename=head["filename"],
            text_characters=head["text_characters"],
        )
        return frames.pack_document(document)
    except ExtractionError as error:
        return {"error": error.message, "reason": error.reason}, []
    except MemoryError:
        # After running out of memory nothing in this process can be relied on.
        return {"error": "memory", "reason": "too_large", "last": True}, []
    except RecursionError:
        return {"error": "This document is nested too deeply to be read.", "reason": "damaged"}, []
    except Exception as error:  # noqa: BLE001 - third-party parsers raise anything on hostile documents; each must end as an answer
        kind = type(error).__name__
        return {"error": f"This document could not be read ({kind}); it is probably damaged.", "reason": "damaged"}, []


if __name__ == "__main__":
    main()
