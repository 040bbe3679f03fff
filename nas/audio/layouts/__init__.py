"""The ways in which recordings lie on a disk, one file each."""

from nas.audio.layouts import folders, household, pattern, speech_commands
from nas.audio.layouts.layout import Layout, Source

__all__ = ["LAYOUTS", "Layout", "Source"]

LAYOUTS: dict[str, Layout] = {
    "folders": Layout(model=folders.FoldersDescriptor, read=folders.read),
    "pattern": Layout(model=pattern.PatternDescriptor, read=pattern.read),
    "speech_commands": Layout(
        model=speech_commands.SpeechCommandsDescriptor, read=speech_commands.read
    ),
    "household": Layout(
        model=household.HouseholdDescriptor, read=household.read, needs_root=False
    ),
}
