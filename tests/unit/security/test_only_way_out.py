"""Security row 19: whatever is fetched besides a page goes through the same guard, for there is no other way out."""

from __future__ import annotations

import ast
from pathlib import Path

import cortex

SOURCE = Path(cortex.__file__).parent
NETWORK = {"httpx", "httpx2", "httpcore", "requests", "urllib3", "aiohttp", "urllib.request", "http.client", "socket"}
MAY_CONNECT = {
    "security/": "the guard itself",
    "providers/": "to the hosts that the owner configured",
    "cli/": "to this machine's own Cortex",
    "main.py": "binds the port",
    "services/extraction/limits.py": "takes the sockets away from the worker that reads strangers' documents",
}


def _network_imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in names if name in NETWORK or name.split(".")[0] in NETWORK}


def test_row_19_nothing_else_opens_connections() -> None:
    others = {
        path.relative_to(SOURCE).as_posix(): found
        for path in SOURCE.rglob("*.py")
        if (found := _network_imports(path)) and not path.relative_to(SOURCE).as_posix().startswith(tuple(MAY_CONNECT))
    }
    assert others == {}, "fetch through cortex.security.outbound.OutboundClient"
