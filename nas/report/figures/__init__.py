"""One figure a file, each a function from a study to a Plotly figure."""

from nas.report.figures.confusion import confusion
from nas.report.figures.curves import curves
from nas.report.figures.fronts import front
from nas.report.figures.memory import memory
from nas.report.figures.rejected import rejected

__all__ = ["confusion", "curves", "front", "memory", "rejected"]
