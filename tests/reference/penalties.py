"""Regularizers and constraints: what is asked of parameters beside the loss (Keras's definitions).

    l1          Tibshirani, Regression shrinkage and selection via the lasso, 1996
    l2          Krogh and Hertz, A simple weight decay can improve generalization, 1991
    l1_l2       Zou and Hastie, Regularization and variable selection via the elastic net, 2005
    max_norm    Srebro and Shraibman, Rank, trace-norm and max-norm, 2005

A penalty l1 sum |w| + l2 sum w^2 is part of the loss that is reported, and its slope joins the gradient before anything is
clipped. A constraint is a function w -> w after each update; norms run along axis 0, the weights that come into a unit,
or along the axes that are given.
"""
import numpy as np

import optimizers

EPSILON = 1e-7


def l1(l1=0.01):
    return l1, 0


def l2(l2=0.01):
    return 0, l2


def l1_l2(l1=0, l2=0):
    return l1, l2


def penalty(w, l1, l2):
    return l1 * np.abs(w).sum() + l2 * (w ** 2).sum()


def slope(w, l1, l2):
    return l1 * np.sign(w) + 2 * l2 * w


def norm(w, axis=0):
    return np.sqrt((w ** 2).sum(tuple(np.atleast_1d(axis)), keepdims=True))


def max_norm(w, max_value=2, axis=0):
    """What keeps the rule stays as it is. (Keras multiplies it by n / (1e-7 + n), its guard against 0 / 0: that takes
    1e-7 off again and again, 3.7e-5 of these weights in 1,000 steps.)"""
    n = norm(w, axis)
    return np.where(n > max_value, w * max_value / (EPSILON + n), w)


def non_neg(w):
    return np.maximum(w, 0)


def unit_norm(w, axis=0):
    return w / (EPSILON + norm(w, axis))


def min_max_norm(w, min_value=0, max_value=1, rate=1, axis=0):
    n = norm(w, axis)
    return w * (rate * np.clip(n, min_value, max_value) + (1 - rate) * n) / (EPSILON + n)


REGULARIZERS = [(l1, {}), (l1, dict(l1=0.05)), (l2, {}), (l2, dict(l2=0.1)), (l1_l2, {}), (l1_l2, dict(l1=0.02, l2=0.03))]
CONSTRAINTS = [(max_norm, {}), (max_norm, dict(max_value=0.5, axis=0)), (non_neg, {}), (unit_norm, dict(axis=0)),
               (min_max_norm, {}), (min_max_norm, dict(min_value=0.5, max_value=0.8, rate=0.3, axis=0))]


def train(d, c, rows, regularizer, constraint):
    """The net of optimizers.py with both asked of a's kernel and bias, by sgd with momentum and a global clip."""
    from driver import rng, say
    batches = [(x, side * optimizers.FAR, weight) for x, side, weight in zip(*rows)]
    gradients = optimizers.gradients_of(*rows)
    asked = [f"{which}_{what}={say(of[0].__name__, **of[1])}" for which in ("kernel", "bias")
             for what, of in (("regularizer", regularizer), ("constraint", constraint)) if of]
    layers = list(optimizers.LAYERS)
    layers[1] = f"dense(4, name=a, {', '.join(asked)}) <- x"
    spec = "sgd(learning_rate=0.01, momentum=0.9, global_clipnorm=1)"
    d.model(*layers, optimizer=spec, loss="mean_absolute_error")
    p = {name: d.write(name, rng.normal(0, 0.5, shape)) for name, shape in d.shapes.items()}
    _, _, _, snapshots = d.train(batches, every=optimizers.EVERY)
    strengths = regularizer[0](**regularizer[1]) if regularizer else (0, 0)
    x, states, want = p, {name: {} for name in p}, []
    for i, row in enumerate(gradients):
        g, at = {}, 0
        for name, w in x.items():
            g[name] = row[at:at + w.size].reshape(w.shape)
            at += w.size
            if name.startswith("a/"):
                g[name] = g[name] + slope(w, *strengths)
        clip = 1 / max(1, np.sqrt(sum((part ** 2).sum() for part in g.values())))
        x = {name: optimizers.sgd(w, clip * g[name], 0.01 * (0.25 if name[0] == "b" else 1), i + 1, states[name],
                                  momentum=0.9) for name, w in x.items()}
        if constraint:
            x = {name: constraint[0](w, **constraint[1]) if name[0] == "a" else w for name, w in x.items()}
        if (i + 1) % optimizers.EVERY == 0:
            want.append(x)
    for name in p:
        c.same(f"{', '.join(asked)}: {name}", [s[name] for s in snapshots], [s[name] for s in want])


