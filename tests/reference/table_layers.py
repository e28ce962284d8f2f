"""Layers for nets on tables: what each makes of its inputs x with its parameters p, and their training.

    scale, smooth clip, periodic embeddings    Holzmueller, Grinsztajn and Steinwart, Better by default, NeurIPS 2024

layers.py compares LAYERS in use on CASES; here a net with each is trained and compared step by step.
"""
import numpy as np

import activations


def scale(x, p):
    return x * p["scale"]


def smooth_clip(x, p, limit=3.0):
    return x / np.sqrt(1 + (x / limit) ** 2)


def normalization(x, p, mean=None, variance=None, invert=False, method="standard", axis=-1):
    """By mean and variance, or (robust) by median and distance of the quartiles; Keras's lower bound."""
    centre, deviation = ((p["median"], p["quartile_range"]) if method == "robust" else (p["mean"], np.sqrt(p["variance"])))
    deviation = np.maximum(deviation, 1e-7)
    return x * deviation + centre if invert else (x - centre) / deviation


def encoded(ids, tokens, mode):
    """Ids as vectors: each its own (which replaces a last axis of length 1), or one for all of the last axis."""
    hot = np.equal(ids[..., None], np.arange(tokens)).astype(float)
    if mode == "one_hot":
        return hot[..., 0, :] if ids.shape[-1] == 1 else hot
    return ids if mode == "int" else hot.sum(-2) if mode == "count" else hot.max(-2)


def embedding(x, p, input_dim, output_dim):
    return p["embeddings"][x.astype(int)]


def category_encoding(x, p, num_tokens, output_mode="multi_hot"):
    return encoded(x, num_tokens, output_mode)


def discretization(x, p, bin_boundaries, output_mode="int"):
    return encoded(np.searchsorted(bin_boundaries, x, "right"), len(bin_boundaries) + 1, output_mode)


def integer_lookup(x, p, vocabulary, num_oov_indices=1, mask_token=None, oov_token=-1, invert=False, output_mode="int"):
    first = [oov_token] if mask_token is None else [mask_token, oov_token]
    if invert:
        return np.array(first + vocabulary)[x.astype(int)]
    unknown = len(first) - 1
    ids = {number: unknown + 1 + i for i, number in enumerate(vocabulary)}
    if mask_token is not None:
        ids[mask_token] = 0
    return encoded(np.vectorize(lambda number: ids.get(number, unknown))(x), len(first) + len(vocabulary), output_mode)


def periodic_embedding(x, p, output_dim=4, frequencies=16, append_input=True, activation="linear", columns=()):
    """Each column by itself (PBLD): its waves, mixed, and beside them the number. With columns: these, then the others."""
    if columns:
        embedded = periodic_embedding(x[..., list(columns)], p, output_dim, frequencies, append_input, activation)
        return np.concatenate([embedded, np.delete(x, list(columns), -1)], -1)
    waves = np.cos(2 * np.pi * x[..., None] * p["frequency"] + p["phase"])
    mixed = getattr(activations, activation)(np.einsum("...gf,gfm->...gm", waves, p["kernel"]) + p["bias"])
    y = np.concatenate([mixed, x[..., None]], -1) if append_input else mixed
    return y.reshape(*x.shape[:-1], -1)


LAYERS = dict(periodic_embedding=periodic_embedding, scale=scale, smooth_clip=smooth_clip, normalization=normalization, embedding=embedding,
              category_encoding=category_encoding, discretization=discretization, integer_lookup=integer_lookup)

CASES = [
    ("scale", {}, [(7,)]), ("scale", {}, [(3, 20)]), ("smooth_clip", {}, [(9,)]), ("smooth_clip", dict(limit=0.5), [(2, 9)]),
    ("normalization", {}, [(4,)]), ("normalization", dict(axis=-1), [(3, 20)]), ("normalization", dict(invert=True), [(3, 20)]),
    ("normalization", dict(method="robust"), [(4,)]), ("normalization", dict(method="robust", invert=True), [(3, 5)]),
]

BOUNDARIES, VOCABULARY = [-1.5, 0, 0.25, 2], [3, 12, 1]
MODES = ("int", "one_hot", "multi_hot", "count")
CASES += [("discretization", dict(bin_boundaries=BOUNDARIES, output_mode=mode), [shape]) for mode in MODES
          for shape in ((1,), (5,), (3, 18))]
