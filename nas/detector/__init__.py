"""From the scores of decisions to events: settings, thresholds, and the twin of the C."""

from nas.detector.settings import Detection, Threshold, default_detection, is_background
from nas.detector.tuning import tuned_detection
from nas.detector.twin import Detector

__all__ = [
    "Detection",
    "Detector",
    "Threshold",
    "default_detection",
    "is_background",
    "tuned_detection",
]
