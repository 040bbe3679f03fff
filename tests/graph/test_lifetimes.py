from nas.graph.graph import GraphBuilder
from nas.graph.lifetimes import Lifetime, lifetimes, storage
from nas.graph.ops import Add, Conv2D, Mean, Reshape, Softmax


def residual():
    builder = GraphBuilder((4, 4, 2))
    first = builder.add(Conv2D(2, (3, 3)), 0)
    second = builder.add(Conv2D(2, (3, 3)), first)
    total = builder.add(Add(), first, second)
    flat = builder.add(Reshape((1, 16, 2)), total)
    mean = builder.add(Mean(), flat)
    return builder.build(builder.add(Softmax(), mean))


def test_a_skip_keeps_its_tensor_alive_until_the_add():
    assert lifetimes(residual()) == (
        Lifetime(0, 0),
        Lifetime(0, 2),
        Lifetime(1, 2),
        Lifetime(2, 3),
        Lifetime(3, 4),
        Lifetime(4, 5),
        Lifetime(5, 5),
    )


def test_an_early_output_lives_to_the_end():
    builder = GraphBuilder((4, 4, 2))
    early = builder.add(Conv2D(2, (1, 1)), 0)
    builder.add(Conv2D(2, (1, 1)), early)
    assert lifetimes(builder.build(early))[early] == Lifetime(0, 1)


def test_a_reshape_and_a_reshape_of_it_use_the_first_bytes():
    builder = GraphBuilder((4, 4, 2))
    once = builder.add(Reshape((16, 1, 2)), 0)
    twice = builder.add(Reshape((32,)), once)
    graph = builder.build(builder.add(Softmax(), twice))
    assert storage(graph) == (0, 0, 0, 3)


def test_lifetimes_that_touch_overlap():
    assert Lifetime(0, 2).overlaps(Lifetime(2, 3))
    assert not Lifetime(0, 1).overlaps(Lifetime(2, 3))
