"""A board, a front end and a table of code sizes with numbers that are easy to add."""

from nas.budget import Budget, Device, Limits
from nas.cost.code import CodeSizes, parse_table
from nas.frontend.sizes import FrontEndSizes
from nas.graph.graph import Graph, GraphBuilder
from nas.graph.ops import Conv2D, DepthwiseConv2D, FullyConnected, Mean, Softmax

SIZES = FrontEndSizes(
    table_bytes=1_000,
    state_bytes=2_000,
    feature_ring_bytes=1_961,
    macs_per_hop=5_000,
    functions=("nas_push", "nas_fft"),
)


def row(area: str, code: int, stack: int, symbol: str, *calls: str, static: int = 0) -> dict:
    return {
        "area": area,
        "code_bytes": code,
        "stack_bytes": stack,
        "static_bytes": static,
        "symbols": [symbol],
        "calls": list(calls),
    }


TABLE = {
    "functions": {
        "convolve_s8": row("kernels", 500, 100, "nas_convolve_s8", "dot_s8"),
        "depthwise_conv_s8": row("kernels", 400, 90, "nas_depthwise_conv_s8"),
        "fully_connected_s8": row("kernels", 300, 80, "nas_fully_connected_s8", "dot_s8"),
        "mean_s8": row("kernels", 200, 70, "nas_mean_s8"),
        "max_pool_s8": row("kernels", 77_777, 7_777, "nas_max_pool_s8"),
        "softmax_s8": row("kernels", 100, 60, "nas_softmax_s8"),
        "dot_s8": row("kernels", 50, 20, "nas_dot4_s8"),
        "push": row("frontend", 30, 200, "nas_push", "fft"),
        "fft": row("frontend", 20, 150, "nas_fft"),
        "listener": row("app", 10, 48, "nas_listener_poll", static=4),
    },
    "nodes": {
        op: {"code_bytes": 64, "stack_bytes": 16}
        for op in ("Conv2D", "DepthwiseConv2D", "FullyConnected", "Mean", "Softmax")
    },
    "model": {"code_bytes": 8},
    "toolchain": {"code_bytes": 5},
}


def code_sizes() -> CodeSizes:
    return parse_table("cortex-m4", TABLE)


def budget(core: str = "cortex-m4") -> Budget:
    device = Device(
        core=core,
        clock_hz=64_000_000,
        flash_bytes=1_000_000,
        sram_bytes=256_000,
        reserved_sram_bytes=0,
    )
    return Budget(board="test", device=device, limits=Limits(macs=1))


def ds_cnn() -> Graph:
    """MLPerf Tiny's DS-CNN for keyword spotting, with Mean as its head."""
    builder = GraphBuilder((49, 10, 1))
    tensor = builder.add(Conv2D(64, (10, 4), (2, 2)), 0)
    for _ in range(4):
        tensor = builder.add(DepthwiseConv2D((3, 3)), tensor)
        tensor = builder.add(Conv2D(64, (1, 1)), tensor)
    tensor = builder.add(Mean(), tensor)
    tensor = builder.add(FullyConnected(12), tensor)
    return builder.build(builder.add(Softmax(), tensor))
