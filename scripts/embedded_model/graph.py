"""The ONNX graph of all-MiniLM-L6-v2, written node by node from its weights.

Input `input_ids` [batch, tokens] int64, without padding and therefore without a mask; output `embedding`
[batch, 384] float32 of unit length. Quantised variants hold int8 embedding tables with a scale per row and
int8 linear layers with a scale per output column, multiplied by `com.microsoft.DynamicQuantizeMatMul`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from cortex.providers.model_files import Recipe, Variant

Float = npt.NDArray[np.float32]
LAYERS, HEADS, HEAD_WIDTH = 6, 12, 32
NORM_EPSILON = 1e-12
WORD_ROWS = "words.rows"
"""The initialiser that `_table` makes of the word embeddings."""
LARGEST: Mapping[Variant, int] = {"int8": 127, "int7": 63}
"""The largest quantised weight. 2 × 255 × 63 still fits the 16 bits in which older AVX2 kernels add pairs."""


class GraphWriter:
    """Collects nodes and initialisers; every method that adds a node returns the name of its result."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, operator: str, inputs: list[str], name: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [name], name=f"{name}:{operator}", **attributes))
        return name


def quantize(values: Float, axis: int, largest: int) -> tuple[npt.NDArray[np.int8], Float]:
    """Symmetric int8 with one scale per slice: the largest absolute value along `axis` becomes `largest`."""
    scale = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-12) / np.float32(largest)
    quantized = np.clip(np.rint(values / scale), -largest, largest).astype(np.int8)
    return quantized, scale.astype(np.float32)


