"""The families of networks by name; a family is one file, added here."""

from nas.space.families import conv1d, ds_cnn, separable_conv2d
from nas.space.families._parts import Family

__all__ = ["FAMILIES", "Family"]

FAMILIES: dict[str, Family] = {
    module.FAMILY.name: module.FAMILY for module in (conv1d, ds_cnn, separable_conv2d)
}
