"""Layers: what each makes of its inputs x with its parameters, in use and in training (Keras's definitions).

    batch normalization    Ioffe and Szegedy, ICML 2015        layer normalization    Ba, Kiros and Hinton, 2016
    group normalization    Wu and He, ECCV 2018                RMS normalization      Zhang and Sennrich, NeurIPS 2019
    dropout                Srivastava et al., JMLR 2014        alpha dropout          Klambauer et al., NIPS 2017
    PReLU                  He, Zhang, Ren and Sun, ICCV 2015   randomized leaky ReLU  Xu, Wang, Chen and Li, 2015

Arrays begin with the rows of the batch. Noise is compared by what is known of it: the values it may take, and its
distribution (Kolmogorov and Smirnov's largest distance between what was drawn and what should be).
"""
import math

import numpy as np

import activations
import table_layers
from activations import SELU_ALPHA, SELU_SCALE
from losses import softmax


def dense(x, p, units, activation="linear", use_bias=True):
    y = x @ p["kernel"] + (p["bias"] if use_bias else 0)
    return softmax(y) if activation == "softmax" else getattr(activations, activation)(y)


def normalized(x, axes, epsilon):
    """Mean 0 and variance 1 along the axes, the variance that of a whole population."""
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


def scaled(x, p):
    return p.get("gamma", 1) * x + p.get("beta", 0)


def along(p, shape, axes):
    """The parameters with a number for each place along the axes, so that they stretch over all others."""
    return {name: values.reshape([n if i in axes else 1 for i, n in enumerate(shape)]) for name, values in p.items()}


def layer_normalization(x, p, epsilon=1e-3, center=True, scale=True, axis=-1):
    axes = tuple(sorted(k % x.ndim for k in np.atleast_1d(axis)))
    return scaled(normalized(x, axes, epsilon), along(p, x.shape, axes))


def softmax_along(x, p, axis=-1):
    return np.moveaxis(softmax(np.moveaxis(x, axis, -1)), -1, axis)


def rms_normalization(x, p, epsilon=1e-6, scale=True):
    return scaled(x / np.sqrt((x ** 2).mean(-1, keepdims=True) + epsilon), p)


