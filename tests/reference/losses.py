"""Losses: one number for each row from its prediction p and target t (Keras's definitions).

    huber                  Huber, Robust estimation of a location parameter, 1964
    hinge                  Cortes and Vapnik, Support-vector networks, 1995; categorical: Crammer and Singer, 2001
    kl_divergence          Kullback and Leibler, On information and sufficiency, 1951
    label smoothing        Szegedy et al., Rethinking the inception architecture, CVPR 2016

A loss is a function (p, t, ...) -> losses: arrays whose last axis is what a loss is the mean of, or the classes; labels
of classes have one axis less. A row of several lines has the mean of its lines' losses.
"""
import numpy as np

EPSILON = 1e-7


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def log_softmax(x):
    x = x - x.max(-1, keepdims=True)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


def log_sigmoid(x):
    return -np.logaddexp(0, -x)


def kept_inside(p):
    return np.clip(p, EPSILON, 1 - EPSILON)


def mean_squared_error(p, t):
    return ((p - t) ** 2).mean(-1)


def mean_absolute_error(p, t):
    return np.abs(p - t).mean(-1)


def mean_absolute_percentage_error(p, t):
    return 100 * (np.abs(p - t) / np.maximum(np.abs(t), EPSILON)).mean(-1)


def mean_squared_logarithmic_error(p, t):
    return ((np.log1p(np.maximum(p, EPSILON)) - np.log1p(np.maximum(t, EPSILON))) ** 2).mean(-1)


def huber(p, t, delta=1):
    d = np.abs(p - t)
    return np.where(d <= delta, d ** 2 / 2, delta * d - delta ** 2 / 2).mean(-1)


def log_cosh(p, t):
    d = np.abs(p - t)
    return (d + np.log1p(np.exp(-2 * d)) - np.log(2)).mean(-1)


def poisson(p, t):
    return (p - t * np.log(p + EPSILON)).mean(-1)


def side_of(t):
    """Targets 0 and 1 mean -1 and 1."""
    return np.where(t == 0, -1, t)


def hinge(p, t):
    return np.maximum(1 - side_of(t) * p, 0).mean(-1)


def squared_hinge(p, t):
    return (np.maximum(1 - side_of(t) * p, 0) ** 2).mean(-1)


def categorical_hinge(p, t):
    return np.maximum(((1 - t) * p).max(-1) - (t * p).sum(-1) + 1, 0)


def kl_divergence(p, t):
    p, t = np.clip(p, EPSILON, 1), np.clip(t, EPSILON, 1)
    return (t * np.log(t / p)).sum(-1)


def cosine_similarity(p, t):
    """The negative cosine; a vector of no length has the cosine 0."""
    length = np.maximum(np.linalg.norm(p, axis=-1), EPSILON) * np.maximum(np.linalg.norm(t, axis=-1), EPSILON)
    return -(p * t).sum(-1) / length


def binary_crossentropy(p, t, from_logits=False, label_smoothing=0):
    t = t * (1 - label_smoothing) + label_smoothing / 2
    if from_logits:
        return -(t * log_sigmoid(p) + (1 - t) * log_sigmoid(-p)).mean(-1)
    p = kept_inside(p)
    return -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean(-1)


def categorical_crossentropy(p, t, from_logits=False, label_smoothing=0):
    t = t * (1 - label_smoothing) + label_smoothing / t.shape[-1]
    log_p = log_softmax(p) if from_logits else np.log(kept_inside(p / p.sum(-1, keepdims=True)))
    return -(t * log_p).sum(-1)


def binary_focal_crossentropy(p, t, apply_class_balancing=False, alpha=0.25, gamma=2, from_logits=False, label_smoothing=0):
    """Lin, Goyal, Girshick, He and Dollar, Focal loss for dense object detection, ICCV 2017."""
    t = t * (1 - label_smoothing) + label_smoothing / 2
    yes, no = (np.exp(log_sigmoid(p)), np.exp(log_sigmoid(-p))) if from_logits else (p, 1 - p)
    log_yes, log_no = (log_sigmoid(p), log_sigmoid(-p)) if from_logits else (np.log(kept_inside(p)), np.log(kept_inside(1 - p)))
    loss = (t * no + (1 - t) * yes) ** gamma * -(t * log_yes + (1 - t) * log_no)
    return (loss * (t * alpha + (1 - t) * (1 - alpha)) if apply_class_balancing else loss).mean(-1)


def categorical_focal_crossentropy(p, t, alpha=0.25, gamma=2, from_logits=False, label_smoothing=0):
    t = t * (1 - label_smoothing) + label_smoothing / t.shape[-1]
    if from_logits:
        log_p = log_softmax(p)
        rest = -np.expm1(log_p)
    else:
        p = kept_inside(p / p.sum(-1, keepdims=True))
        log_p, rest = np.log(p), 1 - p
    return -(np.array(alpha) * t * rest ** gamma * log_p).sum(-1)


