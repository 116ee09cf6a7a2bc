"""Temperature scaling: logits become probabilities that can be trusted."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax


def nll(logits: NDArray[np.floating], labels: NDArray[np.integer], temperature: float = 1.0) -> float:
    """Mean negative log-likelihood (nats) of logits (N, 10) divided by the temperature."""
    return float(-log_softmax(logits / temperature, axis=1)[np.arange(len(labels)), labels].mean())


def fit_temperature(logits: NDArray[np.floating], labels: NDArray[np.integer]) -> float:
    """The temperature of least negative log-likelihood (C. Guo et al., *On Calibration of Modern Neural
    Networks*, 2017)."""
    found = minimize_scalar(lambda t: nll(logits, labels, float(np.exp(t))), bounds=(-3.0, 3.0), method="bounded")
    # Six digits are far below what calibration can show and above the rounding that differs between machines.
    return round(float(np.exp(found.x)), 6)
