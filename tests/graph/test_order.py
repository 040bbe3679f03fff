from itertools import permutations

from hypothesis import assume, given, settings

from nas.graph.graph import GraphBuilder
from nas.graph.lifetimes import storage
from nas.graph.ops import Add, Conv2D, MaxPool2D, Mean, Reshape
from nas.graph.order import Needs, least_order
from nas.graph.overlap import margin
from nas.graph.planner import greedy_plan, overlapped_plan
from tests.graph.graphs import branching
from tests.graph.memory import simulate


def orders(graph):
    """Every order in which each node runs after the writers of its inputs."""
    writer = {node.output: index for index, node in enumerate(graph.nodes)}
    for order in permutations(range(len(graph.nodes))):
        place = {index: time for time, index in enumerate(order)}
        if all(
            place[writer[t]] < place[index]
            for index, node in enumerate(graph.nodes)
            for t in node.inputs
            if t in writer
        ):
            yield order


def peak(graph, order):
    """Bytes of buffers that must keep their content, less what the output takes over."""
    owner = storage(graph)
    sizes = [tensor.size_bytes for tensor in graph.tensors]
    ran = [graph.nodes[index] for index in order]
    most = sizes[graph.input]
    for time, node in enumerate(ran):
        later = {owner[t] for n in ran[time + 1 :] for t in n.inputs} | {owner[graph.output]}
        written = {owner[graph.input], *(owner[n.output] for n in ran[:time])}
        own = {owner[t] for t in node.inputs}
        out = owner[node.output]
        need = sum(sizes[b] for b in written if b in later or b in own)
        if not isinstance(node.op, Reshape):
            target = graph.tensors[node.output].shape
            saved = [
                min(sizes[out] - margin(node.op, graph.tensors[t].shape, target), sizes[owner[t]])
                for t in node.inputs
                if owner[t] not in later
            ]
            need += sizes[out] - max([0, *saved])
        most = max(most, need)
    return most


@settings(max_examples=60, deadline=None)
@given(branching())
def test_no_order_has_a_lower_peak(graph):
    assume(len(graph.nodes) <= 6)
    assume(any(graph.input in node.inputs for node in graph.nodes))
    found, order = least_order(graph, Needs(graph, storage(graph), alignment=1))
    every = list(orders(graph))
    assert order in every
    assert found == peak(graph, order) == min(peak(graph, other) for other in every)


def two_branches():
    """Both wide tensors are written before either is narrowed."""
    builder = GraphBuilder((8, 8, 2))
    wide = [builder.add(Conv2D(32, (3, 3)), builder.input) for _ in range(2)]
    narrow = [builder.add(Conv2D(1, (1, 1)), tensor) for tensor in wide]
    return builder.build(builder.add(Mean(), builder.add(Add(), *narrow)))


def test_a_branch_is_finished_before_the_other_starts():
    graph = two_branches()
    plan = overlapped_plan(graph)
    assert plan.order in {(0, 2, 1, 3, 4, 5), (1, 3, 0, 2, 4, 5)}
    simulate(graph, plan)
    # Two wide tensors of 2,048 bytes at once as the nodes stand, one in the better order.
    assert greedy_plan(graph).arena_bytes >= 2 * 2_048
    assert plan.arena_bytes <= 2_048 + 128 + 64 + 64


def test_a_chain_keeps_its_order():
    builder = GraphBuilder((4, 4, 2))
    graph = builder.build(builder.add(Mean(), builder.add(Conv2D(3, (1, 1)), builder.input)))
    assert overlapped_plan(graph).order == (0, 1)


def fan(branches):
    """Pools of one input, added up one after the other."""
    builder = GraphBuilder((8, 8, 4))
    pools = [builder.add(MaxPool2D((2, 2), (1, 1)), builder.input) for _ in range(branches)]
    total = pools[0]
    for pool in pools[1:]:
        total = builder.add(Add(), total, pool)
    return builder.build(total)


def test_a_fan_is_added_up_as_it_opens():
    """Input, sum so far and one pool: three buffers, whatever the number of branches."""
    graph = fan(60)
    assert overlapped_plan(graph).arena_bytes <= 256 + 2 * 208
    assert greedy_plan(graph).arena_bytes > 60 * 196


def test_very_wide_graphs_get_a_plan_too():
    graph = fan(500)
    assert overlapped_plan(graph).arena_bytes <= greedy_plan(graph).arena_bytes
