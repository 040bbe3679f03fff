"""Deepest chain of stack frames, from what GCC writes with ``-fcallgraph-info=su``.

A chain may run through several C files. A function without a frame of its own in the files (the
compiler's library: memcpy, 64-bit division) counts `LIBRARY_FRAME_BYTES`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nas.errors import BuildError

__all__ = ["LIBRARY_FRAME_BYTES", "CallGraph", "merge", "parse_call_graph"]

LIBRARY_FRAME_BYTES = 96
"""Bound for libgcc's and libc's routines where the core has none of its own: 64-bit division takes
up to 80 bytes (LX106, pushes in the disassembly)."""

NODE = re.compile(r'^node: \{ title: "([^"]+)" label: "([^"]*)"', re.MULTILINE)
EDGE = re.compile(r'^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"', re.MULTILINE)
FRAME = re.compile(r"\\n(\d+) bytes \(([a-z, ]+)\)")


@dataclass(frozen=True)
class CallGraph:
    """Frames in bytes by function, and who calls whom. Statics are named ``file.c:function``.

    `library_frame_bytes` is what a routine of the compiler's library takes at most.
    """

    frames: Mapping[str, int]
    calls: Mapping[str, frozenset[str]]
    library_frame_bytes: int = LIBRARY_FRAME_BYTES

    def deepest(self, function: str) -> int:
        """Return the bytes of the deepest chain that starts in `function`.

        Raises:
            BuildError: functions that call each other in a circle have no deepest chain.
        """
        return self._deepest(function, ())

    def _deepest(self, function: str, above: tuple[str, ...]) -> int:
        if function in above:
            raise BuildError(f"{' calls '.join((*above, function))}: recursion has no bound")
        if function not in self.frames:
            return self.library_frame_bytes
        path = (*above, function)
        called = self.calls.get(function, frozenset())
        return self.frames[function] + max((self._deepest(c, path) for c in called), default=0)


def parse_call_graph(text: str, *, library_frame_bytes: int = LIBRARY_FRAME_BYTES) -> CallGraph:
    """Return what one ``.ci`` file says.

    Raises:
        BuildError: a frame whose size the compiler does not know (alloca, a variable array).
    """
    frames = {}
    for name, label in NODE.findall(text):
        found = FRAME.search(label)
        if found and "dynamic" in found[2] and "bounded" not in found[2]:
            raise BuildError(f"{name}: its stack depends on its input; give arrays a fixed size")
        if found:
            frames[name] = int(found[1])
    return CallGraph(frames, _calls(EDGE.findall(text)), library_frame_bytes)


def merge(graphs: Iterable[CallGraph]) -> CallGraph:
    """Return one call graph of several files."""
    every = list(graphs)
    frames = {name: size for graph in every for name, size in graph.frames.items()}
    edges = [(a, b) for graph in every for a, called in graph.calls.items() for b in called]
    library = max((graph.library_frame_bytes for graph in every), default=LIBRARY_FRAME_BYTES)
    return CallGraph(frames, _calls(edges), library)


def _calls(edges: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    calls: dict[str, set[str]] = {}
    for caller, called in edges:
        calls.setdefault(caller, set()).add(called)
    return {caller: frozenset(called) for caller, called in calls.items()}
