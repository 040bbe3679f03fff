"""What every data descriptor says, whatever its layout adds to it."""

from typing import Annotated

from pydantic import Field

from nas.config import StrictModel

__all__ = ["Descriptor"]


class Descriptor(StrictModel):
    """Base of the descriptors in ``data/``; a layout adds its own keys in a subclass.

    Attributes:
        name: for display and cache folders.
        layout: key of `nas.audio.layouts.LAYOUTS`.
        licence: of the recordings.
        source: where the recordings come from.
        root: where they lie, relative to the working directory; ``--data-root`` overrides it.
        sample_rate_hz: rate of the recordings; None for the rate most files have.
        clip_ms: clip lengths worth trying, the usual one first; None to measure it.
    """

    name: Annotated[str, Field(min_length=1)]
    layout: str
    licence: str = "not stated"
    source: str = "not stated"
    root: str | None = None
    sample_rate_hz: Annotated[int, Field(ge=4_000, le=192_000)] | None = None
    clip_ms: (
        Annotated[list[Annotated[int, Field(ge=1, le=60_000)]], Field(min_length=1)] | None
    ) = None
