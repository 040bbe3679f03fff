"""Mel channels less their noise, of normalised loudness: the microfrontend's algorithm."""

from nas.frontend.kinds.micro.kind import KIND
from nas.frontend.kinds.micro.settings import MicroSettings

__all__ = ["KIND", "MicroSettings"]