def check_loss(d, c, regularizer):
    """The loss that is reported, of one batch and of several."""
    from driver import f32, rng, say
    function, told = regularizer
    d.model("input(5)", f"dense(4, kernel_regularizer={say(function.__name__, **told)}, bias_regularizer=l2(0.5))")
    p = {name: d.write(name, rng.normal(0, 1, shape)) for name, shape in d.shapes.items()}
    x, t = f32(rng.normal(0, 1, (12, 5))), f32(rng.normal(0, 1, (12, 4)))
    want = ((x @ p["dense/kernel"] + p["dense/bias"] - t) ** 2).mean()
    want += penalty(p["dense/kernel"], *function(**told)) + penalty(p["dense/bias"], 0, 0.5)
    c.same(f"loss with {say(function.__name__, **told)}", d.evaluate([(x[:6], t[:6]), (x[6:], t[6:])])[1], [want])
    c.same(f"loss in training with {say(function.__name__, **told)}", d.train([(x, t)], rows=12)[0], [want])


def check_activity(d, c, asked, strengths):
    """A penalty on what a layer gives: the sum over a row, the mean over the rows, whatever they weigh. h = tanh(x k + b)
    is penalized, y = h k' + b' trained by sgd for 200 steps."""
    from driver import f32, rng
    d.model("input(5)", *asked, "dense(2, name=b)", optimizer="sgd(0.1)")
    p = {name: d.write(name, rng.normal(0, 0.5, shape)) for name, shape in d.shapes.items()}
    x, t = f32(rng.normal(0, 1, (12, 5))), f32(rng.normal(0, 1, (12, 2)))
    w = rng.integers(0, 5, 12) / 4
    got, _, _, snapshots = d.train([(x, t, w)] * 200, rows=12, every=50)
    want, seen = [], []
    for step in range(200):
        h = np.tanh(x @ p["a/kernel"] + p["a/bias"])
        y = h @ p["b/kernel"] + p["b/bias"]
        want.append((w * ((y - t) ** 2).mean(1)).mean() + penalty(h, *strengths) / 12)
        dy = w[:, None] * 2 * (y - t) / y.size
        dz = (dy @ p["b/kernel"].T + slope(h, *strengths) / 12) * (1 - h ** 2)
        g = {"a/kernel": x.T @ dz, "a/bias": dz.sum(0), "b/kernel": h.T @ dy, "b/bias": dy.sum(0)}
        p = {name: p[name] - 0.1 * g[name] for name in p}
        if (step + 1) % 50 == 0:
            seen.append(p)
    c.same(f"{asked}: loss", got, want)
    for name in p:
        c.same(f"{asked}: {name}", [s[name] for s in snapshots], [s[name] for s in seen])


def orthogonal_regularizer(w, factor=0.01, mode="rows"):
    """The mean over pairs of |cosine| (Brock and others, Neural photo editing, ICLR 2017), and its derivative."""
    x = w if mode == "rows" else w.T
    length = np.linalg.norm(x, axis=1, keepdims=True)
    u = np.divide(x, length, out=np.zeros_like(x), where=length > 0)
    cosines = u @ u.T * (1 - np.eye(len(x)))
    each = factor / max(len(x) * (len(x) - 1) / 2, 1)
    s = np.sign(cosines) @ u
    g = np.divide(each * (s - (s * u).sum(1, keepdims=True) * u), length, out=np.zeros_like(x), where=length > 0)
    return each * np.abs(cosines).sum() / 2, g if mode == "rows" else g.T


def check_orthogonal(d, c, told, units, steps):
    """Reported losses and weights of 3 short steps: cosines that cross 0 go this way or that by rounding. And of one step
    from a row of no length. units: of the layer, above and below one panel."""
    from driver import f32, rng, say
    c.tell("regularizer", "orthogonal_regularizer", *told)
    spec = say("orthogonal_regularizer", **told)
    d.model("input(5)", f"dense({units}, name=a, kernel_regularizer={spec}, bias_regularizer=l2(0.1))", optimizer="sgd(0.01)")
    p = {name: d.write(name, rng.normal(0, 0.5, shape)) for name, shape in d.shapes.items()}
    if steps == 1:
        p["a/kernel"] = d.write("a/kernel", np.where(np.arange(5)[:, None] == 2, 0, p["a/kernel"]))
    x, t = f32(rng.normal(0, 1, (12, 5))), f32(rng.normal(0, 1, (12, units)))
    got, _, _, snapshots = d.train([(x, t)] * steps, rows=12, every=1)
    want, seen = [], []
    for step in range(steps):
        cost, slope_of_cost = orthogonal_regularizer(p["a/kernel"], **told)
        y = x @ p["a/kernel"] + p["a/bias"]
        want.append(((y - t) ** 2).mean() + cost + 0.1 * (p["a/bias"] ** 2).sum())
        dy = 2 * (y - t) / y.size
        p = {"a/kernel": p["a/kernel"] - 0.01 * (x.T @ dy + slope_of_cost),
             "a/bias": p["a/bias"] - 0.01 * (dy.sum(0) + 0.2 * p["a/bias"])}
        seen.append(p)
    c.same(f"{spec} of {units} units: losses", got, want)
    for name in p:
        c.same(f"{spec} of {units} units: {name}", [s[name] for s in snapshots], [s[name] for s in seen])


