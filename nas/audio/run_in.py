"""Sound before a clip, for front ends with a state: on a device they run warm.

A noise estimate or a gain that starts from nothing sees the first frames of a clip as it never
would on a device. So each clip gets a stretch of the data's own background before it, as loud as
the quietest tenth of the clip: the room as it was before the word. Its frames are dropped.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nas.audio.augment import coloured_noise
from nas.frontend.settings import FrontEndSettings

__all__ = ["VERSION", "RunIn"]

Number = TypeVar("Number", bound=np.generic)

VERSION = 1
"""Part of the cache's keys: raised when the same draw gives other samples."""
NOISE_SECONDS = 20
BLOCK_MS = 10
QUIET_SHARE = 0.1
FLOOR_RMS = 2.0
"""No microphone is quieter: 84 dB below full scale."""
ROOM_RMS = 33.0
"""A quiet room, 60 dB below full scale: the loudest run-in where data have no background."""


@dataclass(frozen=True, eq=False)
class RunIn:
    """What is put before each clip.

    Attributes:
        settings: of the front end over clip and run-in.
        frames: of the run-in, to be dropped.
        noise: where stretches are taken from [shape=(m,)].
        starts: of each clip's stretch [shape=(n,)].
        loudest: highest level of a stretch (root mean square).
    """

    settings: FrontEndSettings
    frames: int
    noise: NDArray[np.int16]
    starts: NDArray[np.int64]
    loudest: float

    @classmethod
    def of(
        cls,
        settings: FrontEndSettings,
        n_clips: int,
        background: NDArray[np.int16],
        rng: np.random.Generator,
    ) -> "RunIn | None":
        """Draw the stretches of `n_clips` clips; None where the front end has no state.

        Args:
            settings: of the front end over a clip.
            n_clips: clips there are.
            background: of the data, at the same rate [shape=(m,)]; empty for low noise.
            rng: source of every draw.
        """
        if not settings.run_in_ms:
            return None
        frames = settings.run_in_frames
        length = frames * settings.hop_length
        loudest = _level(background[None])[0] if background.size else ROOM_RMS
        if not background.size:
            background = coloured_noise(NOISE_SECONDS * settings.sample_rate_hz, rng)
        noise = np.resize(background, max(background.size, length))
        return cls(
            settings=settings.lasting(settings.clip_ms + frames * settings.hop_ms),
            frames=frames,
            noise=noise,
            starts=rng.integers(0, noise.size - length, n_clips, endpoint=True),
            loudest=max(float(loudest), FLOOR_RMS),
        )

    def before(self, clips: NDArray[np.int16], first: int = 0) -> NDArray[np.int16]:
        """Return `clips` [shape=(k, clip_length)], of which `first` is the first, behind theirs.

        Returns:
            Samples [shape=(k, settings.clip_length)]; zeros after a clip belong to no frame of it.
        """
        length = self.frames * self.settings.hop_length
        out = np.zeros((len(clips), self.settings.clip_length), np.int16)
        every = np.lib.stride_tricks.sliding_window_view(self.noise, length)
        stretches = every[self.starts[first : first + len(clips)]].astype(np.float64)
        wanted = np.clip(_quiet(clips, self.settings.sample_rate_hz), FLOOR_RMS, self.loudest)
        gain = wanted / np.maximum(_level(stretches), 1.0)
        out[:, :length] = np.clip(np.rint(stretches * gain[:, None]), -32_768, 32_767)
        out[:, length : length + clips.shape[1]] = clips
        return out

    def dropped(self, features: NDArray[Number], n_frames: int) -> NDArray[Number]:
        """Return `n_frames` of `features` [shape=(k, all frames, n_bins)], those of the clips."""
        return features[:, self.frames : self.frames + n_frames]


def _level(samples: NDArray[Any]) -> NDArray[np.float64]:
    """Return the root mean square along the last axis."""
    return np.asarray(np.sqrt(np.mean(np.square(samples, dtype=np.float64), axis=-1)), np.float64)


def _quiet(clips: NDArray[np.int16], sample_rate_hz: int) -> NDArray[np.float64]:
    """Return the level below which a tenth of each clip lies, zeros around it not counted."""
    size = max(1, sample_rate_hz * BLOCK_MS // 1_000)
    n_blocks = max(1, clips.shape[1] // size)
    blocks = clips[:, : n_blocks * size].reshape(len(clips), n_blocks, -1)
    energy = np.sum(np.square(blocks, dtype=np.float64), axis=2)
    sound = np.count_nonzero(blocks, axis=2)
    levels = np.sort(np.where(sound, np.sqrt(energy / np.maximum(sound, 1)), np.inf), axis=1)
    heard = np.count_nonzero(sound, axis=1)
    quiet = levels[np.arange(len(clips)), (QUIET_SHARE * heard).astype(np.int64)]
    return np.where(heard > 0, quiet, 0.0)
