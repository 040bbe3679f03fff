"""Log-mels with scipy and a linear model on them: independent of the project's front end."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import stft
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

RATE = 16_000
N_FFT = 512


def mel_weights(n_mels: int = 40, fmin_hz: float = 80, fmax_hz: float = 7_600) -> NDArray:
    """Return triangles evenly spaced on the HTK mel scale [shape=(n_mels, 257)]."""
    low, high = (2_595 * np.log10(1 + hz / 700) for hz in (fmin_hz, fmax_hz))
    edges = 700 * (10 ** (np.linspace(low, high, n_mels + 2) / 2_595) - 1)
    hz = np.arange(N_FFT // 2 + 1) * RATE / N_FFT
    left, centre, right = (edges[i : i + n_mels, None] for i in range(3))
    rising, falling = (hz - left) / (centre - left), (right - hz) / (right - centre)
    return np.maximum(0, np.minimum(rising, falling))


def log_mels(samples: NDArray) -> NDArray:
    """Return natural-log mel energies, 30 ms frames every 20 ms [shape=(n, 49, 40)]."""
    options = {"nperseg": 480, "noverlap": 160, "nfft": N_FFT, "boundary": None, "padded": False}
    power = np.square(np.abs(stft(samples.astype(np.float64), **options)[2]))
    return np.log(mel_weights() @ power + 1e-2).swapaxes(-1, -2)


def linear_accuracy(
    means: NDArray, labels: NDArray, train: NDArray, test: NDArray, *, inverse_l2: float
) -> float:
    """Return the test accuracy of logistic regression on standardised `means`."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=inverse_l2, max_iter=5_000))
    return float(model.fit(means[train], labels[train]).score(means[test], labels[test]))
