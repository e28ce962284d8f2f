#!/usr/bin/env python3
"""JAX (frame.py says how it is called). MODE "scan": as many steps in one lax.scan as take some 50 ms, JAX's strongest form;
"step": one jitted step a call. State is donated, the rows are on the device. The same arithmetic as plummet's."""
import functools
import os
import sys

os.environ["JAX_PLATFORMS"] = "cpu"
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

import frame  # noqa: E402

ACTIVATIONS = {"relu": jax.nn.relu, "elu": jax.nn.elu, "sigmoid": jax.nn.sigmoid, "swish": jax.nn.silu,
               "gelu": functools.partial(jax.nn.gelu, approximate=False)}
EPSILON, MOMENTUM = 1e-3, 0.99


def glorot(random, inputs, units):
    limit = (6 / (inputs + units)) ** 0.5
    return [random.uniform(-limit, limit, (inputs, units)).astype(np.float32), np.zeros(units, np.float32)]


def parameters(net):
    """The weights, and the moving statistics of batch normalization."""
    random, width, weights, moving = np.random.default_rng(1), net.inputs, [], []
    for word, number, _ in net.layers():
        if word == "dense":
            weights.append(glorot(random, width, int(number)))
            width = int(number)
        elif word == "residual":
            weights.append(glorot(random, width, width) + glorot(random, width, width))
        elif word in ("batch_norm", "layer_norm"):
            weights.append([np.ones(width, np.float32), np.zeros(width, np.float32)])
            moving += [[np.zeros(width, np.float32), np.ones(width, np.float32)]] if word == "batch_norm" else []
    return jax.tree.map(jnp.asarray, weights), jax.tree.map(jnp.asarray, moving)


def normalized(x, axis, w):
    mean = x.mean(axis, keepdims=True)
    var = jnp.square(x - mean).mean(axis, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(var + EPSILON) * w[0] + w[1], mean, var


def forward(net, weights, moving, x, key):
    w, m, kept = iter(weights), iter(moving), []
    for i, (word, number, activation) in enumerate(net.layers()):
        if word == "dense":
            own = next(w)
            x = x @ own[0] + own[1]
            x = ACTIVATIONS[activation](x) if activation else x
        elif word == "residual":
            own = next(w)
            x = x + jax.nn.relu(x @ own[0] + own[1]) @ own[2] + own[3]
        elif word == "noise":
            x = x + number * jax.random.normal(jax.random.fold_in(key, i), x.shape)
        elif word == "batch_norm":
            x, mean, var = normalized(x, 0, next(w))
            old = next(m)
            kept.append([MOMENTUM * o + (1 - MOMENTUM) * new[0] for o, new in zip(old, (mean, var))])
        elif word == "layer_norm":
            x = normalized(x, 1, next(w))[0]
        else:
            x = ACTIVATIONS[word](x)
    return x, kept


def loss_of(net, out, y):
    if net.targets == "numbers":
        return jnp.square(out - y).mean()
    if net.targets == "self":
        return (jnp.maximum(out, 0) - out * y + jnp.log1p(jnp.exp(-jnp.abs(out)))).mean()
    return (jax.nn.logsumexp(out, 1) - jnp.take_along_axis(out, y[:, None], 1)[:, 0]).mean()


def updated(net, weights, gradients, first, second, t):
    """Momentum, Adam, AdamW (decay 0.01, PyTorch's): weights and slots."""
    if net.optimizer == "momentum":
        first = jax.tree.map(lambda m, g: 0.9 * m + g, first, gradients)
        return jax.tree.map(lambda p, m: p - net.rate * m, weights, first), first, second
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradients)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradients)
    rate = net.rate * jnp.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t)
    decay = 1 - net.rate * 0.01 if net.optimizer == "adamw" else 1
    return jax.tree.map(lambda p, m, v: p * decay - rate * m / (jnp.sqrt(v) + 1e-7), weights, first, second), first, second


class Trained:
    def __init__(self, net, x, y, threads):
        steps = len(x) // net.batch
        cut = lambda a: jnp.asarray(a[:steps * net.batch]).reshape(steps, net.batch, *a.shape[1:])  # noqa: E731
        self.x, self.y, self.net = cut(x), cut(y), net
        weights, moving = parameters(net)
        zero = lambda: jax.tree.map(jnp.zeros_like, weights)  # noqa: E731
        self.state = (weights, zero(), zero(), moving, jnp.float32(0), jax.random.key(1))
        many = min(200, steps, max(5, int(2e9 / (net.flop() * net.batch)))) if sys.argv[3] != "step" else 1
        self.at, self.many, self.steps = 0, many, steps // many * many
        self.batch = net.batch
        self.run = jax.jit(self.scanned, donate_argnums=0)
        self.predict = jax.jit(lambda w, m, x: forward(net, w, m, x, None)[0]) if net.text.count("noise") == 0 else None

    def one(self, state, i, x, y):
        weights, first, second, moving, t, key = state
        use, key = jax.random.split(key) if "noise" in self.net.text else (key, key)

        def loss(w):
            out, kept = forward(self.net, w, moving, x[i], use)
            return loss_of(self.net, out, y[i]), kept
        (value, moving), gradients = jax.value_and_grad(loss, has_aux=True)(weights)
        weights, first, second = updated(self.net, weights, gradients, first, second, t + 1)
        return (weights, first, second, moving, t + 1, key), value

    def scanned(self, state, at, x, y):
        if self.many == 1:
            return self.one(state, at, x, y)
        state, losses = jax.lax.scan(lambda s, i: self.one(s, i, x, y), state, at + jnp.arange(self.many))
        return state, losses[-1]

    def step(self):
        self.state, loss = self.run(self.state, jnp.int32(self.at), self.x, self.y)
        self.at = (self.at + self.many) % self.steps
        loss.block_until_ready()
        return self.batch * self.many, loss

    def row(self):
        self.predict(self.state[0], self.state[3], self.x[0, :1]).block_until_ready()


frame.main(Trained)
