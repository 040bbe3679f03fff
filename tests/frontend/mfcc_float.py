"""MFCC in float64 by scipy's transform of the float64 log-mels."""

from dataclasses import replace

import numpy as np
import scipy.fft

from tests.frontend import float_reference


def gains(n_mfcc, lifter):
    """Of the contract in mfcc.h: 1, then 2 sqrt(k), or HTK's weights with a largest of 8."""
    k = np.arange(1, n_mfcc)
    weights = 1 + lifter / 2 * np.sin(np.pi * k / max(lifter, 1))
    return np.append(1, 8 * weights / weights.max() if lifter else 2 * np.sqrt(k))


def lowest(settings):
    """The floor of a level: that of int8, or of decibels, in whole steps."""
    if settings.scale_kind == "ln":
        return -128
    return max(-128, np.floor(120.5 + settings.floor_db / float_reference.SCALE_DB))


def features(samples, settings):
    """Unrounded, unclipped features [shape=(n_frames, n_mfcc)] of one clip in float64."""
    log_mels = float_reference.features(samples, replace(settings, floor_db=-120))
    log_mels = np.clip(log_mels, lowest(settings), 127)
    cepstra = scipy.fft.dct(log_mels, type=2, norm="ortho", axis=1)[:, : settings.n_mfcc]
    return cepstra / np.sqrt(settings.n_mels) * gains(settings.n_mfcc, settings.lifter)