def dice(p, t):
    """Milletari, Navab and Ahmadi, V-Net, 3DV 2016: of each row, over all its axes."""
    p, t = p.reshape(len(p), -1), t.reshape(len(t), -1)
    return 1 - 2 * (t * p).sum(-1) / (t.sum(-1) + p.sum(-1) + EPSILON)


def tversky(p, t, alpha=0.5, beta=0.5):
    """Salehi, Erdogmus and Gholipour, MLMI 2017: of each row, over all its axes."""
    p, t = p.reshape(len(p), -1), t.reshape(len(t), -1)
    both = (t * p).sum(-1)
    return 1 - both / (both + alpha * (t * (1 - p)).sum(-1) + beta * (p * (1 - t)).sum(-1) + EPSILON)


def categorical_generalized_cross_entropy(p, t, q=0.5, from_logits=False):
    """Zhang and Sabuncu, NeurIPS 2018."""
    log_p = log_softmax(p) if from_logits else np.log(np.maximum(p, 1e-300))
    return (1 - np.exp(q * np.take_along_axis(log_p, t.astype(int)[..., None], -1)[..., 0])) / q


def sparse_categorical_crossentropy(p, t, from_logits=False, ignore_class=None, label_smoothing=0):
    """Where a class is ignored, the others weigh so much more that the mean over all is the mean over them."""
    log_p = log_softmax(p) if from_logits else np.log(kept_inside(p / p.sum(-1, keepdims=True)))
    counts = t != ignore_class if ignore_class is not None else np.ones(t.shape, bool)
    labels = np.where(counts, t, 0).astype(int)
    losses = -np.take_along_axis(log_p, labels[..., None], -1)[..., 0]
    losses = (1 - label_smoothing) * losses - label_smoothing * log_p.mean(-1)
    return np.where(counts, losses, 0) * (counts.size / max(counts.sum(), 1))


# What each is told, and what numbers it is for: "any", "positive", "probabilities" (of several questions),
# "distributions" (of classes), "logits".
CASES = [
    (mean_squared_error, {}, "any"), (mean_absolute_error, {}, "any"),
    (mean_absolute_percentage_error, {}, "any"), (mean_squared_logarithmic_error, {}, "any"),
    (mean_squared_logarithmic_error, {}, "positive"),
    (huber, {}, "any"), (huber, dict(delta=0.25), "any"), (huber, dict(delta=2), "any"), (log_cosh, {}, "any"),
    (poisson, {}, "positive"), (hinge, {}, "sides"), (squared_hinge, {}, "sides"), (hinge, {}, "one-hot"),
    (squared_hinge, {}, "one-hot"), (categorical_hinge, {}, "one-hot"), (kl_divergence, {}, "distributions"),
    (kl_divergence, {}, "any"), (cosine_similarity, {}, "any"),
    (binary_crossentropy, {}, "probabilities"), (binary_crossentropy, dict(label_smoothing=0.2), "probabilities"),
    (binary_crossentropy, dict(from_logits=True), "logits"),
    (binary_crossentropy, dict(from_logits=True, label_smoothing=0.1), "logits"),
    (categorical_crossentropy, {}, "distributions"), (categorical_crossentropy, dict(label_smoothing=0.1), "distributions"),
    (categorical_crossentropy, dict(from_logits=True), "logits"),
    (categorical_crossentropy, dict(from_logits=True, label_smoothing=0.3), "logits"),
    (sparse_categorical_crossentropy, {}, "labels"), (sparse_categorical_crossentropy, dict(ignore_class=2), "labels"),
    (sparse_categorical_crossentropy, dict(from_logits=True), "label logits"),
    (sparse_categorical_crossentropy, dict(from_logits=True, ignore_class=0), "label logits"),
    (sparse_categorical_crossentropy, dict(from_logits=True, ignore_class=-1), "label logits"),
    (sparse_categorical_crossentropy, dict(label_smoothing=0.1), "labels"),
    (sparse_categorical_crossentropy, dict(label_smoothing=0.3, ignore_class=1), "labels"),
    (sparse_categorical_crossentropy, dict(from_logits=True, label_smoothing=0.2), "label logits"),
    *((binary_focal_crossentropy, told, "probabilities") for told in
      ({}, dict(apply_class_balancing=True), dict(alpha=0.7, gamma=3, apply_class_balancing=True), dict(gamma=0.5),
       dict(gamma=0), dict(label_smoothing=0.2))),
    *((binary_focal_crossentropy, dict(from_logits=True, **told), "logits") for told in
      ({}, dict(apply_class_balancing=True, alpha=0.4), dict(gamma=1.5, label_smoothing=0.1), dict(gamma=0))),
    *((categorical_focal_crossentropy, told, "distributions") for told in
      ({}, dict(alpha=1), dict(gamma=0.7), dict(gamma=0, alpha=1), dict(label_smoothing=0.1))),
    *((categorical_focal_crossentropy, dict(from_logits=True, **told), "logits") for told in
      ({}, dict(alpha=1, gamma=3), dict(label_smoothing=0.3, gamma=1))),
    (dice, {}, "probabilities"), (tversky, {}, "probabilities"), (tversky, dict(alpha=0.3, beta=0.7), "probabilities"),
    (tversky, dict(alpha=1, beta=1), "probabilities"),
    *((categorical_generalized_cross_entropy, told, kind) for kind in ("labels", "label logits")
      for told in (dict(from_logits=kind != "labels"), dict(from_logits=kind != "labels", q=0.1),
                   dict(from_logits=kind != "labels", q=1))),
]


