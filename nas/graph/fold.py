"""A network as the generated C runs it: without ops that need not be run there.

- A Pad before a convolution without padding of its own becomes that convolution's padding, where
  each window still holds an element of the input and no other op reads what was padded.
- float32 at the ends stays outside: the C takes and gives int8, and a caller that holds floats
  converts them with `nas/float_ends.h`.

TensorFlow Lite Micro runs all of them: its price is that of the graph as it was read.
"""

from dataclasses import replace

from nas.graph.graph import Graph, Node
from nas.graph.ops import Conv2D, DepthwiseConv2D, Dequantize, Pad, Padding, Pads, Quantize
from nas.graph.quantized import QuantizedGraph

__all__ = ["folded", "folded_graph"]


def folded(network: QuantizedGraph) -> QuantizedGraph:
    """Return `network` as the C runs it."""
    graph, kept = _folded(network.graph)
    quantization = tuple(network.quantization[tensor] for tensor in kept)
    return QuantizedGraph(graph, quantization, network.constants)


def folded_graph(graph: Graph) -> Graph:
    """Return `graph` as the C runs it."""
    return _folded(graph)[0]


def _folded(graph: Graph) -> tuple[Graph, list[int]]:
    """Return the graph, and for each of its tensors the index it had before."""
    nodes = _without_pads(graph)
    first, last = graph.input, graph.output
    for node in nodes:
        first = node.output if isinstance(node.op, Quantize) else first
        last = node.inputs[0] if isinstance(node.op, Dequantize) else last
    nodes = [node for node in nodes if not isinstance(node.op, Quantize | Dequantize)]
    used = {first, last, *(t for node in nodes for t in (*node.inputs, node.output))}
    kept = sorted(used, key=lambda tensor: (tensor != first, tensor))
    place = {tensor: index for index, tensor in enumerate(kept)}
    renumbered = tuple(
        node._replace(inputs=tuple(place[t] for t in node.inputs), output=place[node.output])
        for node in nodes
    )
    tensors = tuple(graph.tensors[tensor] for tensor in kept)
    return Graph(tensors, renumbered, place[first], place[last]), kept


def _without_pads(graph: Graph) -> list[Node]:
    reads = [tensor for node in graph.nodes for tensor in node.inputs]
    pads = {
        node.output: node
        for node in graph.nodes
        if isinstance(node.op, Pad)
        and reads.count(node.output) == 1
        and node.output != graph.output
    }
    nodes, gone = [], set()
    for node in graph.nodes:
        pad = pads.get(node.inputs[0])
        around = _pads(pad.op, node) if pad and isinstance(pad.op, Pad) else None
        if pad and around and isinstance(node.op, Conv2D | DepthwiseConv2D):
            gone.add(pad.output)
            node = node._replace(op=replace(node.op, padding=around), inputs=pad.inputs)
        nodes.append(node)
    return [node for node in nodes if node.output not in gone]


def _pads(pad: Pad, node: Node) -> Pads | None:
    """Return the padding that `node` takes over, or None where it cannot."""
    op = node.op
    if not isinstance(op, Conv2D | DepthwiseConv2D) or op.padding is not Padding.VALID:
        return None
    if len(pad.before) != 3 or pad.before[2] or pad.after[2]:
        return None
    for axis in (0, 1):
        reach = (op.kernel[axis] - 1) * op.dilation[axis]
        if max(pad.before[axis], pad.after[axis]) > reach:
            return None
    return Pads((pad.before[0], pad.after[0]), (pad.before[1], pad.after[1]))
