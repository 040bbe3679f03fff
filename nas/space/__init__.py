"""From choices to candidates to graphs; knows no optimiser and no training framework."""

from nas.space.build import ImpossibleCandidate, build_graph
from nas.space.candidate import Candidate, Value
from nas.space.choices import Choices, MinimumChoices, NeighbourChoices, RandomChoices
from nas.space.files import read_candidate, write_candidate
from nas.space.space import Space, load_space
from nas.space.taps import check_taps
from nas.space.usual import UsualFrontEnd

__all__ = [
    "Candidate",
    "Choices",
    "ImpossibleCandidate",
    "MinimumChoices",
    "NeighbourChoices",
    "RandomChoices",
    "Space",
    "UsualFrontEnd",
    "Value",
    "build_graph",
    "check_taps",
    "load_space",
    "read_candidate",
    "write_candidate",
]
