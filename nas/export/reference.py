"""Outputs of a `.tflite` from a runtime that shares no code with ours: what proves a tree.

LiteRT's reference kernels where they take the file, TensorFlow Lite Micro's where LiteRT refuses
it, our own NumPy twin where neither runs. TensorFlow Lite Micro rounds a fully connected op and a
logistic otherwise than LiteRT, whose bytes the C has: where that shows, the twin, which follows
LiteRT, stands in. The runtimes work in a process of their own
(`reference_process`): a file that makes one abort ends that process alone.
"""

import io
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.errors import BuildError
from nas.export.replacing import named
from nas.export.twin import Twin
from nas.graph.quantized import QuantizedGraph

__all__ = ["AskedRuntime", "Outputs", "random_inputs", "reference_outputs"]

RUNTIMES = ("litert", "tflite-micro")
OTHERWISE = {"FullyConnected", "Logistic"}
SECONDS = 120
SEED = 0


@dataclass(frozen=True, eq=False)
class Outputs:
    """What a model makes of inputs, and who says so.

    Attributes:
        outputs: int8 [shape=(n, elements)].
        source: the runtime with its version.
        refused: runtimes asked before it, each with its reason.
    """

    outputs: NDArray[np.int8]
    source: str
    refused: tuple[str, ...]


def random_inputs(count: int, elements: int) -> NDArray[np.int8]:
    """Return int8 inputs [shape=(count, elements)]: noise of many levels, and the two extremes."""
    rng = np.random.default_rng(SEED)
    level, width = rng.uniform(-90, 90, (count, 1)), rng.uniform(5, 90, (count, 1))
    inputs = np.clip(level + width * rng.normal(size=(count, elements)), -128, 127)
    inputs[:2] = np.array([[-128], [127]])[:count]
    return inputs.astype(np.int8)


def reference_outputs(model: bytes, network: QuantizedGraph, inputs: NDArray[np.int8]) -> Outputs:
    """Return the outputs of `inputs` [shape=(n, elements)] from the first runtime that has any.

    Args:
        model: the `.tflite`; floats at its ends are converted on the way in and out.
        network: the same without what the C leaves out (`nas.graph.fold`).
        inputs: int8 [shape=(n, elements)].
    """
    refused: list[str] = []
    with tempfile.TemporaryDirectory() as folder, named(Path(folder)):
        place, written = Path(folder), io.BytesIO()
        np.save(written, inputs)  # to a full disk it would raise an error without a number
        (place / "model.tflite").write_bytes(model)
        (place / "inputs.npy").write_bytes(written.getvalue())
        (place / "ends.json").write_text(json.dumps(_ends(network)))
        for runtime in RUNTIMES:
            try:
                source = _run(runtime, place)
                outputs = np.load(place / "outputs.npy").reshape(len(inputs), -1)
                if runtime != RUNTIMES[0]:
                    _check_rounding(source, outputs, network, inputs)
            except BuildError as error:
                refused.append(str(error))
            else:
                return Outputs(outputs, source, tuple(refused))
    twin = Twin(network).predict(inputs)
    return Outputs(twin, "our NumPy twin, no other runtime", tuple(refused))


def _check_rounding(
    source: str, outputs: NDArray[np.int8], network: QuantizedGraph, inputs: NDArray[np.int8]
) -> None:
    """Refuse outputs of another rounding; what no op's rounding explains is let through."""
    ops = sorted({type(node.op).__name__ for node in network.graph.nodes} & OTHERWISE)
    if ops:
        distance = np.abs(outputs.astype(int) - Twin(network).predict(inputs)).max()
        if distance:
            raise BuildError(
                f"{source}: rounds {', '.join(ops)} otherwise than LiteRT, up to {distance} steps "
                "at the output"
            )


def _ends(network: QuantizedGraph) -> dict[str, list[float]]:
    graph = network.graph
    ends = {"input": network.quantization[graph.input]}
    ends["output"] = network.quantization[graph.output]
    return {name: [each.scale, each.zero_point] for name, each in ends.items()}


def _run(runtime: str, place: Path) -> str:
    """Return what the runtime calls itself, its outputs in ``outputs.npy``.

    Raises:
        BuildError: it does not take the file, aborts on it or takes too long.
    """
    command = [sys.executable, "-m", "nas.export.reference_process", runtime, str(place)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS, check=False, errors="replace"
        )
    except subprocess.TimeoutExpired:
        raise BuildError(f"{runtime}: no outputs within {SECONDS} s") from None
    except OSError as error:
        raise BuildError(f"{runtime}: cannot be started: {error.strerror}") from None
    if done.returncode == 0:
        return done.stdout.strip().splitlines()[-1]
    if done.returncode < 0:
        raise BuildError(f"{runtime}: ended by signal {-done.returncode}")
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    raise BuildError(f"{runtime}: {lines[-1][:200] if lines else 'no reason given'}")


class AskedRuntime:
    """A model on the first runtime that takes it; keeps who that was.

    Args:
        model: the `.tflite`.
        network: the same as the C runs it.
    """

    def __init__(self, model: bytes, network: QuantizedGraph) -> None:
        self._model, self._network = model, network
        self._said: dict[str, Any] = {}

    def predict(self, features: NDArray[np.int8], /) -> NDArray[np.int8]:
        """Return the int8 outputs [shape=(n, elements)] of `features` [shape=(n, ...)]."""
        made = reference_outputs(self._model, self._network, features.reshape(len(features), -1))
        self._said.update(count=len(features), outputs=made.source, refused=list(made.refused))
        return made.outputs

    def said(self, inputs: str) -> dict[str, Any]:
        """Return the manifest's entry, which is complete once `predict` has run."""
        self._said["inputs"] = inputs
        return self._said
