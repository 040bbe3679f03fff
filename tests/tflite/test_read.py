import numpy as np
import pytest
from tflite.TensorType import TensorType

from nas.errors import ConfigError, UnsupportedOpError
from nas.graph.ops import (
    Activation,
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    MaxPool2D,
    Mean,
    Padding,
    Reshape,
    Softmax,
)
from nas.graph.quantized import Quantization
from nas.tflite import constant_bytes, read
from tests.shared import reference_model
from tests.tflite.models import every_op
from tests.tflite.writer import O, T, write

SAME, VALID = Padding.SAME, Padding.VALID


def test_every_operator_is_read_with_its_options():
    graph = read(write(*every_op())).graph
    assert [node.op for node in graph.nodes] == [
        Conv2D(4, (3, 3), (2, 1), (1, 1), SAME, Activation.RELU),
        DepthwiseConv2D((3, 1), (1, 1), (1, 1), 2, VALID, Activation.RELU6),
        MaxPool2D((2, 2), (2, 2), VALID),
        Conv2D(8, (1, 1), (1, 1), (1, 1), SAME, Activation.NONE),
        Add(Activation.RELU),
        AveragePool2D((1, 2), (1, 1), VALID),
        Mean(),
        Reshape((8,)),
        FullyConnected(3),
        Softmax(1.0),
    ]
    assert graph.nodes[4].inputs == (3, 4)
    assert [node.name for node in graph.nodes][:3] == [
        "conv2d_0",
        "depthwiseconv2d_1",
        "maxpool2d_2",
    ]


def test_scales_weights_and_bias_are_those_of_the_file():
    tensors, ops = every_op()
    model = read(write(tensors, ops))
    first, pointwise = model.constants["conv2d_0"], model.constants["conv2d_3"]
    assert np.array_equal(first.weights, tensors[1].data)
    assert first.bias is not None
    assert first.bias.tolist() == [0, 1, 2, 3]
    assert np.allclose(first.scales, [0.1, 0.2, 0.3, 0.4])
    assert pointwise.bias is None
    assert pointwise.scales.tolist() == [0.5] * 8
    assert model.quantization[0] == Quantization(1 / 32, 0)
    assert model.quantization[4] == Quantization(0.5, 3)


def test_constant_bytes_counts_each_buffer_that_an_op_reads():
    # weights 36 + 24 + 64 + 24, bias 16 + 32 + 12, axes 8, shape 8
    assert constant_bytes(write(*every_op())) == 224


def test_weights_are_what_the_runtime_reads(tmp_path):
    interpreter = pytest.importorskip("ai_edge_litert.interpreter")
    path = reference_model("kws")
    runtime = interpreter.Interpreter(model_path=str(path))
    runtime.allocate_tensors()
    stored = {t["index"]: t for t in runtime.get_tensor_details()}
    model = read(path)
    assert np.array_equal(model.constants["conv2d_0"].weights, runtime.get_tensor(17))
    assert np.array_equal(model.constants["depthwiseconv2d_1"].weights, runtime.get_tensor(5))
    assert np.array_equal(model.constants["conv2d_0"].bias, runtime.get_tensor(3))
    scales = stored[5]["quantization_parameters"]["scales"]
    assert np.array_equal(model.constants["depthwiseconv2d_1"].scales, scales)
    assert model.quantization[0] == Quantization(*runtime.get_input_details()[0]["quantization"])


# Published (FACTS): constant bytes, and MLPerf Tiny's and person_detect's op counts.
@pytest.mark.parametrize(
    ("name", "n_ops", "n_bytes"),
    [
        ("kws", 13, 24_376),
        ("ad", 10, 270_880),
        ("ic_resnet", 16, 78_752),
        ("person_detect", 31, 218_928),
    ],
)
def test_the_reference_models_read(name, n_ops, n_bytes):
    path = reference_model(name)
    model = read(path)
    assert len(model.graph.nodes) == n_ops
    assert len(model.quantization) == len(model.graph.tensors)
    assert constant_bytes(path) == n_bytes


def _changed(change):
    tensors, ops = every_op()
    change(tensors, ops)
    return write(tensors, ops)


def _float_input(tensors, ops):
    tensors[0].type = TensorType.FLOAT32


def _batch_of_two(tensors, ops):
    tensors[0].shape = (2, 12, 6, 1)


def _zero_stride(tensors, ops):
    ops[0].options = {"StrideH": 0, "StrideW": 1}


def _wrong_shape(tensors, ops):
    tensors[3].shape = (1, 7, 6, 4)


def _short_weights(tensors, ops):
    tensors[1].data = tensors[1].data[:2]