def numbers(rng, kind, shape):
    """Predictions and targets of a kind, with what is at the edge of it in the first places."""
    p, t = rng.normal(0, 2, shape), rng.normal(0, 2, shape)
    classes = shape[-1]
    hot = np.eye(classes)[rng.integers(0, classes, shape[:-1])]
    labels = rng.integers(0, classes, shape[:-1]).astype(float)
    if kind == "any":
        p.flat[:4] = [0, 1, -3, 100]  # no difference, a large one, no target
        t.flat[:4] = [0, 1, 0, -100]
        p[-1], t[-2] = 0, 0  # vectors without length
    elif kind == "positive":
        p, t = np.exp(p), rng.integers(0, 5, shape).astype(float)
        p.flat[0] = 0
    elif kind == "sides":
        t = np.sign(t)
        p.flat[:2], t.flat[:2] = [1, -1], [1, -1]  # right on the margin
    elif kind == "one-hot":
        t = hot
    elif kind == "probabilities":
        p, t = 1 / (1 + np.exp(-p)), rng.random(shape)
        p.flat[:4], t.flat[:4] = [0, 1, 0, 1], [0, 1, 1, 0]  # sure, and right or wrong
    elif kind == "distributions":
        p, t = softmax(p), np.where(rng.random(shape[:-1] + (1,)) < 0.5, hot, softmax(t))
        p[0], t[0] = np.eye(classes)[0], np.eye(classes)[0]
        p[1], t[1] = np.eye(classes)[0], np.eye(classes)[classes - 1]
        p[2] *= 3  # whose sum is not 1
    elif kind == "logits":
        p, t = 4 * p, hot if classes > 1 else np.round(rng.random(shape))
        p.flat[:2] = [200, -200]  # probabilities that no number holds
    elif kind == "labels":
        p, t = softmax(p), labels
        p[0], p[1] = np.eye(classes)[0], np.eye(classes)[0]
        t[0], t[1] = 0, min(1, classes - 1)
    elif kind == "label logits":
        p, t = 4 * p, labels
        p[0, ..., 0], p[1, ..., 0] = 200, -200
    return np.float32(p).astype(float), np.float32(t).astype(float)


def main():
    from driver import Comparison, Driver, rng, say
    d = Driver()
    c = Comparison("losses", d)
    for loss, told, kind in CASES:
        c.tell("loss", loss.__name__, *told)
        for shape in [(30, 3), (30, 1), (12, 17), (70, 4, 3), (5, 2, 300)]:
            if shape[-1] == 1 and (kind in ("labels", "label logits", "distributions", "one-hot") or
                                   loss in (categorical_crossentropy, categorical_focal_crossentropy)) or told.get("ignore_class", 0) >= shape[-1]:
                continue  # one unit is no choice among classes
            p, t = numbers(rng, kind, shape)
            rows = shape[0]
            weights = np.where(rng.random(rows) < 0.2, 0, rng.integers(1, 9, rows) / 4)
            if told.get("ignore_class") == -1:
                t.flat[::3] = -1
            d.model(f"input({', '.join(map(str, shape[1:]))})", "rescaling(1)", loss=say(loss.__name__, **told))
            want = loss(p, t, **told).reshape(rows, -1).mean(1)
            what = f"{say(loss.__name__, **told)} of {kind} {list(shape)}"
            got, mean = d.evaluate([(p, t)])
            c.same(what, got, want, scale=np.maximum(np.abs(want), 1))
            c.same(what + ", mean", mean, [want.mean()])
            # Keras's sum_over_batch_size: the weighted sum, divided by the number of rows
            got, mean = d.evaluate([(p, t, weights)])
            c.same(what + ", weighted", got, want * weights, scale=np.maximum(np.abs(want * weights), 1))
            c.same(what + ", weighted mean", mean, [(want * weights).mean()])
    behind_functions(d, c, rng)
    reductions(d, c, rng)
    c.finish("loss")


