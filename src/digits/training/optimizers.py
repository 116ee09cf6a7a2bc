"""The optimisers of conf/optimizer/.

Each is a function of the network's weight matrices and kernels, and of its other parameters (biases and batch norms);
what follows the `/` in its signature are the keys of its file in conf/.
"""

from torch.nn import Parameter
from torch.optim import SGD, Adadelta, AdamW

from digits.config.ranges import Positive

Weights = list[Parameter]


def adamw(weights: Weights, others: Weights, /, lr: Positive, weight_decay: float) -> AdamW:
    """AdamW (I. Loshchilov and F. Hutter, *Decoupled Weight Decay Regularization*, 2019)."""
    return AdamW(_decaying(weights, others, weight_decay), lr=lr, fused=True)


def sgd(weights: Weights, others: Weights, /, lr: Positive, momentum: float, weight_decay: float) -> SGD:
    """Gradient descent with Nesterov's momentum."""
    return SGD(_decaying(weights, others, weight_decay), lr=lr, momentum=momentum, nesterov=True)


def adadelta(weights: Weights, others: Weights, /, lr: Positive, rho: float, eps: float) -> Adadelta:
    """Adadelta (M. Zeiler, 2012), which decays no weight."""
    return Adadelta(weights + others, lr=lr, rho=rho, eps=eps)


def _decaying(weights: Weights, others: Weights, decay: float) -> list[dict[str, object]]:
    return [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]
