"""Which work each kernel library pays for: the structure that the rates are fitted in.

ESP-NN's follows its sources, the others what is documented of CMSIS-NN and TFLM. A parameter may
be shared by ops whose inner loops are the same, so that few measurements set it. A structure is a
table op -> amount of `cycles_work` -> parameters, each with how often it is paid an amount.
"""

from collections.abc import Mapping

__all__ = ["CMSIS_NN", "DERIVED", "ESP_NN", "ESP_NN_VECTOR", "REFERENCE", "Structure", "design"]

Paid = Mapping[str, Mapping[str, float]]
Structure = Mapping[str, Paid]


def _small(call: str) -> dict[str, Paid]:
    """Ops beside the products: a call and so much an element, each its own."""
    return {
        "Add": {"calls": {call: 1}, "elements": {"add_element": 1}},
        "AveragePool2D": {
            "calls": {"pool_call": 1},
            "window": {"pool_element": 1},
            "outputs": {"pool_output": 1},
        },
        "Softmax": {"calls": {"softmax_call": 1}, "elements": {"softmax_element": 1}},
        "Reshape": {"calls": {call: 1}},
    }


ESP_NN: Structure = {
    "Conv2D": {"calls": {"call": 1}, "macs_inside": {"mac": 1}, "weight_bytes": {"weight": 1}},
    "DepthwiseConv2D": {"calls": {"call": 1}, "macs_inside": {"depthwise_mac": 1}},
    "FullyConnected": {
        "calls": {"fully_connected_call": 1},
        "macs": {"mac": 1},
        "weight_bytes": {"weight": 1},
    },
    **_small("call"),
}
"""Generic C of ESP-NN: skips padding; a weight's first reading comes from external flash, which
is all that a fully connected layer does, and so shares its price with convolution."""

CMSIS_NN: Structure = {
    "Conv2D": {
        "calls": {"call": 1},
        "macs": {"mac": 1},
        "weight_bytes": {"weight": 1},
        "gathered": {"gathered": 1},
    },
    "DepthwiseConv2D": {"calls": {"call": 1}, "macs_inside": {"depthwise_mac": 1}},
    "FullyConnected": {
        "calls": {"fully_connected_call": 1},
        "macs": {"mac": 1},
        "weight_bytes": {"weight": 1},
    },
    **_small("call"),
}
"""CMSIS-NN with SIMD: im2col copies padding too, so convolution multiplies it; depthwise skips it.
`gathered` stands for all that the im2col path does more slowly than the 1x1 path."""

REFERENCE: Structure = {
    "Conv2D": {"outputs": {"tap": 1}, "macs_inside": {"mac": 1}, "taps": {"tap": 1}},
    "DepthwiseConv2D": {"outputs": {"tap": 1}, "taps": {"tap": 1, "mac": 1}},
    "FullyConnected": {"outputs": {"tap": 1}, "macs": {"mac": 1}},
    "Add": {"elements": {"tap": 3}},
    "AveragePool2D": {"outputs": {"tap": 1}, "window": {"mac": 1}},
    "Softmax": {"elements": {"tap": 3}},
    "Reshape": {"elements": {"mac": 0.25}},
}
"""TFLM's reference loops: a tap computes its addresses, a channel multiplies; a depthwise tap is a
tap of one channel. To requantize an output takes about what a tap does, so two parameters are
enough (a third fits to 0, and foretells no better). Add requantizes three times; a reshape copies
words."""

ESP_NN_VECTOR: Structure = {
    "Conv2D": {"outputs": {"output": 1}, "macs_inside": {"mac": 1}, "taps": {"tap": 1}},
    "DepthwiseConv2D": {"macs_inside": {"depthwise_mac": 1}},
    "FullyConnected": {"macs": {"fully_connected_mac": 1}},
    "Add": {"elements": {"add_element": 1}},
    "AveragePool2D": {"window": {"pool_element": 1}},
    "MaxPool2D": {"window": {"max_pool_element": 1}},
}
"""ESP-NN's assembly for the ESP32-S3, as far as its published kernel times tell."""

DERIVED = {"MaxPool2D": "AveragePool2D", "Mean": "Add"}
"""Op without a measurement -> the nearest that has one: a maximum reads a window as an average
does; TFLM's Mean is a loop over elements that no vendor library replaces, of Add's order."""


def design(structure: Structure, op: str, amounts: Mapping[str, float]) -> dict[str, float]:
    """Return how often each parameter is paid by `amounts` of work of `op`."""
    paid: dict[str, float] = {}
    for amount, parameters in structure[op].items():
        for name, times in parameters.items():
            paid[name] = paid.get(name, 0.0) + times * amounts[amount]
    return paid
