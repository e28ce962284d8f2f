"""Activations: the functions between layers (Keras's definitions; `plummet describe activation NAME` names the papers)."""
import math

import numpy as np

from losses import log_softmax, softmax

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772  # Klambauer et al., Self-normalizing neural networks, 2017


def linear(x):
    return x


def relu(x, negative_slope=0, max_value=math.inf, threshold=0):
    return np.where(x >= max_value, max_value, np.where(x > threshold, x, negative_slope * (x - threshold)))


def leaky_relu(x, negative_slope=0.2):
    return np.where(x >= 0, x, negative_slope * x)


def relu6(x):
    return np.clip(x, 0, 6)


def elu(x, alpha=1):
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def selu(x):
    return SELU_SCALE * elu(x, SELU_ALPHA)


def celu(x, alpha=1):
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0) / alpha))


def sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))


def log_sigmoid(x):
    return -np.logaddexp(0, -x)


def softplus(x):
    return np.logaddexp(0, x)


def gelu(x, approximate=False):
    if approximate:
        return x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    return x / 2 * np.vectorize(math.erfc)(-x / math.sqrt(2))


def silu(x, beta=1):
    return x * sigmoid(beta * x)


def mish(x):
    return x * np.tanh(softplus(x))


def tanh(x):
    return np.tanh(x)


def softsign(x):
    return x / (1 + np.abs(x))


def exponential(x):
    return np.exp(x)


def hard_sigmoid(x):
    return np.clip(x / 6 + 0.5, 0, 1)


def hard_silu(x):
    return x * hard_sigmoid(x)


def hard_tanh(x):
    return np.clip(x, -1, 1)


def relu_squared(x):
    return np.maximum(x, 0) ** 2


def squareplus(x, b=4):
    """Below 0 as b / 2 / (root - x): no digits are lost."""
    root = np.hypot(x, math.sqrt(b))
    return np.where(x < 0, b / 2 / np.where(x < 0, root - x, 1), (x + root) / 2)


def sparse_plus(x):
    return np.where(x <= -1, 0, np.where(x < 1, (x + 1) ** 2 / 4, x))


def sparse_sigmoid(x):
    return np.clip((x + 1) / 2, 0, 1)


def threshold(x, threshold, default_value):
    return np.where(x > threshold, x, default_value)


def hard_shrink(x, threshold=0.5):
    return np.where(np.abs(x) > threshold, x, 0)


def soft_shrink(x, threshold=0.5):
    return np.sign(x) * np.maximum(np.abs(x) - threshold, 0)


def tanh_shrink(x):
    return x - np.tanh(x)


def sin(x):
    return np.sin(x)


def cos(x):
    return np.cos(x)


def sparsemax(x):
    """By sorting, as in Martins and Astudillo, From softmax to sparsemax, 2016, algorithm 1."""
    z = -np.sort(-x, -1)
    total = z.cumsum(-1)
    count = (1 + np.arange(1, x.shape[-1] + 1) * z > total).sum(-1, keepdims=True)
    return np.maximum(x - (np.take_along_axis(total, count - 1, -1) - 1) / count, 0)


def gated(function):
    """Half of the last axis, times a function of the other half."""
    def gate(x):
        a, b = np.split(x, 2, -1)
        return a * function(b)
    return gate


glu, swiglu, geglu, reglu = gated(sigmoid), gated(silu), gated(gelu), gated(relu)
glu.__name__, swiglu.__name__, geglu.__name__, reglu.__name__ = "glu", "swiglu", "geglu", "reglu"

CASES = [
    (linear, {}), (relu, {}), (relu, dict(negative_slope=0.1)), (relu, dict(max_value=2.0)), (relu, dict(threshold=0.5)),
    (relu, dict(negative_slope=0.2, max_value=3.0, threshold=-1.0)), (leaky_relu, {}), (leaky_relu, dict(negative_slope=0.01)),
    (relu6, {}), (elu, {}), (elu, dict(alpha=0.3)), (elu, dict(alpha=0)), (selu, {}), (celu, {}), (celu, dict(alpha=2)),
    (sigmoid, {}), (log_sigmoid, {}), (softplus, {}), (gelu, {}), (gelu, dict(approximate=True)), (silu, {}), (mish, {}),
    (tanh, {}), (softsign, {}), (exponential, {}), (hard_sigmoid, {}), (hard_silu, {}), (hard_tanh, {}),
    (silu, dict(beta=1)), (silu, dict(beta=-0.5)), (silu, dict(beta=3)), (relu_squared, {}), (squareplus, {}),
    (squareplus, dict(b=0)), (squareplus, dict(b=0.01)), (sparse_plus, {}), (sparse_sigmoid, {}),
    (threshold, dict(threshold=0.5, default_value=-1.0)), (threshold, dict(threshold=-3.0, default_value=2.0)),
    (hard_shrink, {}), (hard_shrink, dict(threshold=2)), (soft_shrink, {}), (soft_shrink, dict(threshold=2)),
    (tanh_shrink, {}), (sin, {}), (cos, {}),
    (softmax, dict(axis=-1)), (log_softmax, dict(axis=-1)), (sparsemax, dict(axis=-1)), (glu, dict(axis=-1)),
    (swiglu, dict(axis=-1)), (geglu, dict(axis=-1)), (reglu, dict(axis=-1)),
]


def points(rng):
    """Where functions bend, saturate or could overflow, and in between."""
    x = [0, 1e-30, -1e-30, 0.5, -0.5, 1, -1, 2, 3, -3, 6, -6, 20, -20, 80, -80, 1e-4, -1e-4]
    return np.float32(np.concatenate([x, rng.normal(0, 1, 100), rng.normal(0, 6, 122)])).astype(float).reshape(20, 12)


def main():
    from driver import Comparison, Driver, rng, say
    d = Driver()
    c = Comparison("activations", d)
    x = points(rng)
    for function, told in CASES:
        name = function.__name__
        spec = say(name, **told)
        own = {key: value for key, value in told.items() if key != "axis"}
        want = function(x, **own)
        # as a layer, and (with a kernel that changes nothing) within dense, where it may run in another place
        d.model("input(12)", f"activation({spec})")
        c.same(spec, d.forward(x), want, scale=np.maximum(np.abs(want), 1e-2))
        d.model("input(12)", f"dense(12, activation={spec}, kernel_initializer=identity)")
        c.same(spec + " in dense", d.forward(x), want, scale=np.maximum(np.abs(want), 1e-2))
        c.tell("activation", name, *told)
    c.finish("activation")


if __name__ == "__main__":
    main()
