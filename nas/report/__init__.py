"""A study's folder turned into a page that works offline, and into tables for a terminal."""

from nas.report.page import write_report
from nas.report.study import StudyFiles, read_study

__all__ = ["StudyFiles", "read_study", "write_report"]