CASES += [("periodic_embedding", told, [shape]) for shape in ((1,), (5,), (3, 18)) for told in (
    {}, dict(output_dim=6, frequencies=5, append_input=False), dict(output_dim=19, activation="tanh"))]
CASES += [("periodic_embedding", dict(output_dim=3, frequencies=4, columns=columns), [shape])
          for columns, shape in (([3, 1], (5,)), ([0, 17], (3, 18)), ([2, 0, 1], (3,)))]
# Of whole numbers, and how many there are.
WHOLE = [
    ("embedding", dict(input_dim=5, output_dim=3), (1,), 5), ("embedding", dict(input_dim=5, output_dim=17), (3, 2), 5),
    ("embedding", dict(input_dim=3000, output_dim=3), (40,), 3000),
    *(("category_encoding", dict(num_tokens=5, output_mode=mode), shape, 5) for mode in MODES[1:] for shape in ((1,), (4,), (3, 2))),
    ("category_encoding", dict(num_tokens=40), (17,), 40),
    *(("integer_lookup", dict(vocabulary=VOCABULARY, output_mode=mode, **told), shape, 14) for mode in MODES
      for told in ({}, dict(mask_token=5)) for shape in ((1,), (3, 2))),
    ("integer_lookup", dict(vocabulary=VOCABULARY, invert=True, num_oov_indices=1), (6,), 4),
    ("integer_lookup", dict(vocabulary=VOCABULARY, invert=True, mask_token=5, oov_token=-2), (6,), 5),
]

# Keys that are checked below (mean, variance), and those that penalties.py and the batteries hold to.
BESIDE = ["mean", "variance", "mask_zero"]
BESIDE += [f"{name}_{what}" for name in ("scale", "embeddings", "frequency", "phase") for what in ("initializer", "regularizer", "constraint")]


def check_scale(d, c, rng):
    """y = clip(x s) w against t by sgd: ds = sum of dy w' x clip'(x s) over rows, for 50 steps."""
    from driver import f32
    d.model("input(6)", "scale(name=s)", "smooth_clip(2)", "dense(3, use_bias=false, name=w)", optimizer="sgd(0.1)")
    p = {name: d.write(name, rng.normal(1, 0.3, shape)) for name, shape in d.shapes.items()}
    x, t = f32(rng.normal(0, 3, (16, 6))), f32(rng.normal(0, 1, (16, 3)))
    snapshots = d.train([(x, t)] * 50, rows=16)[3]
    for _ in range(50):
        z = x * p["s/scale"]
        h = smooth_clip(z, {}, 2.0)
        dy = 2 * (h @ p["w/kernel"] - t) / t.size
        dz = dy @ p["w/kernel"].T * (1 + (z / 2) ** 2) ** -1.5
        p = {"s/scale": p["s/scale"] - 0.1 * (dz * x).sum(0), "w/kernel": p["w/kernel"] - 0.1 * h.T @ dy}
    for name in p:
        c.same(f"scale and smooth_clip: {name} after 50 steps", snapshots[-1][name], p[name])


def check_far(d, c, rng):
    """Huge numbers end at the limit; what is near 0 stays as it is."""
    d.model("input(6)", "smooth_clip(3)")
    x = np.array([[1e30, -1e30, 1e-6, 0, 3e38, -1e20]])
    c.same("smooth_clip of huge numbers", d.forward(x), [[3, -3, 1e-6, 0, 3, -3]])


def check_given(d, c, rng):
    """Numbers that are given hold without any data, one for all columns or a list."""
    from driver import f32, say
    x = f32(rng.normal(3, 2, (10, 4, 3)))
    for told in (dict(mean=1.5, variance=4.0), dict(mean=[1.0, -2.0, 0.5], variance=[4.0, 1.0, 0.25]),
                 dict(mean=[1.0, -2.0, 0.5], variance=4.0, invert=True)):
        d.model("input(4, 3)", say("normalization", **told))
        p = dict(mean=np.array(told["mean"]), variance=np.array(told["variance"]))
        want = normalization(x, p, invert=told.get("invert", False)).reshape(10, -1)
        c.same(say("normalization", **told), d.forward(x), want)
        d.ask("adapt 10", x)
        c.same(f"{say('normalization', **told)} after adapt", d.forward(x), want)
        c.tell("layer", "normalization", *told)


