"""``python -m nas.export.reference_process RUNTIME FOLDER``: outputs of one runtime.

FOLDER holds model.tflite, inputs.npy (int8) and ends.json (scale and zero point of the network's
int8 input and output); outputs.npy is added, and the runtime's name printed. Exit code 1 and one
line on stderr where it does not take the file.
"""

import json
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.errors import BuildError, NasError

__all__ = ["main"]

Step = Callable[[NDArray[Any]], NDArray[Any]]


def main(arguments: list[str]) -> int:
    """Run the model on the inputs; returns the exit code."""
    runtime, folder = arguments[0], Path(arguments[1])
    try:
        name, step, floats = RUNTIMES[runtime]((folder / "model.tflite").read_bytes())
        ends = json.loads((folder / "ends.json").read_text(encoding="utf-8"))
        inputs = np.load(folder / "inputs.npy")
        outputs = [_once(step, floats, ends, one) for one in inputs]
        np.save(folder / "outputs.npy", np.stack(outputs))
    except (NasError, ImportError, RuntimeError, ValueError) as error:
        sys.stderr.write(f"{' '.join(str(error).split()) or type(error).__name__}\n")
        return 1
    sys.stdout.write(f"{name}\n")
    return 0


def _once(
    step: Step, floats: tuple[bool, bool], ends: Mapping[str, Any], one: NDArray[np.int8]
) -> NDArray[np.int8]:
    """Return the output as bytes; floats at an end stand for bytes of the network's own scale."""
    given: NDArray[Any] = one
    if floats[0]:
        scale, zero_point = ends["input"]
        given = ((one.astype(np.float64) - zero_point) * scale).astype(np.float32)
    made = step(given).reshape(-1)
    if floats[1]:
        scale, zero_point = ends["output"]
        made = np.rint(made.astype(np.float64) / scale + zero_point)
    return made.astype(np.int8)


def _litert(model: bytes) -> tuple[str, Step, tuple[bool, bool]]:
    from nas.export.run import open_interpreter

    interpreter = open_interpreter(model)
    (source,), (target,) = interpreter.get_input_details(), interpreter.get_output_details()

    def step(one: NDArray[Any]) -> NDArray[Any]:
        interpreter.set_tensor(source["index"], one.reshape(source["shape"]))
        interpreter.invoke()
        made: NDArray[Any] = interpreter.get_tensor(target["index"])
        return made.copy()

    name = f"LiteRT {version('ai-edge-litert')}, reference kernels (BUILTIN_REF)"
    return name, step, _floats(source["dtype"], target["dtype"])


def _tflite_micro(model: bytes) -> tuple[str, Step, tuple[bool, bool]]:
    runtime = import_module("tflite_micro").runtime  # optional: no dependency of ours
    interpreter = runtime.Interpreter.from_bytes(model)
    source, target = interpreter.get_input_details(0), interpreter.get_output_details(0)

    def step(one: NDArray[Any]) -> NDArray[Any]:
        interpreter.set_input(one.reshape(tuple(source["shape"])), 0)
        interpreter.invoke()
        made: NDArray[Any] = interpreter.get_output(0)
        return made.copy()

    name = f"tflite-micro {version('tflite-micro')}, reference kernels"
    return name, step, _floats(source["dtype"], target["dtype"])


def _floats(source: Any, target: Any) -> tuple[bool, bool]:
    """Return which ends are float32; anything but that and int8 is refused."""
    kinds = [np.dtype(source), np.dtype(target)]
    if not set(kinds) <= {np.dtype(np.int8), np.dtype(np.float32)}:
        raise BuildError(f"input {kinds[0]}, output {kinds[1]}: int8 or float32 is read")
    return kinds[0] == np.float32, kinds[1] == np.float32


RUNTIMES: Mapping[str, Callable[[bytes], tuple[str, Step, tuple[bool, bool]]]] = {
    "litert": _litert,
    "tflite-micro": _tflite_micro,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