class SentenceGraph:
    """Writes one variant. `smoothing` maps a linear layer's name to its factor per input channel."""

    def __init__(
        self, recipe: Recipe, tensors: Mapping[str, Float], variant: Variant, smoothing: Mapping[str, Float]
    ) -> None:
        self.recipe, self.tensors, self.variant, self.smoothing = recipe, tensors, variant, smoothing
        self.writer = GraphWriter()
        self.linear_inputs: dict[str, str] = {}
        """The value that each linear layer reads, for calibration."""

    def build(self, *, show_linear_inputs: bool = False) -> onnx.ModelProto:
        """The model; with `show_linear_inputs` what enters qkv, up and down are outputs too."""
        hidden = self._embeddings()
        for number in range(LAYERS):
            hidden = self._layer(number, hidden)
        add = self.writer.add
        # the mean's divisor disappears in the normalisation
        total = add("ReduceSum", [hidden, self.writer.constant("token_axis", np.array([1]))], "total", keepdims=0)
        length = add("ReduceL2", [total, self.writer.constant("width_axis", np.array([1]))], "length", keepdims=1)
        add("Div", [total, length], "embedding")
        outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", self.recipe.dimension])]
        if show_linear_inputs:
            outputs += [
                helper.make_tensor_value_info(value, TensorProto.FLOAT, None)
                for value in dict.fromkeys(self.linear_inputs.values())
            ]
        ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])
        graph = helper.make_graph(self.writer.nodes, "all-minilm-l6-v2", [ids], outputs, self.writer.initializers)
        opsets = [helper.make_opsetid("", self.recipe.opset), helper.make_opsetid("com.microsoft", 1)]
        # IR 9 is the first that knows opset 20; older runtimes still read it
        return helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="cortex")

    def _table(self, name: str, rows: Float, operator: str, which: list[str]) -> str:
        """Take rows out of a table: `operator` with the inputs `which` picks them."""
        add, constant = self.writer.add, self.writer.constant
        if self.variant == "fp32":
            return add(operator, [constant(f"{name}.rows", rows), *which], name)
        quantized, scale = quantize(rows, axis=1, largest=LARGEST["int8"])
        whole = add(operator, [constant(f"{name}.rows", quantized), *which], f"{name}.int8")
        factor = add(operator, [constant(f"{name}.scale", scale), *which], f"{name}.factor")
        return add("Mul", [add("Cast", [whole], f"{name}.cast", to=TensorProto.FLOAT), factor], name)

    def _embeddings(self) -> str:
        add, tensors = self.writer.add, self.tensors
        words = self._table("words", tensors["embeddings.word_embeddings.weight"], "Gather", ["input_ids"])
        places = tensors["embeddings.position_embeddings.weight"][: self.recipe.max_tokens]
        places = places + tensors["embeddings.token_type_embeddings.weight"][0]
        start = self.writer.constant("first", np.array([0]))
        count = add("Shape", ["input_ids"], "count", start=1, end=2)
        positions = self._table("positions", places, "Slice", [start, count, start])
        return self._norm("embeddings.LayerNorm", add("Add", [words, positions], "embedded"))

    def _norm(self, prefix: str, value: str) -> str:
        weight = self.writer.constant(f"{prefix}.weight", self.tensors[f"{prefix}.weight"])
        bias = self.writer.constant(f"{prefix}.bias", self.tensors[f"{prefix}.bias"])
        return self.writer.add(
            "LayerNormalization", [value, weight, bias], f"{prefix}.out", axis=-1, epsilon=NORM_EPSILON
        )

    def _linear(self, name: str, value: str, weight: Float, bias: Float) -> str:
        """value · weight + bias, with `weight` as input × output."""
        add, constant = self.writer.add, self.writer.constant
        self.linear_inputs[name] = value
        if self.variant == "fp32":
            product = add("MatMul", [value, constant(f"{name}.weight", weight)], f"{name}.product")
            return add("Add", [product, constant(f"{name}.bias", bias)], f"{name}.out")
        if (factor := self.smoothing.get(name)) is not None:
            weight = weight * factor[:, None]
            value = add("Mul", [value, constant(f"{name}.smooth", 1 / factor)], f"{name}.smoothed")
        quantized, scale = quantize(weight, axis=0, largest=LARGEST[self.variant])
        inputs = [value, constant(f"{name}.weight", quantized), constant(f"{name}.scale", scale[0]), ""]
        self.writer.nodes.append(
            helper.make_node(
                "DynamicQuantizeMatMul",
                [*inputs, constant(f"{name}.bias", bias)],
                [f"{name}.out"],
                name=name,
                domain="com.microsoft",
            )
        )
        return f"{name}.out"

    def _layer(self, number: int, hidden: str) -> str:
        add = self.writer.add
        prefix, place = f"encoder.layer.{number}", f"layer{number}"
        query, key, value = self._heads(place, self._linear(f"{place}.qkv", hidden, *self._qkv(prefix)))
        scores = add("MatMul", [query, key], f"{place}.scores")
        weights = add("Softmax", [scores], f"{place}.weights", axis=-1)
        mixed = add("MatMul", [weights, value], f"{place}.mixed")
        mixed = add("Transpose", [mixed], f"{place}.mixed.tokens", perm=[0, 2, 1, 3])
        shape = self._shape("shape.width", [0, 0, HEADS * HEAD_WIDTH])
        mixed = add("Reshape", [mixed, shape], f"{place}.mixed.flat")
        attended = self._linear(f"{place}.projection", mixed, *self._dense(f"{prefix}.attention.output.dense"))
        hidden = self._norm(f"{prefix}.attention.output.LayerNorm", add("Add", [attended, hidden], f"{place}.attended"))
        wide = self._linear(f"{place}.up", hidden, *self._dense(f"{prefix}.intermediate.dense"))
        wide = add("Gelu", [wide], f"{place}.gelu")
        narrow = self._linear(f"{place}.down", wide, *self._dense(f"{prefix}.output.dense"))
        return self._norm(f"{prefix}.output.LayerNorm", add("Add", [narrow, hidden], f"{place}.sum"))

    def _heads(self, place: str, qkv: str) -> tuple[str, str, str]:
        """Query and value as [batch, head, token, width], the key already transposed for the product."""
        width = HEADS * HEAD_WIDTH
        sizes = self._shape("shape.thirds", [width] * 3)
        parts = [f"{place}.{part}" for part in ("query", "key", "value")]
        self.writer.nodes.append(helper.make_node("Split", [qkv, sizes], parts, name=f"{place}.split", axis=-1))
        shape = self._shape("shape.heads", [0, 0, HEADS, HEAD_WIDTH])
        result = []
        for part, order in zip(parts, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]), strict=True):
            headed = self.writer.add("Reshape", [part, shape], f"{part}.headed")
            result.append(self.writer.add("Transpose", [headed], f"{part}.heads", perm=order))
        return result[0], result[1], result[2]

    def _shape(self, name: str, sizes: list[int]) -> str:
        if all(known.name != name for known in self.writer.initializers):
            self.writer.constant(name, np.array(sizes))
        return name

    def _dense(self, prefix: str) -> tuple[Float, Float]:
        return self.tensors[f"{prefix}.weight"].T, self.tensors[f"{prefix}.bias"]

    def smoothed_weight(self, name: str) -> Float:
        """The weight (input × output) of a layer named `layer<n>.qkv`, `.up` or `.down`."""
        place, _, part = name.partition(".")
        prefix = f"encoder.layer.{place.removeprefix('layer')}"
        if part == "qkv":
            return self._qkv(prefix)[0]
        return self._dense(f"{prefix}.{'intermediate' if part == 'up' else 'output'}.dense")[0]

    def _qkv(self, prefix: str) -> tuple[Float, Float]:
        """The three projections side by side, the attention's 1/√32 folded into the query."""
        parts = [self._dense(f"{prefix}.attention.self.{part}") for part in ("query", "key", "value")]
        factors = [np.float32(1 / np.sqrt(HEAD_WIDTH)), np.float32(1), np.float32(1)]
        weight = np.concatenate([w * factor for (w, _), factor in zip(parts, factors, strict=True)], axis=1)
        bias = np.concatenate([b * factor for (_, b), factor in zip(parts, factors, strict=True)])
        return weight, bias