def check_whole(d, c, rng):
    """Layers that take whole numbers; numbers on a boundary belong above it."""
    from driver import say
    for kind, told, shape, numbers in WHOLE:
        d.model(f"input({', '.join(map(str, shape))})", say(kind, **told, name="it"))
        p = {name.split("/")[1]: d.write(name, rng.normal(0, 1, dims)) for name, dims in d.shapes.items()}
        x = rng.integers(0, numbers, (11, *shape)).astype(float)
        c.same(f"{say(kind, **told)} <- {shape}", d.forward(x), LAYERS[kind](x, p, **told).reshape(11, -1))
    d.model("input(4)", say("discretization", bin_boundaries=BOUNDARIES))
    c.same("numbers on boundaries", d.forward(np.array([BOUNDARIES])), [[1, 2, 3, 4]])


def check_embedding(d, c, rng):
    """y = sum over the row's ids of their vectors . w, against t: the gradient of a vector is the sum over its places. With
    momentum vectors move on without a gradient, as in Keras; with sgd those of unseen ids stay."""
    from driver import say
    for optimizer, momentum in (("sgd(0.1)", 0), ("sgd(0.1, momentum=0.5)", 0.5)):
        d.model("input(6)", "embedding(3000, 4, name=e)", "flatten", "dense(2, use_bias=false, name=w)", optimizer=optimizer)
        p = {name: d.write(name, rng.normal(0, 0.5, shape)) for name, shape in d.shapes.items()}
        first, m = p, {name: 0 * values for name, values in p.items()}
        batches = [(np.where(rng.random((16, 6)) < 0.5, 7.0, rng.integers(0, 3000, (16, 6))), np.round(rng.normal(0, 1, (16, 2)), 3))
                   for _ in range(20)]
        snapshots = d.train(batches, rows=16)[3]
        for x, t in batches:
            x, t = x.astype(int), t.astype(np.float32).astype(float)
            h = p["e/embeddings"][x].reshape(16, -1)
            dy = 2 * (h @ p["w/kernel"] - t) / t.size
            slope = {"e/embeddings": np.zeros((3000, 4)), "w/kernel": h.T @ dy}
            np.add.at(slope["e/embeddings"], x, (dy @ p["w/kernel"].T).reshape(16, 6, 4))
            m = {name: momentum * m[name] - 0.1 * slope[name] for name in p}
            p = {name: p[name] + m[name] for name in p}
        for name in p:
            c.same(f"embedding with {optimizer}: {name} after 20 steps", snapshots[-1][name], p[name])
        unseen = np.setdiff1d(np.arange(3000), np.concatenate([x.ravel() for x, _ in batches]).astype(int))
        c.same("vectors of unseen ids stay", snapshots[-1]["e/embeddings"][unseen], first["e/embeddings"][unseen], allowed=1e-30)


def check_periodic(d, c, rng):
    """e = periodic(x) w against t by sgd for 30 steps: gradients of frequencies, phases, maps and biases."""
    from driver import f32
    d.model("input(5)", "periodic_embedding(3, frequencies=4, name=e)", "dense(2, use_bias=false, name=w)", optimizer="sgd(0.02)")
    p = {name.replace("e/", ""): d.write(name, rng.normal(0, 0.3, shape)) for name, shape in d.shapes.items()}
    x, t = f32(rng.normal(0, 1, (16, 5))), f32(rng.normal(0, 1, (16, 2)))
    snapshots = d.train([(x, t)] * 30, rows=16)[3]
    for _ in range(30):
        angle = 2 * np.pi * x[..., None] * p["frequency"] + p["phase"]
        e = periodic_embedding(x, p, 3, 4)
        dy = 2 * (e @ p["w/kernel"] - t) / t.size
        de = (dy @ p["w/kernel"].T).reshape(16, 5, 3)[..., :2]
        dangle = -np.sin(angle) * np.einsum("ngm,gfm->ngf", de, p["kernel"])
        slope = {"frequency": 2 * np.pi * (dangle * x[..., None]).sum(0), "phase": dangle.sum(0),
                 "kernel": np.einsum("ngf,ngm->gfm", np.cos(angle), de), "bias": de.sum(0), "w/kernel": e.T @ dy}
        p = {name: p[name] - 0.02 * slope[name] for name in p}
    for name in p:
        c.same(f"periodic_embedding: {name} after 30 steps", snapshots[-1][name if "/" in name else "e/" + name], p[name])


