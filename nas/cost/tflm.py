"""What a network costs under TensorFlow Lite Micro, without it and without TensorFlow."""

from nas.cost.tflm_arena import tflm_arena_parts
from nas.cost.tflm_code import tflm_ram_parts, tflm_rom_parts
from nas.cost.tflm_file import model_bytes

__all__ = ["model_bytes", "tflm_arena_parts", "tflm_ram_parts", "tflm_rom_parts"]
