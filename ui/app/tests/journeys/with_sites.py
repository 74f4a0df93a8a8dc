"""Cortex as it is, but that the ports of this machine in `JOURNEY_SITES` (with commas) are sites of the web to it."""

from __future__ import annotations

import functools
import os
import runpy

from cortex.bootstrap import assembly
from cortex.security.outbound import OutboundClient

if __name__ == "__main__":  # the processes that it starts import this file under another name
    sites = frozenset(("127.0.0.1", int(port)) for port in os.environ["JOURNEY_SITES"].split(","))
    setattr(assembly, "OutboundClient", functools.partial(OutboundClient, open_endpoints=sites))  # noqa: B010 - types
    runpy.run_module("cortex", run_name="__main__")
