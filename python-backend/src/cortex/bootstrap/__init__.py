"""The composition root: the only place that constructs the parts and wires them."""

from cortex.bootstrap.assembly import Application, assemble

__all__ = ["Application", "assemble"]