def reduced(losses, w, reduction, counts=None):
    """A batch's losses as one number, weights w alike in shape; counts: which take part (None = all)."""
    counts = np.ones(losses.shape, bool) if counts is None else counts
    sum_of = (losses * w)[counts].sum()
    if reduction == "sum":
        return sum_of
    return sum_of / (w[counts].sum() if reduction == "mean_with_sample_weight" else counts.sum())


def reductions(d, c, rng):
    """Each batch is reduced by itself; the loss of several is their mean by rows. A step of sgd goes along the gradient of
    the same number."""
    from driver import say
    for loss, told, kind, shape in [
            (mean_squared_error, {}, "any", (12, 3)), (huber, {}, "any", (12, 4, 3)),
            (binary_crossentropy, dict(from_logits=True), "logits", (12, 5)),
            (sparse_categorical_crossentropy, {}, "labels", (12, 5)),
            (sparse_categorical_crossentropy, dict(ignore_class=2, from_logits=True), "label logits", (12, 4, 5))]:
        for reduction in ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight"):
            c.tell("loss", loss.__name__, "reduction")
            spec = say(loss.__name__, **told, reduction=reduction)
            d.model(f"input({', '.join(map(str, shape[1:]))})", "rescaling(1)", loss=spec)
            batches, want = [], []
            for _ in range(3):
                p, t = numbers(rng, kind, shape)
                w = rng.integers(0, 9, shape[0]) / 4
                counts = t != told["ignore_class"] if "ignore_class" in told else None
                kept = dict(told) if counts is None else {key: told[key] for key in told if key != "ignore_class"}
                each = loss(p, t, **kept)
                lines = np.broadcast_to(w.reshape(-1, *[1] * (each.ndim - 1)), each.shape)
                batches.append((p, t, w))
                want.append(reduced(each, lines, reduction, counts))
            c.same(f"{spec} of three batches", d.evaluate(batches)[1], [np.mean(want)])
    for reduction in ("sum", "mean_with_sample_weight"):
        d.model("input(4)", "dense(3)", loss=say("mean_squared_error", reduction=reduction), optimizer="sgd(0.01)")
        p = {name: d.write(name, rng.normal(0, 1, shape)) for name, shape in d.shapes.items()}
        x, t = (np.float32(rng.normal(0, 1, (8, k))).astype(float) for k in (4, 3))
        w = rng.integers(0, 9, 8) / 4
        dy = 2 * (x @ p["dense/kernel"] + p["dense/bias"] - t) / 3 * w[:, None] / (1 if reduction == "sum" else w.sum())
        _, _, _, after = d.train([(x, t, w)], rows=8)
        c.same(f"kernel after a step by {reduction}", after[0]["dense/kernel"], p["dense/kernel"] - 0.01 * x.T @ dy)
        c.same(f"bias after a step by {reduction}", after[0]["dense/bias"], p["dense/bias"] - 0.01 * dy.sum(0))
    for loss in {case[0].__name__ for case in CASES}:  # the op's, whatever the loss
        c.tell("loss", loss, "reduction")


def behind_functions(d, c, rng):
    """Right behind sigmoid and softmax the loss works from what they are applied to: no probability is lost."""
    x = np.float32(rng.normal(0, 30, (40, 5))).astype(float)
    hot = np.eye(5)[rng.integers(0, 5, 40)]
    for function, loss, told, target in [
            ("sigmoid", binary_crossentropy, {}, hot), ("softmax", categorical_crossentropy, {}, hot),
            ("sigmoid", binary_crossentropy, dict(label_smoothing=0.1), hot),
            ("softmax", categorical_crossentropy, dict(label_smoothing=0.1), hot),
            ("softmax", sparse_categorical_crossentropy, {}, hot.argmax(1).astype(float)),
            ("softmax", sparse_categorical_crossentropy, dict(label_smoothing=0.1), hot.argmax(1).astype(float)),
            ("sigmoid", binary_focal_crossentropy, {}, hot), ("softmax", categorical_focal_crossentropy, dict(gamma=1), hot),
            ("softmax", categorical_generalized_cross_entropy, {}, hot.argmax(1).astype(float))]:
        from driver import say
        d.model("input(5)", f"activation({function})", loss=say(loss.__name__, **told))
        want = loss(x, target, from_logits=True, **told)
        c.same(f"{say(loss.__name__, **told)} behind {function}", d.evaluate([(x, target)])[0], want)


if __name__ == "__main__":
    main()
