"""Layers for nets on tables: what each makes of its inputs x with its parameters p, and their training.

    scale, smooth clip, periodic embeddings    Holzmueller, Grinsztajn and Steinwart, Better by default, NeurIPS 2024

layers.py compares LAYERS in use on CASES; here a net with each is trained and compared step by step.
"""
import numpy as np


def scale(x, p):
    return x * p["scale"]


def smooth_clip(x, p, limit=3.0):
    return x / np.sqrt(1 + (x / limit) ** 2)


LAYERS = dict(scale=scale, smooth_clip=smooth_clip)

CASES = [
    ("scale", {}, [(7,)]), ("scale", {}, [(3, 20)]), ("smooth_clip", {}, [(9,)]), ("smooth_clip", dict(limit=0.5), [(2, 9)]),
]

# Keys that penalties.py and the batteries hold to.
BESIDE = [f"scale_{what}" for what in ("initializer", "regularizer", "constraint")]


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


def main():
    from driver import Comparison, Driver, rng
    d = Driver()
    c = Comparison("table_layers", d)
    for check in (check_scale, check_far):
        check(d, c, rng)
    c.finish()


if __name__ == "__main__":
    main()
