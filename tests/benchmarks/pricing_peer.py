"""What a candidate costs by the way others take: convert the untrained model, measure the file.

    python -m tests.benchmarks.pricing_peer N

prints medians in seconds as JSON. The networks are those that `pricing_speed` prices. TensorFlow
Lite Micro's interpreter is loaded for the arena; nothing is run.
"""

import json
import statistics
import sys
import time
import warnings
from typing import Any

import numpy as np

from nas.graph.graph import Graph
from nas.space import build_graph, load_space
from tests.benchmarks.pricing_speed import drawn
from tests.benchmarks.pricing_table import N_OPS
from tests.random_candidates import N_CLASSES


def int8_file(graph: Graph) -> bytes:
    """Return the `.tflite` of an untrained Keras model, calibrated on noise."""
    from nas.train._keras import keras, tf
    from nas.train.build import keras_model

    keras.backend.clear_session()
    converter = tf.lite.TFLiteConverter.from_keras_model(keras_model(graph))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    shape = (1, *graph.tensors[graph.input].shape)
    noise = np.random.default_rng(0).normal(size=(4, *shape)).astype(np.float32)
    converter.representative_dataset = lambda: ([one] for one in noise)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        content: bytes = converter.convert()
    return content


def main(n: int) -> None:
    """Print what the conversion and the measurement of `n` candidates took."""
    found = drawn(load_space("ds_cnn"), n, n_ops=N_OPS)
    start = time.perf_counter()
    from tflite_micro import runtime

    from nas.train._keras import tf

    assert tf
    times: dict[str, Any] = {"import_s": time.perf_counter() - start}
    converting, measuring = [], []
    for _, candidate in found:
        start = time.perf_counter()
        content = int8_file(build_graph(candidate, N_CLASSES))
        converting.append(time.perf_counter() - start)
        start = time.perf_counter()
        runtime.Interpreter.from_bytes(content)
        measuring.append(time.perf_counter() - start)
    times |= {"convert_s": statistics.median(converting), "candidates": n}
    print(json.dumps(times | {"measure_s": statistics.median(measuring)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
