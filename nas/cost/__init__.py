"""What a graph and a front end cost on a device: one file a quantity; nothing is free."""

from nas.cost.constants import constant_bytes
from nas.cost.macs import macs
from nas.cost.price import detailed, price, price_parts

__all__ = ["constant_bytes", "detailed", "macs", "price", "price_parts"]
