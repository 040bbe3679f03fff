"""TensorFlow Lite Micro: the model as an array, its op resolver, its arena."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from nas.cost.tflm import tflm_arena_parts
from nas.export.c_source import Array
from nas.export.layouts.tree import Tree
from nas.files import write_bytes, write_text

__all__ = ["ARENA_MARGIN_BYTES", "arena_bytes", "write"]

ARENA_MARGIN_BYTES = 512
"""On top of the price, which was 0 to 120 bytes above what was measured (nas/cost/README.md)."""
LIBRARIES = {
    "REFERENCE": ("portable", None),
    "CMSIS_NN": ("cmsis-nn", None),
    "ESP_NN": ("esp-nn", None),
    "ESP_NN_ESP32S3": ("esp-nn", "xtensa-lx7"),
}


def write(tree: Tree, folder: Path) -> None:
    """Write the model, its array, its resolver and its arena to ``nas_tflm/``."""
    part = folder / "nas_tflm"
    write_bytes(part / "model.tflite", tree.tflite)
    write_text(part / "model_data.h", _data_h(tree))
    write_text(part / "model_data.c", _data_c(tree))
    write_text(part / "op_resolver.h", _resolver_h(tree))
    write_text(part / "arena.h", _arena_h(tree.banner, arena_bytes(tree)))


def arena_bytes(tree: Tree) -> dict[str, int]:
    """Return the priced arena by library, on a 32-bit target, without margin."""
    graph = tree.model.graph
    return {
        name: sum(tflm_arena_parts(graph, kernels, core=core).values())
        for name, (kernels, core) in LIBRARIES.items()
    }


def _data_h(tree: Tree) -> str:
    return (
        f"/* {tree.banner}\n * Model: sha256 {tree.digest}\n */\n"
        "#ifndef NAS_TFLM_MODEL_DATA_H\n#define NAS_TFLM_MODEL_DATA_H\n\n"
        "#ifdef __cplusplus\n"
        'extern "C" {\n'
        "#endif\n\n"
        f"#define NAS_MODEL_TFLITE_BYTES {len(tree.tflite)}\n\n"
        "/* The flatbuffer, aligned to 16 bytes. */\n"
        "extern const unsigned char nas_model_tflite[NAS_MODEL_TFLITE_BYTES];\n\n"
        "#ifdef __cplusplus\n}\n#endif\n\n#endif\n"
    )


def _data_c(tree: Tree) -> str:
    values = np.frombuffer(tree.tflite, np.uint8)
    array = Array("nas_model_tflite", "unsigned char", values)
    return (
        f"/* {tree.banner} */\n"
        '#include "model_data.h"\n\n#include "nas/types.h"\n\n'
        "const unsigned char nas_model_tflite[NAS_MODEL_TFLITE_BYTES] NAS_ALIGNED(16) = {\n"
        f"{array.literals()}}};\n"
    )


def _resolver_h(tree: Tree) -> str:
    methods: list[str] = tree.manifest["tflm"]["op_resolver"]
    added = " ||\n      ".join(f"resolver.{method}() != kTfLiteOk" for method in methods)
    return (
        f"/* {tree.banner} */\n"
        "#ifndef NAS_TFLM_OP_RESOLVER_H\n#define NAS_TFLM_OP_RESOLVER_H\n\n"
        '#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"\n\n'
        f"using NasOpResolver = tflite::MicroMutableOpResolver<{len(methods)}>;\n\n"
        "/* Add the ops of this model and no others. */\n"
        "inline TfLiteStatus NasAddOps(NasOpResolver &resolver) {\n"
        f"  if ({added}) {{\n    return kTfLiteError;\n  }}\n  return kTfLiteOk;\n}}\n\n#endif\n"
    )


def _arena_h(banner: str, lengths: Mapping[str, int]) -> str:
    lines = [f"#define NAS_TFLM_ARENA_{name}_BYTES {size}\n" for name, size in lengths.items()]
    elsewhere = max(("REFERENCE", "CMSIS_NN"), key=lambda name: lengths[name])
    return (
        f"/* {banner}\n"
        " * Bytes of TFLM's arena on a 32-bit device, priced from the graph, by library of\n"
        " * kernels. The margin is for versions of TFLM whose records are longer. */\n"
        "#ifndef NAS_TFLM_ARENA_H\n#define NAS_TFLM_ARENA_H\n\n"
        "#ifdef ESP_PLATFORM\n"
        '#include "sdkconfig.h"\n'
        "#endif\n\n"
        + "".join(lines)
        + f"\n#define NAS_TFLM_ARENA_MARGIN_BYTES {ARENA_MARGIN_BYTES}\n\n"
        "#ifndef NAS_TFLM_ARENA_BYTES\n"
        "#if defined(CONFIG_IDF_TARGET_ESP32S3)\n"
        + _chosen("ESP_NN_ESP32S3")
        + "#elif defined(ESP_PLATFORM)\n"
        + _chosen("ESP_NN")
        + "#else\n"
        + _chosen(elsewhere)
        + "#endif\n#endif\n\n#endif\n"
    )


def _chosen(name: str) -> str:
    margin = "NAS_TFLM_ARENA_MARGIN_BYTES"
    return f"#define NAS_TFLM_ARENA_BYTES (NAS_TFLM_ARENA_{name}_BYTES + {margin})\n"