def group_normalization(x, p, groups=32, epsilon=1e-3, center=True, scale=True):
    """A group is some neighbouring columns, over all lines of the row."""
    groups = x.shape[-1] if groups == -1 else groups
    split = x.reshape(len(x), -1, groups, x.shape[-1] // groups)
    return scaled(normalized(split, (1, 3), epsilon).reshape(x.shape), p)


def unit_normalization(x, p):
    """Divided by its length; a row of zeros stays as it is."""
    length = np.linalg.norm(x, axis=-1, keepdims=True)
    return x / np.where(length > 0, length, 1)


def batch_normalization(x, p, momentum=0.99, epsilon=1e-3, center=True, scale=True, axis=-1, trainable=True):
    """In use: by the moving statistics."""
    p = along(p, x.shape, (axis % x.ndim,))
    return scaled((x - p["moving_mean"]) / np.sqrt(p["moving_variance"] + epsilon), p)


def prelu(x, p, shared_axes=()):
    return np.where(x >= 0, x, p["alpha"] * x)


def leaky_relu(x, p, negative_slope=0.3):  # as a layer; the activation's slope is 0.2
    return activations.leaky_relu(x, negative_slope)


def random_leaky_relu(x, p, lower=1 / 8, upper=1 / 3):
    """In use: the mean slope."""
    return activations.leaky_relu(x, (lower + upper) / 2)


def of_activation(function):
    return lambda x, p, **told: function(x, **told)


def as_it_is(x, p, *_, **told):
    return x


def merge(join):
    return lambda *x_p, **told: join(x_p[:-1])


def dot(x, y, p, axes, normalize=False):
    """Along an axis of each (the batch is 0), row by row; of two vectors one number."""
    first, second = axes if isinstance(axes, list) else (axes, axes)
    x, y = np.moveaxis(x, first, -1), np.moveaxis(y, second, -1)
    if normalize:
        x, y = unit_normalization(x, p), unit_normalization(y, p)
    return np.array([np.tensordot(a, b, (-1, -1)) for a, b in zip(x, y)])


LAYERS = dict(
    dense=dense, spectral_normalization=lambda x, p, layer, power_iterations=1: dense(x, p, 4),
    layer_normalization=layer_normalization, rms_normalization=rms_normalization,
    group_normalization=group_normalization, batch_normalization=batch_normalization,
    prelu=prelu, leaky_relu=leaky_relu, random_leaky_relu=random_leaky_relu, elu=of_activation(activations.elu),
    relu=of_activation(activations.relu), softmax=softmax_along,
    activation=lambda x, p, activation: getattr(activations, activation)(x),
    rescaling=lambda x, p, scale, offset=0: x * scale + offset, flatten=lambda x, p: x.reshape(len(x), -1),
    dropout=as_it_is, alpha_dropout=as_it_is, gaussian_dropout=as_it_is, gaussian_noise=as_it_is,
    activity_regularization=as_it_is,
    identity=as_it_is, spatial_dropout=as_it_is, unit_normalization=unit_normalization,
    reshape=lambda x, p, target_shape: x.reshape(len(x), *target_shape),
    permute=lambda x, p, dims: x.transpose(0, *dims), repeat_vector=lambda x, p, n: np.repeat(x[:, None], n, 1),
    add=merge(sum), subtract=merge(lambda x: x[0] - x[1]), multiply=merge(lambda x: np.prod(x, axis=0)),
    average=merge(lambda x: sum(x) / len(x)), maximum=merge(lambda x: np.max(x, axis=0)),
    minimum=merge(lambda x: np.min(x, axis=0)), dot=dot,
    concatenate=lambda *x_p, axis=-1: np.concatenate(x_p[:-1], axis), **table_layers.LAYERS)

# Each with what it is told and the shapes of its inputs, without the rows.
CASES = [
    ("dense", dict(units=3), [(5,)]), ("dense", dict(units=17, activation="tanh"), [(33,)]),
    ("dense", dict(units=4, activation="softmax", use_bias=False), [(3, 6)]), ("dense", dict(units=1), [(2, 3, 100)]),
    ("activation", dict(activation="silu"), [(3, 5)]), ("flatten", {}, [(3, 5)]), ("flatten", {}, [(4,)]),
    ("rescaling", dict(scale=2.5), [(7,)]), ("rescaling", dict(scale=1 / 255, offset=-0.5), [(3, 4)]),
    ("layer_normalization", {}, [(7,)]), ("layer_normalization", dict(epsilon=1e-5, scale=False), [(3, 20)]),
    ("layer_normalization", dict(center=False), [(2, 3, 33)]),
    ("rms_normalization", {}, [(7,)]), ("rms_normalization", dict(epsilon=0.01, scale=False), [(3, 20)]),
    ("group_normalization", {}, [(64,)]), ("group_normalization", dict(groups=2), [(3, 8)]),
    ("group_normalization", dict(groups=-1, epsilon=1e-5, center=False), [(5, 3)]),
    ("group_normalization", dict(groups=1, scale=False), [(4, 6)]), ("group_normalization", dict(groups=3), [(2, 2, 6)]),
    ("batch_normalization", {}, [(7,)]), ("batch_normalization", dict(epsilon=1e-5, center=False), [(3, 20)]),
    ("batch_normalization", dict(scale=False, axis=-1), [(5,)]),
    ("batch_normalization", dict(trainable=False, momentum=0.5), [(5,)]),
    ("relu", {}, [(9,)]), ("relu", dict(max_value=1.0, negative_slope=0.1, threshold=0.3), [(2, 9)]),
    ("leaky_relu", {}, [(9,)]), ("leaky_relu", dict(negative_slope=0.1), [(2, 9)]),
    ("elu", {}, [(9,)]), ("elu", dict(alpha=0.5), [(2, 9)]), ("softmax", {}, [(9,)]), ("softmax", dict(axis=2), [(3, 5)]),
    ("spectral_normalization", dict(layer="dense(4)", power_iterations=2), [(3, 5)]),
    ("softmax", dict(axis=1), [(3, 5)]), ("softmax", dict(axis=-2), [(2, 3, 20)]),
    ("layer_normalization", dict(axis=[1, 2]), [(3, 20)]), ("layer_normalization", dict(axis=[3, 1]), [(2, 3, 4)]),
    ("layer_normalization", dict(axis=1, epsilon=1e-5), [(5, 17)]),
    ("batch_normalization", dict(axis=1), [(3, 20)]), ("batch_normalization", dict(axis=-2), [(2, 3, 4)]),
    ("prelu", {}, [(9,)]), ("prelu", dict(shared_axes=[1]), [(3, 5)]), ("prelu", dict(shared_axes=[1, 2]), [(2, 3, 4)]),
    ("random_leaky_relu", {}, [(9,)]), ("random_leaky_relu", dict(lower=0.1, upper=0.5), [(2, 9)]),
    ("dropout", dict(rate=0.3), [(9,)]), ("alpha_dropout", dict(rate=0.3), [(9,)]),
    ("gaussian_dropout", dict(rate=0.3), [(9,)]), ("gaussian_noise", dict(stddev=0.3), [(9,)]),
    ("identity", {}, [(3, 5)]), ("unit_normalization", {}, [(7,)]), ("unit_normalization", {}, [(3, 20)]),
    ("reshape", dict(target_shape=[2, 6]), [(12,)]), ("reshape", dict(target_shape=[-1, 3]), [(2, 2, 3)]),
    ("permute", dict(dims=[2, 1]), [(3, 5)]), ("permute", dict(dims=[3, 1, 2]), [(2, 3, 17)]),
    ("repeat_vector", dict(n=3), [(5,)]), ("spatial_dropout", dict(rate=0.3), [(3, 5)]),
    ("activity_regularization", dict(l1=0.1, l2=0.2), [(9,)]),  # its penalty: see penalties.py
    *((kind, {}, shapes) for kind in ("add", "multiply", "average", "maximum", "minimum")
      for shapes in ([(5,)] * 2, [(3, 4)] * 3)), ("subtract", {}, [(3, 4)] * 2),
    ("concatenate", {}, [(5,), (3,)]), ("concatenate", dict(axis=-1), [(3, 4), (3, 2), (3, 17)]),
    ("concatenate", dict(axis=1), [(5,), (3,)]), ("concatenate", dict(axis=1), [(3, 17), (2, 17), (1, 17)]),
    ("concatenate", dict(axis=2), [(2, 3, 5), (2, 1, 5)]), ("concatenate", dict(axis=-3), [(2, 3, 5), (4, 3, 5)]),
    ("dot", dict(axes=1), [(5,)] * 2), ("dot", dict(axes=-1, normalize=True), [(37,)] * 2),
    ("dot", dict(axes=2), [(3, 4), (2, 4)]), ("dot", dict(axes=[1, 2], normalize=True), [(20, 3), (2, 20)]),
    ("dot", dict(axes=[1, 3]), [(5,), (2, 3, 5)]), ("dot", dict(axes=1), [(4, 3), (4,)]),
    ("dropout", dict(rate=0.3, noise_shape=[3, 1], seed=5), [(3, 9)]),
    ("alpha_dropout", dict(rate=0.3, noise_shape=[1, 9], seed=5), [(3, 9)]),
    *((kind, dict([(key, 0.3)], seed=5), [(3, 9)]) for kind, key in (
        ("gaussian_dropout", "rate"), ("gaussian_noise", "stddev"), ("spatial_dropout", "rate"))),
    *table_layers.CASES,
]

# What the penalties, the batteries of initializers and the whole net in optimizers.py hold to.
BESIDE = [f"{name}_{what}" for name in ("kernel", "bias", "gamma", "beta", "alpha", "moving_mean", "moving_variance")
          for what in ("initializer", "regularizer", "constraint")]
BESIDE += ["name", "trainable", "learning_rate_factor", "activity_regularizer"]  # of every layer
BESIDE += table_layers.BESIDE


def build(d, kind, told, shapes, **compiled):
    from driver import say
    inputs = [(f"x{i}", shape) for i, shape in enumerate(shapes)]
    names = " ".join(f"x{i}" for i in range(len(shapes)))
    d.model(*inputs, f"{say(kind, **told, name='it')} <- {names}", **compiled)


def stir(d, rng):
    """Parameters away from their first values; those that are variances stay above 0. Names without the layer."""
    return {name.split("/")[1]: d.write(name, np.abs(values) + 0.1 if "variance" in name or "range" in name else values)
            for name, values in ((name, rng.normal(0.2, 1, shape)) for name, shape in d.shapes.items())}


def check_forward(d, c, rng):
    from driver import f32, say
    for kind, told, shapes in CASES:
        build(d, kind, told, shapes)
        p = stir(d, rng)
        x = [f32(rng.normal(0.3, 1, (11, *shape))) for shape in shapes]
        if kind == "unit_normalization":
            x[0][3] = 0
        want = LAYERS[kind](*x, p, **told).reshape(11, -1)
        c.same(f"{say(kind, **told)} <- {shapes}", d.forward(*x), want)
        c.tell("layer", kind, *told)
    for kind, told, *_ in table_layers.WHOLE:
        c.tell("layer", kind, *told)
    c.tell("layer", "input", "shape")


def check_large_means(d, c, rng):
    """Statistics keep their figures where the mean is 1,000 times the deviation."""
    from driver import f32
    x = f32(1000 + rng.normal(0, 1, (64, 5)))
    for kind, told in [("layer_normalization", {}), ("group_normalization", dict(groups=1))]:
        build(d, kind, told, [(5,)])
        c.same(f"{kind} of a large mean", d.forward(x), LAYERS[kind](x, {}, **told))
    build(d, "normalization", {}, [(5,)])
    p = dict(mean=d.write("it/mean", x.mean(0)), variance=d.write("it/variance", x.var(0)))
    c.same("normalization of a large mean", d.forward(x), table_layers.normalization(x, p))


def check_axis(d, c, rng):
    """Batch normalization along another axis in training: the statistics are those of all other axes."""
    from driver import f32
    d.model("input(2, 3)", "batch_normalization(axis=1, momentum=0.9, name=bn)", optimizer="sgd(1e-12)")
    p = {name: d.write(name, np.abs(rng.normal(1, 0.5, shape))) for name, shape in d.shapes.items()}
    x = f32(rng.normal(0.5, 1, (16, 2, 3)))
    _, _, outputs, snapshots = d.train([(x, x)], rows=16, output=6)
    own = along({name[3:]: values for name, values in p.items()}, x.shape, (1,))
    c.same("batch_normalization(axis=1) in training", outputs[0].reshape(x.shape), scaled(normalized(x, (0, 2), 1e-3), own))
    c.same("batch_normalization(axis=1): moving mean", snapshots[-1]["bn/moving_mean"],
           0.9 * p["bn/moving_mean"] + 0.1 * x.mean((0, 2)))


# ---- tied weights ----

def check_dense_transpose(d, c, rng):
    """h = x k + b, y = f(h k' + c): the decoder has the encoder's kernel, whose gradient comes by both ways
    (Vincent et al., Stacked denoising autoencoders, JMLR 2010)."""
    from driver import f32, say
    x = f32(rng.normal(0, 1, (16, 5)))
    for told in (dict(dense="low"), dict(dense="low", activation="tanh"), dict(dense="low", use_bias=False)):
        d.model("input(5)", "dense(3, name=low)", say("dense_transpose", **told, name="high"), optimizer="sgd(0.1)")
        p = {name: d.write(name, rng.normal(0, 0.5, shape)) for name, shape in d.shapes.items()}
        _, _, outputs, snapshots = d.train([(x, x)] * 100, rows=16, output=5)
        f = np.tanh if "activation" in told else lambda y: y
        for step in range(100):
            h = x @ p["low/kernel"] + p["low/bias"]
            y = f(h @ p["low/kernel"].T + p.get("high/bias", 0))
            if step == 0:
                c.same(f"{say('dense_transpose', **told)}: output", outputs[0], y)
            dz = 2 * (y - x) / x.size * (1 - y ** 2 if "activation" in told else 1)
            dh = dz @ p["low/kernel"]
            slope = {"low/kernel": x.T @ dh + dz.T @ h, "low/bias": dh.sum(0), "high/bias": dz.sum(0)}
            p = {name: p[name] - 0.1 * slope[name] for name in p}
        for name in p:
            c.same(f"{say('dense_transpose', **told)}: {name} after 100 steps", snapshots[-1][name], p[name])
        c.tell("layer", "dense_transpose", *told)


# ---- batch normalization in training ----

def check_batch_normalization(d, c, rng):
    """Output by the batch's own statistics, moving statistics after each step, gradients of x, gamma and beta, by training
    h = x w, y = batch_normalization(h) against t for 200 steps."""
    from driver import f32, say
    for told in (dict(momentum=0.9), dict(momentum=0.99, epsilon=1e-5, scale=False), dict(momentum=0.5, center=False)):
        told_all = dict(dict(epsilon=1e-3, scale=True, center=True), **told)
        d.model("input(4)", "dense(6, use_bias=false)", say("batch_normalization", **told, name="bn"), optimizer="sgd(0.1)")
        names = list(d.shapes)
        p = {name: d.write(name, np.abs(rng.normal(1, 0.5, shape))) for name, shape in d.shapes.items()}
        batches = [(f32(rng.normal(0.5, 1, (16, 4))), f32(rng.normal(0, 1, (16, 6)))) for _ in range(200)]
        _, _, outputs, snapshots = d.train(batches, rows=16, every=20, output=6)
        want_y, want_p = [], []
        for i, (x, t) in enumerate(batches):
            y, p = batch_step(x, t, p, told_all)
            want_y.append(y)
            if (i + 1) % 20 == 0:
                want_p.append(p)
        spec = say("batch_normalization", **told)
        c.same(f"{spec} in training: outputs", outputs, np.array(want_y))
        for name in names:
            c.same(f"{spec} in training: {name}", [s[name] for s in snapshots], [s[name] for s in want_p])
    frozen_stays(d, c, rng)


def batch_step(x, t, p, told, rate=0.1):
    """One step of sgd. dh = a (dy - mean dy - z mean(dy z)), a = gamma / deviation, z = (h - mean) / deviation."""
    h = x @ p["dense/kernel"]
    deviation = np.sqrt(h.var(0) + told["epsilon"])
    z = (h - h.mean(0)) / deviation
    y = p.get("bn/gamma", 1) * z + p.get("bn/beta", 0)
    dy = 2 * (y - t) / y.size
    dh = p.get("bn/gamma", 1) / deviation * (dy - dy.mean(0) - z * (dy * z).mean(0))
    after, m = dict(p), told["momentum"]
    after["dense/kernel"] = p["dense/kernel"] - rate * x.T @ dh
    if told["scale"]:
        after["bn/gamma"] = p["bn/gamma"] - rate * (dy * z).sum(0)
    if told["center"]:
        after["bn/beta"] = p["bn/beta"] - rate * dy.sum(0)
    after["bn/moving_mean"] = m * p["bn/moving_mean"] + (1 - m) * h.mean(0)
    after["bn/moving_variance"] = m * p["bn/moving_variance"] + (1 - m) * h.var(0)
    return y, after


def frozen_stays(d, c, rng):
    """A frozen one works as in use while the net trains, and nothing of it changes."""
    from driver import f32
    d.model("input(4)", "dense(6)", "batch_normalization(trainable=false, name=bn)", optimizer="sgd(0.1)")
    p = {name: d.write(name, np.abs(rng.normal(1, 0.5, shape))) for name, shape in d.shapes.items()}
    x = f32(rng.normal(0.5, 1, (16, 4)))
    _, _, outputs, snapshots = d.train([(x, f32(rng.normal(0, 1, (16, 6))))] * 3, rows=16, output=6)
    h = x @ p["dense/kernel"] + p["dense/bias"]
    own = {name[3:]: values for name, values in p.items() if name.startswith("bn/")}
    c.same("a frozen batch_normalization in training", outputs[0], batch_normalization(h, own))
    for name in own:
        c.same(f"a frozen batch_normalization: {name}", snapshots[-1]["bn/" + name], own[name], allowed=1e-30)


# ---- noise ----

def normal_cdf(x):
    return 0.5 * np.vectorize(math.erfc)(-x / math.sqrt(2))


def distance(drawn, cdf):
    """Kolmogorov and Smirnov's, times the root of how many there are: above 2.5 once in 100,000 times by chance."""
    drawn = np.sort(drawn.ravel())
    n = len(drawn)
    level = cdf(drawn)
    return math.sqrt(n) * max((np.arange(1, n + 1) / n - level).max(), (level - np.arange(n) / n).max())


def check_drawn(c, what, drawn, cdf):
    c.same(f"{what}: distribution", distance(drawn, cdf), 0, scale=1, allowed=2.5)
    check_apart(c, what, drawn)


def check_apart(c, what, drawn):
    z = normal_scores(drawn)
    for axis, name in enumerate(("steps", "rows", "columns")):  # what is drawn does not depend on what is drawn beside it
        a, b = (np.moveaxis(z, axis, 0)[k] for k in (slice(None, -1), slice(1, None)))
        c.same(f"{what}: from one to the next of the {name}", (a * b).mean() * math.sqrt(a.size), 0, scale=1, allowed=4)


def normal_scores(x):
    return (x - x.mean()) / x.std()


def noise_of(d, kind, told, x, steps):
    """What the layer gives for x in so many training steps."""
    from driver import say
    width = x.shape[1]
    d.model(f"input({width})", say(kind, **told))
    return d.train([(x, 0 * x)] * steps, rows=len(x), output=width)[2]


def check_noise(d, c, rng):
    steps, rows, width = 7, 60, 37
    ones = np.ones((rows, width))
    for rate in (0.1, 0.5, 0.8):
        y = noise_of(d, "dropout", dict(rate=rate), ones, steps)
        kept = y != 0
        c.same(f"dropout({rate}): what is kept", y[kept], np.full(kept.sum(), 1 / (1 - rate)))
        check_shares(c, f"dropout({rate})", kept, 1 - rate)
        y = noise_of(d, "alpha_dropout", dict(rate=rate), ones, steps)
        limit = -SELU_SCALE * SELU_ALPHA  # what is dropped; then a x + b keep mean 0 and variance 1
        a = ((1 - rate) * (1 + rate * limit ** 2)) ** -0.5
        b = -a * rate * limit
        kept = y > (a + 2 * b + a * limit) / 2
        c.same(f"alpha_dropout({rate}): the values", y, np.where(kept, a + b, a * limit + b))
        check_shares(c, f"alpha_dropout({rate})", kept, 1 - rate)
        deviation = math.sqrt(rate / (1 - rate))
        y = noise_of(d, "gaussian_dropout", dict(rate=rate), 2 * ones, steps)
        check_drawn(c, f"gaussian_dropout({rate})", (y / 2 - 1) / deviation, normal_cdf)
        y = noise_of(d, "gaussian_noise", dict(stddev=rate), 3 * ones, steps)
        check_drawn(c, f"gaussian_noise({rate})", (y - 3) / rate, normal_cdf)
    for kind in ("dropout", "alpha_dropout", "gaussian_dropout"):  # a rate by a schedule; steps 0 to 6
        y = noise_of(d, kind, dict(rate="piecewise_constant_decay([1, 4], [0.5, 0, 0.2])"), ones, steps)
        c.same(f"{kind}, rate 0", y[2:5], np.ones((3, rows, width)))
        for at, rate in ((slice(0, 2), 0.5), (slice(5, 7), 0.2)):
            if kind == "dropout":
                kept = y[at] != 0
                c.same(f"dropout({rate} for two steps)", y[at][kept], np.full(kept.sum(), 1 / (1 - rate)))
                check_shares(c, f"dropout({rate} for two steps)", kept, 1 - rate)
            else:
                c.same(f"{kind}({rate} for two steps) has noise", (y[at] == 1).mean() < 0.9, True)
    check_columns(d, c, steps, rows, width)
    y = noise_of(d, "random_leaky_relu", dict(lower=0.1, upper=0.4), -ones, steps)
    check_drawn(c, "random_leaky_relu", -y, lambda x: np.clip((x - 0.1) / 0.3, 0, 1))
    y = noise_of(d, "random_leaky_relu", dict(lower=0.1, upper=0.4), ones, steps)
    c.same("random_leaky_relu above 0", y[0], ones)


def check_columns(d, c, steps, rows, width):
    """spatial_dropout: a column is dropped on all lines of its row or on none (Tompson et al., CVPR 2015)."""
    d.model(f"input(3, {width})", "spatial_dropout(0.4)")
    x = np.ones((rows, 3, width))
    y = d.train([(x, 0 * x)] * steps, rows=rows, output=3 * width)[2].reshape(steps, rows, 3, width)
    c.same("spatial_dropout: the lines of a row", y, np.repeat(y[:, :, :1], 3, 2), allowed=1e-30)
    kept = y[:, :, 0] != 0
    c.same("spatial_dropout: what is kept", y[:, :, 0][kept], np.full(kept.sum(), 1 / 0.6))
    check_shares(c, "spatial_dropout", kept, 0.6)


def check_noise_shape(d, c, rng):
    """Where noise_shape has a 1, what is dropped is shared along that axis, and by nothing else."""
    steps, rows, dims = 5, 40, (4, 3, 37)
    x = np.ones((rows, *dims))
    for kind, mask in [("dropout", (4, 3, 1)), ("dropout", (1, 3, 37)), ("dropout", (4, 1, 37)), ("alpha_dropout", (4, 1, 1))]:
        d.model("input(4, 3, 37)", f"{kind}(0.3, noise_shape={list(mask)})")
        y = d.train([(x, 0 * x)] * steps, rows=rows, output=x[0].size)[2].reshape(steps, rows, *dims)
        own = y[tuple([slice(None)] * 2 + [slice(0, k) for k in mask])]
        c.same(f"{kind}(noise_shape={mask}): shared", y, np.broadcast_to(own, y.shape), allowed=1e-30)
        check_shares(c, f"{kind}(noise_shape={mask})", own.reshape(steps, rows, -1) > 0.5, 0.7)


def check_seeds(d, c, rng):
    """With a seed of its own a layer draws the same wherever it stands and whatever the run's seed is."""
    from driver import Driver, say
    x = np.ones((20, 30))
    for kind, key in (("dropout", "rate"), ("alpha_dropout", "rate"), ("gaussian_dropout", "rate"),
                      ("gaussian_noise", "stddev"), ("spatial_dropout", "rate")):
        other = Driver(seed=7)
        drawn = {}
        for seed in (5, 6):
            layer = say(kind, **{key: 0.4}, seed=seed)
            d.model("input(30)", layer)
            other.model("input(30)", "activation(linear)", "gaussian_noise(0)", layer)
            drawn[seed], elsewhere = (at.train([(x, 0 * x)] * 3, rows=20, output=30)[2] for at in (d, other))
            c.same(f"{layer} elsewhere", elsewhere, drawn[seed], allowed=1e-30)
            c.same(f"{layer}: a step after the other", float((drawn[seed][0] == drawn[seed][1]).all()), 0, scale=1)
        c.same(f"{kind}: seeds differ", float((drawn[5] == drawn[6]).all()), 0, scale=1)
        other.close()


def check_shares(c, what, kept, share):
    deviation = math.sqrt(share * (1 - share) / kept.size)
    c.same(f"{what}: share of what is kept", kept.mean(), share, scale=deviation, allowed=4)
    check_apart(c, what, kept.astype(float))


def check_averages(d, c, rng):
    """Monte Carlo: noise at work in predictions, and its mean the plain one within its own error."""
    d.model("input(40)", "dropout(0.4)")
    x = np.ones((500, 40))
    y = d.forward(x, noisy=True)
    c.same("a noisy prediction's mean", y.mean(), 1, scale=math.sqrt(0.4 / 0.6 / y.size), allowed=4)
    c.same("a plain prediction", d.forward(x), x)


def main():
    from driver import Comparison, Driver, rng
    d = Driver()
    c = Comparison("layers", d)
    for check in (check_forward, check_large_means, check_dense_transpose,
                  check_batch_normalization, check_axis, check_noise, check_noise_shape, check_seeds, check_averages):
        check(d, c, rng)
    c.finish("layer", beside=BESIDE)


if __name__ == "__main__":
    main()
