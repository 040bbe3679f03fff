import pytest

from nas.cost.stack import LIBRARY_FRAME_BYTES, merge, parse_call_graph
from nas.errors import BuildError

# As GCC 12 writes it with -fcallgraph-info=su.
ONE = r"""graph: { title: "a.c"
node: { title: "a.c:inner" label: "inner\na.c:5:42\n72 bytes (static)" }
node: { title: "outer" label: "outer\na.c:6:9\n192 bytes (static)" }
node: { title: "memset" label: "__builtin_memset\n<built-in>" shape : ellipse }
edge: { sourcename: "outer" targetname: "memset" }
edge: { sourcename: "outer" targetname: "a.c:inner" label: "a.c:6:120" }
edge: { sourcename: "outer" targetname: "other" label: "a.c:6:149" }
}
"""
TWO = r"""graph: { title: "b.c"
node: { title: "other" label: "other\nb.c:4:9\n500 bytes (static)" }
}
"""


def test_the_deepest_chain_runs_through_files():
    assert merge(map(parse_call_graph, (ONE, TWO))).deepest("outer") == 192 + 500


def test_a_library_function_counts_its_bound():
    assert parse_call_graph(ONE).deepest("outer") == 192 + LIBRARY_FRAME_BYTES


def test_recursion_is_refused():
    edge = 'edge: { sourcename: "other" targetname: "other" }\n'
    with pytest.raises(BuildError, match="other calls other: recursion"):
        parse_call_graph(TWO + edge).deepest("other")


def test_a_variable_array_is_refused():
    text = TWO.replace("(static)", "(dynamic)")
    with pytest.raises(BuildError, match="other: its stack depends on its input"):
        parse_call_graph(text)
    assert parse_call_graph(text.replace("dynamic", "dynamic,bounded")).deepest("other") == 500
