"""Smoothing: shift the spread of large activation channels into the weights, where a scale per column hides it.

Before qkv, up and down each input channel is divided by s = amax^0.7 / wmax^0.3 (normalised by its geometric mean,
at least 0.01) and the weight's row multiplied by it; amax is the channel's largest activation on the calibration text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from cortex.providers.embedded_session import load_runtime
from cortex.providers.model_files import Recipe
from embedded_model.graph import LAYERS, Float, SentenceGraph

SMOOTHED = ("qkv", "up", "down")
CALIBRATION = Path(__file__).with_name("calibration.txt")


def calibration_paragraphs(recipe: Recipe) -> list[str]:
    """The committed paragraphs. Raises SystemExit when they are not the ones that the recipe names."""
    text = CALIBRATION.read_text(encoding="utf-8")  # line ends become LF, whatever the checkout made of them
    found = hashlib.sha256(text.encode()).hexdigest()
    if found != recipe.calibration_sha256:
        raise SystemExit(f"{CALIBRATION.name} has the SHA-256 {found}; the recipe names {recipe.calibration_sha256}.")
    return text.strip().split("\n\n")


def largest_activations(recipe: Recipe, tensors: Mapping[str, Float], token_ids: list[list[int]]) -> dict[str, Float]:
    """The largest absolute activation of each input channel of the smoothed layers, run in float."""
    runtime = load_runtime()

    graph = SentenceGraph(recipe, tensors, "fp32", {})
    model = graph.build(show_linear_inputs=True).SerializeToString()
    session = runtime.InferenceSession(model, providers=["CPUExecutionProvider"])
    names = [f"layer{number}.{part}" for number in range(LAYERS) for part in SMOOTHED]
    outputs = [graph.linear_inputs[name] for name in names]
    largest: dict[str, Float] = {}
    for ids in token_ids:
        for name, values in zip(names, session.run(outputs, {"input_ids": np.array([ids])}), strict=True):
            here = np.abs(values[0]).max(axis=0)
            largest[name] = np.maximum(largest[name], here) if name in largest else here
    return largest


def smoothing_factors(recipe: Recipe, tensors: Mapping[str, Float], token_ids: list[list[int]]) -> dict[str, Float]:
    """The factor s per input channel, by the layer's name."""
    graph = SentenceGraph(recipe, tensors, "fp32", {})
    factors: dict[str, Float] = {}
    for name, amax in largest_activations(recipe, tensors, token_ids).items():
        weight = graph.smoothed_weight(name)
        wmax = np.maximum(np.abs(weight).max(axis=1), 1e-5)
        exponent = recipe.smoothing_exponent
        raw = np.maximum(amax, 1e-5) ** exponent / wmax ** (1 - exponent)
        factor = np.maximum(raw / np.exp(np.log(raw).mean()), recipe.smoothing_floor)
        # steps of 1/16 octave absorb the last bits, in which processors differ: one recipe, one set of weights
        factors[name] = np.exp2(np.rint(np.log2(factor) * 16) / 16).astype(np.float32)
    return factors