def quartile_range(x):
    """Of each column; of columns whose quartiles are equal half the distance of the extremes; of constant ones 1."""
    low, high = np.quantile(x, [0.25, 0.75], axis=0)
    wide = np.where(high > low, high - low, (x.max(0) - x.min(0)) / 2)
    return np.where(wide > 0, wide, 1)


def check_adapted(d, c, rng):
    """What is measured: column means and population variances over all lines, or medians and quartiles."""
    from driver import f32, say
    for rows in (1, 2, 3, 50, 51, 250):
        x = f32(rng.normal(3, 2, (rows, 4, 5)))
        x[..., 1] = np.where(x[..., 1] > 5, x[..., 1], 0)  # mostly the same number
        x[..., 2] = 7
        x[..., 3] = np.round(x[..., 3])
        lines = x.reshape(-1, 5)
        for told in ({}, dict(mean=1.5), dict(method="robust")):
            d.model("input(4, 5)", say("normalization", **told, name="it"))
            d.ask(f"adapt {rows}", x)
            variance = np.where(lines.var(0) > 0, lines.var(0), 1)
            want = (dict(median=np.median(lines, 0), quartile_range=quartile_range(lines)) if told.get("method") else
                    dict(mean=np.broadcast_to(told.get("mean", lines.mean(0)), 5), variance=variance))
            for name in want:
                c.same(f"{say('normalization', **told)}: {name} of {rows} rows", d.read(f"it/{name}"), f32(want[name]),
                       allowed=1e-6)
            c.tell("layer", "normalization", *told)


def check_targets(d, c, rng):
    """An inverse as the output: mean and variance of the targets, the loss that of standardized numbers, predictions in
    the targets' own unit; for losses of other forms the loss, too, is in that unit."""
    from driver import f32, say
    x = f32(rng.normal(0, 1, (20, 4)))
    t = f32(rng.normal(500, 100, (20, 3)))
    for method in ("standard", "robust"):
        names = ("median", "quartile_range") if method == "robust" else ("mean", "variance")
        centre = np.median(t, 0) if method == "robust" else t.mean(0)
        spread = quartile_range(t) if method == "robust" else t.var(0)
        deviation = f32(spread) if method == "robust" else np.sqrt(f32(spread))
        for loss, of in (("mse", lambda a, b: ((a - b) ** 2).mean(-1)), ("mae", lambda a, b: np.abs(a - b).mean(-1)),
                         ("huber", lambda a, b: np.where(np.abs(a - b) < 1, (a - b) ** 2 / 2, np.abs(a - b) - 0.5).mean(-1))):
            d.model("input(4)", "dense(3, name=w)", say("normalization", invert=True, method=method, name="out"), loss=loss,
                    metrics="mse", optimizer="sgd(0.1)")
            d.ask("adapt 20 1", x, t)
            for name, want in zip(names, (centre, spread)):
                c.same(f"inverse, {method}: {name}", d.read(f"out/{name}"), f32(want), allowed=1e-6)
            p = {name: d.write(f"w/{name}", rng.normal(0, 0.5, d.shapes[f"w/{name}"])) for name in ("kernel", "bias")}
            z, zt = x @ p["kernel"] + p["bias"], (t - f32(centre)) / deviation
            y = z * deviation + f32(centre)
            c.same(f"inverse, {method}: prediction", d.forward(x), y)
            losses, figures = d.evaluate([(x, t)])
            c.same(f"inverse, {method}: {loss} is that of standardized numbers", losses, of(z, zt), scale=1)
            c.same(f"inverse, {method}: the metric is not", figures[1], ((y - t) ** 2).mean())
            if loss == "mse":
                dz = 2 * (z - zt) / z.size
                after = d.train([(x, t)], rows=20)[3][0]
                c.same(f"inverse, {method}: a step of sgd", after["w/kernel"], p["kernel"] - 0.1 * x.T @ dz)
    d.model("input(4)", "dense(3)", "normalization(mean=1, variance=4, invert=true, name=out)", loss="mean_absolute_percentage_error")
    y = d.forward(x)
    c.same("inverse: a relative loss is in the targets' unit", d.evaluate([(x, t)])[0], (100 * np.abs(y - t) / np.abs(t)).mean(-1))


def main():
    from driver import Comparison, Driver, rng
    d = Driver()
    c = Comparison("table_layers", d)
    for check in (check_scale, check_far, check_given, check_adapted, check_targets, check_whole,
                  check_embedding, check_periodic):
        check(d, c, rng)
    c.finish()


if __name__ == "__main__":
    main()
