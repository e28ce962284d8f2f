"""Optimizers: what an update makes of the parameters x, given their gradient g (Keras's definitions).

    sgd        Robbins and Monro, A stochastic approximation method, 1951; momentum: Polyak, Some methods of speeding up
               the convergence of iteration methods, 1964; nesterov: Sutskever, Martens, Dahl and Hinton, On the
               importance of initialization and momentum in deep learning, ICML 2013
    rmsprop    Tieleman and Hinton, Lecture 6.5, Neural networks for machine learning, 2012; centered: Graves, Generating
               sequences with recurrent neural networks, 2013
    adagrad    Duchi, Hazan and Singer, Adaptive subgradient methods, JMLR 2011
    adadelta   Zeiler, ADADELTA: an adaptive learning rate method, 2012
    adam       Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015 (adamax, too); amsgrad: Reddi, Kale
               and Kumar, On the convergence of Adam and beyond, ICLR 2018
    adamw      Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019
    nadam      Dozat, Incorporating Nesterov momentum into Adam, ICLR workshop 2016
    lion       Chen et al., Symbolic discovery of optimization algorithms, NeurIPS 2023
    ftrl       McMahan et al., Ad click prediction: a view from the trenches, KDD 2013
    lamb       You et al., Large batch optimization for deep learning: training BERT in 76 minutes, ICLR 2020
    adafactor  Shazeer and Stern, Adafactor: adaptive learning rates with sublinear memory cost, ICML 2018
    muon       Jordan et al., Muon: an optimizer for hidden layers in neural networks, 2024; scale of the steps: Liu et
               al., Muon is scalable for LLM training, 2025
    schedule_free_adamw   Defazio et al., The road less scheduled, NeurIPS 2024
    lookahead  Zhang, Lucas, Hinton and Ba, Lookahead optimizer: k steps forward, 1 step back, NeurIPS 2019

An optimizer is a function (x, g, rate, t, s, ...) -> x: t = 1, 2, ... counts updates, s holds what it remembers between
them, which begins at 0 unless it is said.
"""
import functools

import numpy as np

import schedules


def sgd(x, g, rate, t, s, momentum=0, nesterov=False):
    if momentum == 0:
        return x - rate * g
    s["momentum"] = momentum * s.get("momentum", 0) - rate * g
    return x + (momentum * s["momentum"] - rate * g if nesterov else s["momentum"])


def rmsprop(x, g, rate, t, s, rho=0.9, momentum=0, epsilon=1e-7, centered=False):
    s["velocity"] = rho * s.get("velocity", 0) + (1 - rho) * g ** 2
    spread = s["velocity"] + epsilon
    if centered:  # the variance of the gradient in place of its square
        s["average"] = rho * s.get("average", 0) + (1 - rho) * g
        spread = spread - s["average"] ** 2
    step = rate * g / np.sqrt(spread)
    if momentum > 0:
        step = s["momentum"] = momentum * s.get("momentum", 0) + step
    return x - step


def adagrad(x, g, rate, t, s, initial_accumulator_value=0.1, epsilon=1e-7):
    s["accumulator"] = s.get("accumulator", initial_accumulator_value) + g ** 2
    return x - rate * g / np.sqrt(s["accumulator"] + epsilon)


def adadelta(x, g, rate, t, s, rho=0.95, epsilon=1e-7):
    s["gradients"] = rho * s.get("gradients", 0) + (1 - rho) * g ** 2
    step = -np.sqrt((s.get("steps", 0) + epsilon) / (s["gradients"] + epsilon)) * g
    s["steps"] = rho * s.get("steps", 0) + (1 - rho) * step ** 2
    return x + rate * step


def adam(x, g, rate, t, s, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False):
    """epsilon is added before the bias correction: Keras's way, the paper's second form."""
    s["m"] = beta_1 * s.get("m", 0) + (1 - beta_1) * g
    s["v"] = v = beta_2 * s.get("v", 0) + (1 - beta_2) * g ** 2
    if amsgrad:
        v = s["largest"] = np.maximum(s.get("largest", 0), v)
    return x - rate * np.sqrt(1 - beta_2 ** t) / (1 - beta_1 ** t) * s["m"] / (np.sqrt(v) + epsilon)


