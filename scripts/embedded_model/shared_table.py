"""A tensor that several graphs have in common, in a file beside them (ONNX external data)."""

from __future__ import annotations

from pathlib import Path

import onnx
from onnx.external_data_helper import set_external_data


def move_out(model: onnx.ModelProto, name: str, file: Path) -> None:
    """Let the initialiser `name` refer to `file`, in the directory that the graph is going to be in.

    The first graph writes the file. Raises ValueError when there is no such initialiser, or when the file holds
    something else already.
    """
    tensor = next((known for known in model.graph.initializer if known.name == name), None)
    if tensor is None:
        raise ValueError(f"The graph has no initialiser {name}.")
    values: bytes = tensor.raw_data
    if not file.exists():
        file.write_bytes(values)
    elif file.read_bytes() != values:
        raise ValueError(f"{file.name} does not hold {name} of this graph.")
    set_external_data(tensor, file.name, offset=0, length=len(values))
    tensor.ClearField("raw_data")
