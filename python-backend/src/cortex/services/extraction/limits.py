"""What the worker process may use, where the operating system can enforce it."""

from __future__ import annotations

import sys

_FORBIDDEN = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.startfile",
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "os.link", "os.symlink", "shutil.", "webbrowser.",
    "ftplib.", "smtplib.", "urllib.Request",
)  # fmt: skip
_WRITING = frozenset("wax+")


def forbid_side_effects() -> None:
    """From now on this process can neither connect, nor start programs, nor write files (as far as Python goes).

    The system's own limits stop native code from writing files as well.
    """
    # Importing it now: it opens sockets at import on some systems, and the hook cannot be taken off again.
    import socket  # noqa: F401 - imported for its effects

    sys.addaudithook(_refuse)
    if sys.platform == "win32":
        return
    import resource

    for limit, most in ((resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 128)):
        hard = resource.getrlimit(limit)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (bound, bound))


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        mode = arguments[1]
        if isinstance(mode, str) and _WRITING & set(mode):
            raise PermissionError("the parsing process writes no files")
    elif event.startswith(_FORBIDDEN):
        raise PermissionError(f"the parsing process may not do this: {event}")


def limit_memory(size: int) -> None:
    """Address space in bytes; asking for more is a MemoryError, or ends the process."""
    if sys.platform == "win32":
        return
    import resource

    if sys.platform != "darwin":  # macOS knows the limit and does not keep it
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))


def limit_cpu(seconds: int) -> None:
    """CPU seconds from now on; beyond them the system ends the process with SIGXCPU."""
    if sys.platform == "win32":
        return
    import math
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(usage.ru_utime + usage.ru_stime) + seconds
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