def _nan_scale(tensors, ops):
    tensors[6].scales = (float("nan"),)


def _no_scale(tensors, ops):
    tensors[6].scales = tensors[6].zero_points = ()


def _five_scales(tensors, ops):
    tensors[4].scales = (0.1,) * 5


def _wide_bias(tensors, ops):
    tensors[2].type = TensorType.INT64


def _reads_the_future(tensors, ops):
    ops[4].inputs = (7, 11)


def _writes_twice(tensors, ops):
    ops[1].outputs = (3,)


def _softmax_scale(tensors, ops):
    tensors[19].scales = (0.5,)


def _pool_scale(tensors, ops):
    tensors[7].scales = (0.26,)


def _no_such_tensor(tensors, ops):
    ops[0].inputs = (0, 77, 2)


def _wrong_options(tensors, ops):
    ops[0].kind, ops[0].options = "AddOptions", {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_float_input, "tensor 0 t0: is FLOAT32; convert the model to full int8"),
        (_batch_of_two, "shape (2, 12, 6, 1)"),
        (_zero_stride, "op 0 CONV_2D: stride 0 x 1 is outside 1"),
        (_wrong_shape, "op 0 CONV_2D: the file says (7, 6, 4), the op gives (6, 6, 4)"),
        (_short_weights, "op 0 CONV_2D: weights (4, 3, 3, 1) with 18 bytes of data"),
        (_nan_scale, "tensor 6 t6: scale nan"),
        (_no_scale, "tensor 6 t6: 0 scales and 0 zero points"),
        (_five_scales, "op 1 DEPTHWISE_CONV_2D: 5 scales along axis 3"),
        (_wide_bias, "op 0 CONV_2D: bias is INT64"),
        (_reads_the_future, "op 4 ADD"),
        (_writes_twice, "op 1 DEPTHWISE_CONV_2D: writes tensor 3 again"),
        (_softmax_scale, "op 9 SOFTMAX: the output of an int8 softmax"),
        (_pool_scale, "op 2 MAX_POOL_2D: input and output differ in scale"),
        (_no_such_tensor, "tensor 77 of 20; damaged file"),
        (_wrong_options, "op 0 CONV_2D: options of kind AddOptions"),
    ],
)
def test_a_file_that_contradicts_itself_is_named(change, message):
    with pytest.raises((ConfigError, UnsupportedOpError)) as error:
        read(_changed(change))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def _grouped(tensors, ops):
    tensors[8] = T((8, 1, 1, 4), tensors[8].data[..., :4])


def _activation(tensors, ops):
    ops[0].options["FusedActivationFunction"] = 4


def _other_axes(tensors, ops):
    tensors[12].data = np.array([1, 3], np.int32)


def _broadcast(tensors, ops):
    ops[4].inputs = (7, 0)


def _asymmetric(tensors, ops):
    tensors[8].zero_points = (3,)


def _custom(tensors, ops):
    ops[6] = O("CUSTOM", (11,), (13,))


def _unknown(tensors, ops):
    ops[9].name = "HARD_SWISH"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_grouped, "op 3 CONV_2D (layer t9): weights of 4 channels"),
        (_activation, "op 0 CONV_2D (layer t3): fused activation 4"),
        (_other_axes, "op 6 MEAN (layer t13): mean over axes [1, 3]"),
        (_broadcast, "op 4 ADD (layer t10): shapes"),
        (_asymmetric, "op 3 CONV_2D (layer t9): weights with a zero point"),
        (_custom, "op 6 CUSTOM (layer t13): not read; these are: CONV_2D"),
        (_unknown, "op 9 HARD_SWISH (layer t19): not read; these are: CONV_2D"),
    ],
)
def test_an_op_that_is_not_read_is_refused_by_name_and_index(change, message):
    with pytest.raises(UnsupportedOpError) as error:
        read(_changed(change))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a .tflite file"),
        (b"<html>404 not found</html>", "not a .tflite file"),
        (b"\x1c\0\0\0TFL3", "damaged"),
        (write(*every_op(), subgraphs=2), "2 subgraphs; one is read"),
        (write(*every_op(), version=2), "schema version 2"),
        (write(*every_op(), inputs=(0, 3)), "2 inputs and 1 outputs"),
        (write(*every_op(), outputs=(8,)), "no op writes the output"),
        (write(every_op()[0], []), "no op writes the output"),
    ],
)
def test_a_file_that_is_no_single_network_is_refused(data, message):
    with pytest.raises(ConfigError, match="model: ") as error:
        read(data)
    assert message in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.tflite: cannot be read"):
        read(tmp_path / "nowhere.tflite")