adamw = adam  # with a weight_decay of 0.004 unless it is said


def adamax(x, g, rate, t, s, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    s["m"] = beta_1 * s.get("m", 0) + (1 - beta_1) * g
    s["u"] = np.maximum(beta_2 * s.get("u", 0), np.abs(g))
    return x - rate * s["m"] / ((1 - beta_1 ** t) * (s["u"] + epsilon))


def nadam(x, g, rate, t, s, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    now, after = (beta_1 * (1 - 0.5 * 0.96 ** k) for k in (t, t + 1))
    s["product"] = s.get("product", 1) * now
    s["m"] = beta_1 * s.get("m", 0) + (1 - beta_1) * g
    s["v"] = beta_2 * s.get("v", 0) + (1 - beta_2) * g ** 2
    mean = after * s["m"] / (1 - s["product"] * after) + (1 - now) * g / (1 - s["product"])
    return x - rate * mean / (np.sqrt(s["v"] / (1 - beta_2 ** t)) + epsilon)


def lion(x, g, rate, t, s, beta_1=0.9, beta_2=0.99):
    m = s.get("m", 0)
    s["m"] = beta_2 * m + (1 - beta_2) * g
    return x - rate * np.sign(beta_1 * m + (1 - beta_1) * g)


def ftrl(x, g, rate, t, s, learning_rate_power=-0.5, initial_accumulator_value=0.1, l1_regularization_strength=0,
         l2_regularization_strength=0, l2_shrinkage_regularization_strength=0, beta=0):
    if np.all(rate == 0):  # the limit of ever smaller rates
        return x
    q, n = -learning_rate_power, s.get("n", np.full_like(x, initial_accumulator_value))
    s["n"] = n + g ** 2
    z = s.get("z", 0) + g + 2 * l2_shrinkage_regularization_strength * x - (s["n"] ** q - n ** q) / rate * x
    s["z"] = z
    curve = s["n"] ** q / rate + 2 * l2_regularization_strength + beta / rate
    up = np.clip(z, -l1_regularization_strength, l1_regularization_strength) - z
    return np.divide(up, curve, out=np.zeros_like(x), where=curve > 0)  # 0 / 0: there never was a gradient


def schedule_free_adamw(x, g, rate, t, s, beta_1=0.9, beta_2=0.999, epsilon=1e-8, warmup_steps=0):
    z = s.get("z", s["before"])  # the weights before the first decay
    s["v"] = beta_2 * s.get("v", 0) + (1 - beta_2) * g ** 2
    mean = (x - (1 - beta_1) * z) / beta_1
    if warmup_steps:
        rate = rate * min(1, t / warmup_steps)
    s["z"] = z - rate * g / (np.sqrt(s["v"] / (1 - beta_2 ** t)) + epsilon)
    mean = (1 - 1 / t) * mean + s["z"] / t
    return (1 - beta_1) * s["z"] + beta_1 * mean


def rested(x, s, beta_1=0.9, **own):
    """The average of schedule_free_adamw: what the end of a fit leaves."""
    return (x - (1 - beta_1) * s["z"]) / beta_1


# ---- optimizers that need a whole parameter ----

SHAPES = [(5, 4), (4,), (5, 4), (4,)]  # of the net below
NAMES = ["a/kernel", "a/bias", "b/kernel", "b/bias"]


def by_parameter(update):
    """An optimizer of all numbers, made of one for an array and its name."""
    def of_all(x, g, rate, t, s, **own):
        parts, at = [], 0
        rate = np.broadcast_to(rate, x.shape)
        for name, shape in zip(NAMES, SHAPES):
            piece = slice(at, at + int(np.prod(shape)))
            at = piece.stop
            moved = update(x[piece].reshape(shape), g[piece].reshape(shape), rate[piece][0], t, s.setdefault(name, {}), name, **own)
            parts.append(moved.ravel())
        return np.concatenate(parts)
    return of_all


def rms(x):
    return np.sqrt(np.mean(x ** 2))


@by_parameter
def lamb(x, g, rate, t, s, name, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    s["m"] = beta_1 * s.get("m", 0) + (1 - beta_1) * g
    s["v"] = beta_2 * s.get("v", 0) + (1 - beta_2) * g ** 2
    u = s["m"] / (1 - beta_1 ** t) / (np.sqrt(s["v"] / (1 - beta_2 ** t)) + epsilon)
    far, long = np.linalg.norm(x), np.linalg.norm(u)
    return x - rate * (far / long if far > 0 and long > 0 else 1) * u


@by_parameter
def adafactor(x, g, rate, t, s, name, beta_2_decay=-0.8, epsilon_1=1e-30, epsilon_2=1e-3, clip_threshold=1, relative_step=True):
    new = t ** beta_2_decay
    square = g ** 2 + epsilon_1
    if x.ndim == 2:
        s["r"] = (1 - new) * s.get("r", 0) + new * square.mean(1)
        s["c"] = (1 - new) * s.get("c", 0) + new * square.mean(0)
        v = np.outer(s["r"] / s["r"].mean(), s["c"])
    else:
        v = s["v"] = (1 - new) * s.get("v", 0) + new * square
    u = g / np.sqrt(v)
    u = u / max(1, rms(u) / clip_threshold)
    return x - max(epsilon_2, rms(x)) * min(rate, 1 / np.sqrt(t)) * u


@by_parameter
def muon(x, g, rate, t, s, name, adam_beta_1=0.9, adam_beta_2=0.999, epsilon=1e-7, exclude_layers="", exclude_embeddings=True,
         muon_a=3.4445, muon_b=-4.775, muon_c=2.0315, adam_lr_ratio=1, momentum=0.95, ns_steps=5, nesterov=True, rms_rate=0.2):
    if x.ndim != 2 or name.split("/")[0] == exclude_layers.strip("'"):
        return adam(x, g, rate * adam_lr_ratio, t, s, adam_beta_1, adam_beta_2, epsilon)
    s["m"] = momentum * s.get("m", 0) + g
    y = g + momentum * s["m"] if nesterov else s["m"]
    y = y.T  # the shorter axis as rows
    y = y / (np.linalg.norm(y) + 1e-7)
    for _ in range(ns_steps):
        a = y @ y.T
        y = muon_a * y + (muon_b * a + muon_c * a @ a) @ y
    return x - rate * rms_rate * np.sqrt(max(x.shape)) * y.T


# ---- what happens around an update ----

def clipped(g, pieces, clipnorm=0, clipvalue=0, global_clipnorm=0):
    """clipnorm holds for each parameter (a piece of g) by itself, global_clipnorm for all of them together
    (Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, ICML 2013)."""
    if clipvalue:
        return np.clip(g, -clipvalue, clipvalue)
    if global_clipnorm:
        return g * (global_clipnorm / max(np.linalg.norm(g), global_clipnorm))
    if clipnorm:
        g = g.copy()
        for piece in pieces:
            g[piece] *= clipnorm / max(np.linalg.norm(g[piece]), clipnorm)
    return g


def train(update, x, gradients, pieces, rate=lambda i: 0.01, factor=1.0, weight_decay=0, decays=1.0, turned=lambda i: {},
          use_ema=False, ema_momentum=0.99, ema_overwrite_frequency=0, gradient_accumulation_steps=0, lookahead_steps=0,
          lookahead_rate=0.5, every=100, rest=lambda x, s: x, **clipping):
    """x after each `every` of the gradients (one row a step), and at last what the end of a fit leaves. In the order of
    Keras: accumulate -> clip -> decay -> update -> average. `factor`: of the learning rate, `decays`: 1 where weight decay
    holds, 0 where it is left out; both for each number of x. `turned`: what a schedule makes of the momentum. A schedule
    counts batches, t the updates."""
    s, t, average, slow, seen = dict(before=x), 0, None, x, []
    k = max(1, gradient_accumulation_steps)
    for i, _ in enumerate(gradients):
        if (i + 1) % k == 0:
            t += 1
            g = clipped(gradients[i + 1 - k:i + 1].mean(0), pieces, **clipping)
            now = rate(i) * factor
            x = x - x * (weight_decay(i) if callable(weight_decay) else weight_decay) * now * decays
            x = update(x, g, now, t, s, **turned(i))
            if lookahead_steps and t % lookahead_steps == 0:
                x = slow = slow + lookahead_rate * (x - slow)
            if use_ema:
                average = x if t == 1 else ema_momentum * average + (1 - ema_momentum) * x
                if ema_overwrite_frequency and t % ema_overwrite_frequency == 0:
                    x = average
        if (i + 1) % every == 0:
            seen.append(x)
    left = len(gradients) % k
    if left:  # what is left makes an update of its own
        t += 1
        i = len(gradients) - 1
        g = clipped(gradients[-left:].mean(0), pieces, **clipping)
        now = rate(i) * factor
        x = x - x * weight_decay * now * decays
        x = update(x, g, now, t, s, **turned(i))
        if lookahead_steps and t % lookahead_steps == 0:
            x = slow + lookahead_rate * (x - slow)
        if use_ema:
            average = x if t == 1 else ema_momentum * average + (1 - ema_momentum) * x
    return seen + [average if use_ema else rest(x, s)]


# ---- a net whose gradients are known beforehand ----
#
# y = a(x) + b(x), two dense layers of 4 units, trained on single rows against targets far away: the mean absolute error
# then has the slope -sign(target) / 4 for each unit wherever the weights are, times the weight of the row. The gradient of
# a kernel is the outer product of x and that, and as x and weights have few digits it is exact in float32. Nothing feeds
# back into the gradients, so what float32 rounds adds up and does not grow.
#
# What float32 cannot do, and is kept out of here: 1,000 equal steps are all rounded the same way (1.3e-5 in sum, hence
# the weights of rows and lion's rate of 1/256); a decay of 4e-7 of x a step is 7 units in the last place, of which the
# rounding takes half a one, again and again (1.4e-5 in sum, hence adamw's larger decay under schedules); lion's step is a
# sign, which is anybody's where the momentum is 0 but for rounding (hence no such place in these 48,000). Lion's equal
# steps under a schedule are 1.2e-5 off, and 2e-5 is allowed them.

FAN_IN, UNITS, STEPS, EVERY = 5, 4, 1000, 100
FAR = 2.0 ** 20
LAYERS = ["input(5, name=x)", "dense(4, name=a) <- x", "dense(4, name=b, learning_rate_factor=0.25) <- x", "add() <- a b"]


def make_batches(rng):
    """1,000 rows: columns of several sizes, one of zeros, and a stretch without any gradient in the kernels."""
    x = np.round(rng.normal(0.2, 1, (STEPS, FAN_IN)) * 256) / 256 * [2 ** -10, 2 ** -3, 1, 4, 0]
    x[400:420] = 0
    sides = np.where(rng.random((STEPS, UNITS)) < [0.5, 0.6, 0.7, 0.8], 1.0, -1.0)
    weights = rng.integers(8, 25, STEPS) / 16
    return x, sides, weights


def gradients_of(x, sides, weights):
    """One row a step: a's kernel and bias, then b's."""
    slope = -sides / UNITS * weights[:, None]
    kernel = (x[:, :, None] * slope[:, None, :]).reshape(STEPS, -1)
    return np.concatenate([kernel, slope, kernel, slope], 1)


# Each optimizer with every key of its own.
OWN = [
    (sgd, {}), (sgd, dict(momentum=0.9)), (sgd, dict(momentum=0.8, nesterov=True)), (sgd, dict(nesterov=True)),
    (rmsprop, {}), (rmsprop, dict(rho=0.8)), (rmsprop, dict(centered=True)), (rmsprop, dict(momentum=0.7)),
    (rmsprop, dict(momentum=0.7, centered=True, epsilon=1e-3)),
    (adagrad, {}), (adagrad, dict(initial_accumulator_value=0.5)), (adagrad, dict(epsilon=0.1)),
    (adadelta, {}), (adadelta, dict(rho=0.9)), (adadelta, dict(epsilon=1e-4)),
    (adam, {}), (adam, dict(beta_1=0.8, beta_2=0.99)), (adam, dict(amsgrad=True)), (adam, dict(epsilon=0.01)),
    (adamw, {}), (adamw, dict(amsgrad=True, weight_decay=0.3)), (adamw, dict(beta_1=0.5, beta_2=0.9, epsilon=1e-3)),
    (adamax, {}), (adamax, dict(beta_1=0.8, beta_2=0.99, epsilon=1e-3)),
    (nadam, {}), (nadam, dict(beta_1=0.8, beta_2=0.99, epsilon=1e-3)),
    (lion, {}), (lion, dict(beta_1=0.8, beta_2=0.95)),
    (ftrl, {}), (ftrl, dict(l1_regularization_strength=0.5, l2_regularization_strength=0.1)),
    (ftrl, dict(learning_rate_power=-0.4, l2_shrinkage_regularization_strength=0.01, beta=0.3)),
    (ftrl, dict(learning_rate_power=0, initial_accumulator_value=1)), (ftrl, dict(initial_accumulator_value=0)),
    (lamb, {}), (lamb, dict(beta_1=0.8, beta_2=0.99, epsilon=1e-3)),
    (adafactor, {}), (adafactor, dict(beta_2_decay=-0.5, epsilon_1=1e-6, epsilon_2=0.01, relative_step=False)),
    (adafactor, dict(clip_threshold=0.5)),
    (muon, {}), (muon, dict(exclude_layers="'b'", adam_weight_decay=0.1, adam_lr_ratio=0.5, adam_beta_1=0.8, adam_beta_2=0.99)),
    (muon, dict(nesterov=False, momentum=0.8, ns_steps=3, rms_rate=0.5, epsilon=1e-3, exclude_embeddings=False)),
    (muon, dict(muon_a=2.0, muon_b=-1.5, muon_c=0.5, ns_steps=8)),
    (schedule_free_adamw, {}), (schedule_free_adamw, dict(beta_1=0.7, beta_2=0.99, epsilon=1e-3, warmup_steps=50)),
]

# Each optimizer with each of these.
COMMON = [
    dict(weight_decay=0.1), dict(weight_decay=0.1, exclude_from_weight_decay="'*bias|b/*'"), dict(clipnorm=0.3),
    dict(clipvalue=0.2), dict(global_clipnorm=0.5), dict(use_ema=True), dict(use_ema=True, ema_momentum=0.9),
    dict(use_ema=True, ema_momentum=0.95, ema_overwrite_frequency=7), dict(gradient_accumulation_steps=3),
    dict(lookahead_steps=5), dict(lookahead_steps=7, lookahead_rate=0.8, use_ema=True),
    dict(gradient_accumulation_steps=4, clipnorm=0.1, weight_decay=0.05, use_ema=True, ema_overwrite_frequency=10),
]


# What a schedule with a momentum turns; the others have none.
MOMENTUM = dict(sgd="momentum", rmsprop="momentum", adam="beta_1", adamw="beta_1", adamax="beta_1", nadam="beta_1",
                lamb="beta_1")


def turn(key, schedule, told, i):
    return {key: schedules.momentum_of(schedule, i, **told)}


def names_of(function):
    return [name for name, value in globals().items() if value is function and name != "function"]


def main():
    import driver
    d = driver.Driver()
    c = driver.Comparison("optimizers", d)
    rows = make_batches(driver.rng)
    batches = [(x, side * FAR, weight) for x, side, weight in zip(*rows)]
    g = gradients_of(*rows)
    pieces, factor = [], []
    is_decayed = {"": [], "excluded": []}

    def check(name, told, common, rate, allowed=None, turned=lambda i: {}):
        spec = driver.say(name, learning_rate=told.pop("learning_rate"), **told, **common)
        d.model(*LAYERS, optimizer=spec, loss="mean_absolute_error")
        start = 0.25 if name in ("schedule_free_adamw", "lamb", "adafactor") else 0.0  # these depend on where they begin
        for parameter in d.shapes:
            d.write(parameter, start)
        _, _, _, snapshots = d.train(batches, every=EVERY)
        d.ask("settle")
        snapshots.append({parameter: d.read(parameter) for parameter in d.shapes})
        got = np.array([np.concatenate([s[p].ravel() for p in d.shapes]) for s in snapshots])
        if not pieces:  # where each parameter lies, and what its layer is told
            at = 0
            for parameter, shape in d.shapes.items():
                size = int(np.prod(shape))
                pieces.append(slice(at, at + size))
                factor.extend([0.25 if parameter.startswith("b/") else 1.0] * size)
                is_decayed["excluded"].extend([0.0 if parameter != "a/kernel" else 1.0] * size)
                at += size
        options = dict(common)
        own = dict(told)
        excluded = options.pop("exclude_from_weight_decay", None)
        decay = own.pop("weight_decay", 0.004 if name in ("adamw", "muon") else 0)
        if isinstance(options.get("weight_decay"), schedules.Inner):
            options["weight_decay"] = options["weight_decay"].at
        options.setdefault("weight_decay", decay)
        decays = np.array(is_decayed["excluded"]) if excluded else 1.0
        if name == "muon":  # what adam updates has a decay of its own
            by_adam = np.array([parameter.endswith("bias") or parameter.split("/")[0] == own.get("exclude_layers", "").strip("'")
                                for parameter, shape in d.shapes.items() for _ in range(int(np.prod(shape)))])
            of_adam = own.pop("adam_weight_decay", 0.004)
            now = options["weight_decay"]
            if callable(now):
                options["weight_decay"] = lambda i: np.where(by_adam, of_adam, now(i))
            else:
                options["weight_decay"], decays = 1.0, decays * np.where(by_adam, of_adam, now)
        rest = functools.partial(rested, **own) if name == "schedule_free_adamw" else lambda x, s: x
        update = functools.partial(globals()[name], **own)
        want = np.array(train(update, np.full(g.shape[1], start), g, pieces, rate, np.array(factor), turned=turned, every=EVERY,
                              decays=decays, rest=rest, **options))
        if name in ("schedule_free_adamw", "muon") and d.bytes == 4:
            allowed = 3e-5  # the average is got back from x in each step; the iteration makes small numbers large
        # number by number, against how far each has come
        c.same(spec, got, want, scale=np.maximum(np.abs(want).max(0), 1e-30), allowed=allowed)
        c.tell("optimizer", name, "learning_rate", *told, *common)

    usual = dict(sgd=0.05, rmsprop=0.01, adagrad=0.1, adadelta=1.0, adam=0.01, adamw=0.01, adamax=0.01, nadam=0.01, lion=1 / 256,
                 ftrl=0.1, lamb=0.01, adafactor=0.02, muon=0.01, schedule_free_adamw=0.02)
    for name in dict.fromkeys(n for f, _ in OWN for n in names_of(f)):
        lr = usual.get(name, 0.01)
        for _, told in (case for case in OWN if name in names_of(case[0])):
            check(name, dict(told, learning_rate=lr), {}, lambda i: lr)
        for common in COMMON:
            told = dict(momentum=0.9) if name == "sgd" else {}
            check(name, dict(told, learning_rate=lr), common, lambda i: lr)
        falling = schedules.Inner(schedules.flat_cos, initial_learning_rate=0.1, decay_steps=0.8)
        check(name, dict(learning_rate=lr), dict(weight_decay=falling), lambda i: lr)
        for schedule, told in schedules.CASES:
            if told.get("steps") == 3 or {"rule", "schedule", "schedules"} & set(told) or \
                    (schedule.__name__ in schedules.NEWER and "max_momentum" not in told and name != "sgd") or \
                    (any(schedules.is_part(told[key]) for key in schedules.STEPS & set(told)) and name != "sgd"):
                continue  # next to no rate from the third step on, 1,000 roundings and no way; rules: see schedules.py
            turned = functools.partial(turn, MOMENTUM.get(name), schedule, told) if "max_momentum" in told else lambda i: {}
            if "max_momentum" in told and name not in MOMENTUM:
                continue
            told = {key: [v * lr * 20 for v in value] if key == "values" else
                    value * lr * 20 if key in ("initial_learning_rate", "value", "max_learning_rate", "warmup_target",
                                               "end_learning_rate", "start_learning_rate", "last_learning_rate")
                    else value for key, value in told.items()}
            spec = driver.say(schedule.__name__, **told)
            decay = dict(weight_decay=0.1) if name == "adamw" else {}
            check(name, dict(decay, learning_rate=spec), dict(gradient_accumulation_steps=2),
                  functools.partial(schedule, **told), 2e-5 if name == "lion" and d.bytes == 4 else None, turned)
    c.finish("optimizer")


if __name__ == "__main__":
    main()
