"""How often the loops of our C run, as closed forms of an op's shapes: one file a kernel.

Each file counts what the C file of its name executes. Where the C gets another path, its counts
here get another column, and the tables of instructions are measured again.
"""

from nas.cost.work.ops import WORK, Work

__all__ = ["WORK", "Work"]
