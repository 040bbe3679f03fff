"""The one place that imports tf_keras: legacy Keras, quiet, with the threads the worker was given.

tfmot quantizes tf_keras models only, so everything here is tf_keras, never Keras 3.
"""

import os
import warnings
from typing import Any

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import tensorflow as tf
    import tf_keras as keras

__all__ = ["keras", "tf", "tfmot"]


def _use_threads() -> None:
    """Give TensorFlow OMP_NUM_THREADS threads (default 1); too late once it has computed."""
    threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        pass


def tfmot() -> Any:
    """Return tensorflow_model_optimization, imported only where a model is quantized."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import tensorflow_model_optimization
    return tensorflow_model_optimization


tf.get_logger().setLevel("ERROR")
_use_threads()
