"""Operators that compute shapes at run time: what a converter leaves of a batch it did not know.

A Keras model whose batch is open converts to a file of batch 1 in which Flatten is SHAPE,
STRIDED_SLICE, PACK, RESHAPE. The file also says the shape that comes out, so the first three can
be left out: a RESHAPE here goes by the shape of its output.
"""

from nas.tflite.flatbuffer import FileOp, ModelFile

__all__ = ["computes_a_shape", "shape_ops"]

SHAPE_OPS = ("SHAPE", "STRIDED_SLICE", "PACK")


def computes_a_shape(model: ModelFile, op: FileOp) -> bool:
    """Tell whether `op` writes nothing but integers that no activation depends on."""
    tensors = [model.tensors[index] for index in op.outputs]
    return op.name in SHAPE_OPS and bool(tensors) and all(t.type == "INT32" for t in tensors)


def shape_ops(model: ModelFile) -> tuple[str, ...]:
    """Return the names of the operators that only compute shapes, each once."""
    return tuple(sorted({op.name for op in model.ops if computes_a_shape(model, op)}))