def spectral_norm(w, u, power_iterations=1):
    """w divided by its largest singular value, and the vector of the power iteration, which is kept (Miyato and others,
    Spectral normalization for generative adversarial networks, ICLR 2018)."""
    for _ in range(power_iterations):
        v = w @ u / np.linalg.norm(w @ u)
        u = w.T @ v / np.linalg.norm(w.T @ v)
    return w / (v @ w @ u), u


def check_matrix(d, c, constraint, told, units):
    """A constraint on the kernel alone, whose norms are along other axes, or of all of it. Reported losses and weights of
    6 steps. spectral_norm holds for the first step, too; both ways of writing it are one."""
    from driver import f32, rng, say
    name, spectral = constraint.__name__, constraint is spectral_norm
    spec = say(name, **told)
    layer = f"dense({units}, kernel_constraint={spec}, name=a)"
    if spectral and "power_iterations" in told:
        layer = f"spectral_normalization(dense({units}), power_iterations={told['power_iterations']}, name=a)"
    d.model("input(5)", layer, optimizer="sgd(0.1)")
    p = {key: d.write(key, rng.normal(0, 0.5, shape)) for key, shape in d.shapes.items()}
    x, t = f32(rng.normal(0, 1, (12, 5))), f32(rng.normal(0, 1, (12, units)))
    got, _, _, snapshots = d.train([(x, t)] * 6, rows=12, every=1)
    w, b, u = p["a/kernel"], p["a/bias"], p.get("a/kernel_u")
    if spectral:
        w, u = spectral_norm(w, u, **told)
    want, seen = [], []
    for _ in range(6):
        y = x @ w + b
        want.append(((y - t) ** 2).mean())
        dy = 2 * (y - t) / y.size
        w, b = w - 0.1 * x.T @ dy, b - 0.1 * dy.sum(0)
        if spectral:
            w, u = spectral_norm(w, u, **told)
        else:
            w = constraint(w, **told)
        seen.append({"a/kernel": w, "a/bias": b, "a/kernel_u": u})
    c.same(f"{layer}: losses", got, want)
    for key in p:
        c.same(f"{layer}: {key}", [s[key] for s in snapshots], [s[key] for s in seen])
    c.tell("constraint", name, *told)


def main():
    import driver
    d = driver.Driver()
    c = driver.Comparison("penalties", d)
    rows = optimizers.make_batches(driver.rng)
    for regularizer in REGULARIZERS:
        train(d, c, rows, regularizer, None)
        check_loss(d, c, regularizer)
        c.tell("regularizer", regularizer[0].__name__, *regularizer[1])
    for constraint in CONSTRAINTS:
        train(d, c, rows, None, constraint)
        c.tell("constraint", constraint[0].__name__, *constraint[1])
    train(d, c, rows, REGULARIZERS[3], CONSTRAINTS[1])  # both; with l1 a weight at 0 would go this way or that by rounding
    body = "dense(4, activation=tanh, name=a"
    check_activity(d, c, [f"{body}, activity_regularizer=l1_l2(0.02, 0.03))"], (0.02, 0.03))
    check_activity(d, c, [f"{body}, activity_regularizer=l2(0.1))"], (0, 0.1))
    check_activity(d, c, [f"{body})", "activity_regularization(l1=0.01, l2=0.05)"], (0.01, 0.05))
    for told in (dict(factor=0.5), dict(factor=0.5, mode="columns"), dict(factor=0.2, mode="rows")):
        for units in (4, 19, 1):
            for steps in (3, 1):
                check_orthogonal(d, c, told, units, steps)
    for units in (4, 19, 37):
        for constraint, told in ((max_norm, dict(max_value=0.5, axis=1)), (max_norm, dict(max_value=1, axis=[0, 1])),
                                 (unit_norm, dict(axis=1)), (min_max_norm, dict(min_value=1, max_value=1.1, axis=-1)),
                                 (spectral_norm, {}), (spectral_norm, dict(power_iterations=3))):
            check_matrix(d, c, constraint, told, units)
    c.finish("regularizer", "constraint")


if __name__ == "__main__":
    main()
