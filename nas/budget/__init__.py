"""Boards, their limits, the cost of a candidate and by how much it violates them."""

from nas.budget.board import Budget, load_budget
from nas.budget.cores import CORES, KERNELS, RUNTIMES, Kernels, Runtime, kernels_of
from nas.budget.cost import Cost, unknown, violations
from nas.budget.device import Device, total_bytes
from nas.budget.limits import LIMITED, Limits, amount, parse_limit

__all__ = [
    "CORES",
    "KERNELS",
    "LIMITED",
    "RUNTIMES",
    "Budget",
    "Cost",
    "Device",
    "Kernels",
    "Limits",
    "Runtime",
    "amount",
    "kernels_of",
    "load_budget",
    "parse_limit",
    "total_bytes",
    "unknown",
    "violations",
]
