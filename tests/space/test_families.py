"""Shapes, work and canonical form of what the families build."""

from math import prod

import numpy as np
import pytest

from nas.config import resource_dir
from nas.frontend import LogMelSettings
from nas.graph.graph import Graph, Node
from nas.graph.ops import Conv2D, DepthwiseConv2D, FullyConnected, Softmax
from nas.space import (
    Candidate,
    ImpossibleCandidate,
    MinimumChoices,
    NeighbourChoices,
    RandomChoices,
    build_graph,
    check_taps,
    load_space,
    read_candidate,
)
from nas.space.families import FAMILIES


def macs(graph: Graph) -> int:
    """Multiply-accumulates, from the definition of each op."""
    return sum(_node_macs(graph, node) for node in graph.nodes)


def parameters(graph: Graph) -> int:
    total = 0
    for node in graph.nodes:
        (shape, *_), out = graph.input_shapes(node), graph.output_shape(node)
        if isinstance(node.op, Conv2D):
            total += prod(node.op.kernel) * shape[2] * out[2]
        elif isinstance(node.op, DepthwiseConv2D):
            total += prod(node.op.kernel) * out[2]
        elif isinstance(node.op, FullyConnected):
            total += prod(shape) * out[0]
    return total


def met(size: int, kernel: int, stride: int) -> set[int]:
    """Return the taps that meet one of `size` places, with TensorFlow's SAME padding."""
    positions = -(-size // stride)
    before = max((positions - 1) * stride + kernel - size, 0) // 2
    places = (
        (tap, position * stride - before + tap)
        for position in range(positions)
        for tap in range(kernel)
    )
    return {tap for tap, place in places if 0 <= place < size}


def _node_macs(graph: Graph, node: Node) -> int:
    (shape, *_), out = graph.input_shapes(node), graph.output_shape(node)
    if isinstance(node.op, Conv2D):
        return prod(out) * prod(node.op.kernel) * shape[2]
    if isinstance(node.op, DepthwiseConv2D):
        return prod(out) * prod(node.op.kernel)
    return prod(shape) * prod(out) if isinstance(node.op, FullyConnected) else 0


def random_candidates(name: str, n: int, seed: int = 0) -> list[Candidate]:
    space, rng = load_space(name), np.random.default_rng(seed)
    return [
        space.suggest(RandomChoices(rng), sample_rate_hz=16_000, clip_ms=(1_000, 600))
        for _ in range(n)
    ]


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_random_candidates_build_or_are_impossible(family: str) -> None:
    built = 0
    for candidate in random_candidates(family, 1_500):
        try:
            graph = build_graph(candidate, 7)
        except ImpossibleCandidate:
            continue
        built += 1
        _check_chain(graph, candidate)
    assert built > 1_000


def _check_chain(graph: Graph, candidate: Candidate) -> None:
    settings = candidate.frontend
    assert prod(graph.tensors[graph.input].shape) == settings.n_frames * settings.n_bins
    written = {graph.input}
    for node in graph.nodes:
        assert set(node.inputs) <= written
        assert graph.output_shape(node) == node.op.output(*graph.input_shapes(node))
        assert all(size >= 1 for size in graph.output_shape(node))
        written.add(node.output)
    names = [node.name for node in graph.nodes]
    assert len(set(names)) == len(names)
    assert isinstance(graph.nodes[-1].op, Softmax)
    assert graph.nodes[-2].op == FullyConnected(7)
    assert graph.tensors[graph.output].shape == (7,)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_family_reaches_from_tiny_to_large(family: str) -> None:
    costs = []
    for candidate in random_candidates(family, 1_500, seed=1):
        try:
            graph = build_graph(candidate, 8)
        except ImpossibleCandidate:
            continue
        costs.append((macs(graph), parameters(graph)))
    work, size = np.array(costs).T
    assert ((work < 60_000) & (size < 5_000)).any() or _smallest(family) < 60_000
    assert (work > 6_000_000).any()
    assert (size > 100_000).any()


def _smallest(family: str) -> int:
    space = load_space(family)
    fixed = MinimumChoices({f"{family}.stem_stride": "2x2"} if family != "conv1d" else {})
    candidate = space.suggest(fixed, sample_rate_hz=16_000, clip_ms=(1_000,))
    return macs(build_graph(candidate, 8))


def test_mlperf_tiny_network_has_its_published_work() -> None:
    # 49 x 10 input, 12 classes: 2,656,768 multiply-accumulates (MLPerf Tiny kws_ref_model).
    path = resource_dir("search_spaces") / "candidates" / "mlperf_tiny_ds_cnn.yaml"
    candidate = read_candidate(path)
    graph = FAMILIES["ds_cnn"].build(candidate.network, (49, 10, 1), 12)
    assert macs(graph) == 2_656_768
    assert macs(graph) == 125 * 64 * 40 + 4 * (125 * 64 * 9 + 125 * 64 * 64) + 64 * 12
    assert candidate.frontend.n_frames == 49


def test_conv1d_input_is_the_bytes_of_the_features() -> None:
    for candidate in random_candidates("conv1d", 20):
        try:
            graph = build_graph(candidate, 2)
        except ImpossibleCandidate:
            continue
        settings = candidate.frontend
        assert graph.tensors[graph.input].shape == (settings.n_frames, 1, settings.n_bins)


def test_a_choice_without_effect_is_not_in_the_candidate() -> None:
    for candidate in random_candidates("default", 300):
        depth = int(candidate.network.get("blocks", candidate.network.get("stages", 0)))
        stages = {int(k.rsplit("_", 1)[1]) for k in candidate.network if k[-1].isdigit()}
        assert stages == set(range(1, depth + 1))


def test_residual_is_recorded_only_where_it_adds_something() -> None:
    for candidate in random_candidates("ds_cnn", 400):
        try:
            graph = build_graph(candidate, 3)
        except ImpossibleCandidate:
            continue
        has_add = any(node.name.endswith("_add") for node in graph.nodes)
        assert has_add == candidate.network["residual"]


def test_a_window_longer_than_the_clip_is_impossible() -> None:
    space = load_space("default")
    with pytest.raises(ImpossibleCandidate, match="window_ms"):
        space.suggest(MinimumChoices(), sample_rate_hz=16_000, clip_ms=(20,))


def test_a_pool_that_does_not_fit_is_impossible() -> None:
    network = {
        "stem_width": 8,
        "stem_kernel": "3x3",
        "stem_stride": "2x2",
        "stages": 1,
        "width_1": 8,
        "kernel_1": "3x3",
        "pool_1": "64x2",
        "pool_kind": "max",
        "head": "gap",
        "dense_units": 0,
    }
    candidate = Candidate("separable_conv2d", LogMelSettings(), network, {})
    with pytest.raises(ImpossibleCandidate, match="does not fit"):
        build_graph(candidate, 2)
    with pytest.raises(ImpossibleCandidate, match="head is missing"):
        build_graph(Candidate("ds_cnn", LogMelSettings(), _without_head(), {}), 2)


def _without_head() -> dict[str, int | str | float | bool]:
    return {
        "stem_width": 8,
        "stem_kernel": "3x3",
        "stem_stride": "2x2",
        "blocks": 0,
        "residual": False,
    }


def test_neighbours_of_a_parent_are_mostly_the_parent() -> None:
    space, rng = load_space("default"), np.random.default_rng(3)
    parent = RandomChoices(rng)
    first = space.suggest(parent, sample_rate_hz=16_000, clip_ms=(1_000,))
    same = NeighbourChoices(rng, parent=parent.values, rate=0.0)
    assert space.suggest(same, sample_rate_hz=16_000, clip_ms=(1_000,)) == first
    near = NeighbourChoices(rng, parent=parent.values, rate=0.2)
    space.suggest(near, sample_rate_hz=16_000, clip_ms=(1_000,))
    kept = [near.values[k] == v for k, v in parent.values.items() if k in near.values]
    assert 0.5 < np.mean(kept) < 1.0


@pytest.mark.parametrize("name", ["default", "waveform"])
def test_every_tap_of_every_kernel_meets_a_feature(name: str) -> None:
    """And what is refused for it has a tap that meets padding only."""
    refused = 0
    for candidate in random_candidates(name, 400, seed=3):
        try:
            graph = build_graph(candidate, 5)
            check_taps(graph, candidate.family)
        except ImpossibleCandidate as error:
            refused += "only meets padding" in str(error)
            continue
        for node in graph.nodes:
            if isinstance(node.op, Conv2D | DepthwiseConv2D):
                shape = graph.input_shapes(node)[0]
                for size, kernel, stride in zip(
                    shape[:2], node.op.kernel, node.op.stride, strict=True
                ):
                    assert len(met(size, kernel, stride)) == kernel, node.name
    assert refused > 5


@pytest.mark.parametrize("size", range(1, 14))
def test_a_kernel_is_refused_where_a_tap_meets_nothing(size: int) -> None:
    """The second convolution over `size` frames, for all kernels and strides."""
    settings = LogMelSettings(clip_ms=30 + 20 * (13 * size - 1))  # 13 x size frames
    for kernel in range(1, 14):
        for stride in range(1, 5):
            network = {
                "stem_width": 8,
                "stem_kernel": 13,
                "stem_stride": 13,
                "stages": 1,
                "width_1": 8,
                "kernel_1": kernel,
                "stride_1": stride,
                "separable_1": False,
                "residual": False,
                "head": "gap",
                "dense_units": 0,
            }
            candidate = Candidate("conv1d", settings, network, {})
            graph = build_graph(candidate, 2)
            if len(met(size, kernel, stride)) == kernel:
                check_taps(graph, "conv1d")
                continue
            with pytest.raises(ImpossibleCandidate, match=f"over {kernel} frames only meets pad"):
                check_taps(graph, "conv1d")
