"""Drop-in trees beside the portable sources: one file a build system, all in `registry`."""

from nas.export.layouts.registry import LAYOUTS, choose, write_targets

__all__ = ["LAYOUTS", "choose", "write_targets"]
