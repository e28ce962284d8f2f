"""The references of activations, losses, metrics, axes and constraints against Keras itself, to 1e-5: what the other
scripts hold the library to is what Keras computes. Runs in ./check --all, or with KERAS_VALUES set, where Keras is
installed (any backend).

Left out are the places where the two differ: sparsemax, whose sums Keras gets wrong; logits and probabilities within 1e-7
of sure, where Keras stops at what float32 has there; relu with a ceiling and a threshold below 0, which Keras cuts at 0.
"""
import os
import sys

import numpy as np

import activations
import layers
import losses
import metrics
import penalties

OURS_ALONE = {"relu_squared", "swiglu", "geglu", "sin", "cos", "sparsemax"}


class Count:
    def __init__(self):
        self.faults = self.count = 0

    def same(self, what, got, want, allowed=1e-5):
        got, want = np.asarray(got, float), np.asarray(want, float)
        self.count += 1
        scale = np.maximum(np.abs(want), 1)
        if got.shape != want.shape or not np.all((np.abs(got - want) <= allowed * scale) | (np.isnan(got) & np.isnan(want))):
            self.faults += 1
            print(f"  {what}: the reference has {got.ravel()[:4]}, Keras {want.ravel()[:4]}", flush=True)


def compare_activations(keras, c, x):
    for function, told in activations.CASES:
        name, own = function.__name__, {key: value for key, value in told.items() if key != "axis"}
        if name in OURS_ALONE or "beta" in told or told.get("threshold", 0) < 0 and "max_value" in told:
            continue
        want = np.asarray(getattr(keras.activations, name)(np.float32(x), **told))
        c.same(f"activation {name} {told}", function(x, **own), want)


def compare_losses(keras, c, rng):
    for loss, told, kind in losses.CASES:
        name = loss.__name__
        theirs = dict(told)
        if name == "sparse_categorical_crossentropy" and "label_smoothing" in told or "ignore_class" in told:
            continue  # not in Keras, or a mask there
        if name == "categorical_generalized_cross_entropy":
            if theirs.pop("from_logits"):
                continue
            theirs.setdefault("q", 0.5)
        if name in ("dice", "tversky"):
            theirs["axis"] = -1
        p, t = losses.numbers(rng, kind, (30, 6))
        if "logits" in kind:
            p = np.clip(p, -6, 6)
        if kind == "probabilities":
            p = np.clip(p, 1e-3, 1 - 1e-3)
        got = loss(p, t, **told)
        want = np.asarray(getattr(keras.losses, name)(np.float32(t), np.float32(p), **theirs))
        c.same(f"loss {name} {told} of {kind}", got, want, 1e-4 if kind == "positive" else 2e-5)


def compare_metrics(keras, c, rng):
    m = keras.metrics
    p, t = metrics.numbers(rng, "yes-no", (60, 6))
    p = np.float32(np.clip(p + 0.003, 0, 1)).astype(float)  # off the thresholds, which float32 moves
    w = np.ones(60)
    for name, theirs, told in [
            ("sensitivity_at_specificity", m.SensitivityAtSpecificity, dict(specificity=0.5)),
            ("specificity_at_sensitivity", m.SpecificityAtSensitivity, dict(sensitivity=0.7)),
            ("precision_at_recall", m.PrecisionAtRecall, dict(recall=0.4)),
            ("recall_at_precision", m.RecallAtPrecision, dict(precision=0.6)),
            ("sensitivity_at_specificity", m.SensitivityAtSpecificity, dict(specificity=0.8, num_thresholds=50))]:
        metric = theirs(**told)
        metric.update_state(np.float32(t), np.float32(p))
        c.same(f"metric {name} {told}", getattr(metrics, name)(p, t, w, **told), metric.result())
    hot = np.eye(6)[rng.integers(0, 6, 60)]
    number = hot.argmax(1)
    for what, metric, of in [
            ("one_hot_mean_io_u", m.OneHotMeanIoU(num_classes=6), dict()),
            ("one_hot_io_u", m.OneHotIoU(num_classes=6, target_class_ids=[0, 3]), dict(target_class_ids=[0, 3])),
            ("mean_io_u", m.MeanIoU(num_classes=6, sparse_y_pred=False, ignore_class=1), dict(ignore_class=1))]:
        metric.update_state(hot if what.startswith("one_hot") else number, p)
        c.same(f"metric {what}", metrics.iou(p, hot if what.startswith("one_hot") else number, w, **of), metric.result())
    metric = m.BinaryIoU(threshold=0.25)
    metric.update_state(t, p)
    c.same("metric binary_io_u", metrics.binary_iou(p, t, w, threshold=0.25), metric.result())
    p, t = rng.normal(0, 1, (60, 6)), rng.normal(0, 1, (60, 6))
    for name, theirs in (("pearson_correlation", m.PearsonCorrelation), ("concordance_correlation", m.ConcordanceCorrelation)):
        for axis in (-1, 0):
            metric = theirs(axis=axis)
            metric.update_state(np.float32(t), np.float32(p))
            c.same(f"metric {name} axis {axis}", getattr(metrics, name)(p, t, w, axis=axis), metric.result())


def compare_layers(keras, c, rng):
    """Normalization and softmax along any axes, and spectral normalization: one training call divides kernel and vector."""
    x = np.float32(rng.normal(0.3, 1, (7, 4, 3, 20))).astype(float)
    for axis in ([1, 2], [2, 3], [1, 2, 3], 1, -2, -1):
        layer = keras.layers.LayerNormalization(axis=axis)
        layer.build(x.shape)
        p = stirred(layer, rng, ("gamma", "beta"))
        c.same(f"layer_normalization axis {axis}", layers.layer_normalization(x, p, axis=axis), layer(np.float32(x)), 2e-5)
    for axis in (1, 2, -1):
        layer = keras.layers.BatchNormalization(axis=axis)
        layer.build(x.shape)
        p = stirred(layer, rng, ("gamma", "beta", "moving_mean", "moving_variance"))
        c.same(f"batch_normalization axis {axis}", layers.batch_normalization(x, p, axis=axis), layer(np.float32(x)), 2e-5)
        c.same(f"softmax axis {axis}", layers.softmax_along(x, {}, axis), keras.layers.Softmax(axis=axis)(np.float32(x)))
    for rounds in (1, 3):
        wrapper = keras.layers.SpectralNormalization(keras.layers.Dense(6), power_iterations=rounds)
        wrapper.build((None, 5))
        w, u = (np.asarray(v.value, float) for v in (wrapper.layer.kernel, wrapper.vector_u))
        wrapper(np.float32(rng.normal(0, 1, (2, 5))), training=True)
        want, kept = penalties.spectral_norm(w, u.ravel(), rounds)
        c.same(f"spectral_norm({rounds})", want, wrapper.layer.kernel.value)
        c.same(f"spectral_norm({rounds}): vector", kept, np.ravel(wrapper.vector_u.value))
    w = rng.normal(0, 1, (5, 6))
    for axis in (0, 1, [0, 1], -1):
        for name, theirs, told in (("max_norm", keras.constraints.MaxNorm, dict(max_value=1.5)),
                                   ("unit_norm", keras.constraints.UnitNorm, {}),
                                   ("min_max_norm", keras.constraints.MinMaxNorm, dict(min_value=1, max_value=1.5, rate=0.5))):
            c.same(f"{name} axis {axis}", getattr(penalties, name)(w, **told, axis=axis), theirs(**told, axis=axis)(np.float32(w)))


def stirred(layer, rng, names):
    """Gives the layer's parameters random values; returns them."""
    p = {name: np.abs(rng.normal(1, 0.5, getattr(layer, name).shape)).astype(np.float32) for name in names}
    for name, values in p.items():
        getattr(layer, name).assign(values)
    return {name: values.astype(float) for name, values in p.items()}


def main():
    os.environ.setdefault("KERAS_BACKEND", "jax")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "KERAS_VALUES" not in os.environ:
        print("skipped: ./check --all runs it")
        sys.exit(77)
    try:
        import keras
    except ImportError as missing:
        print(f"skipped: {missing}")
        sys.exit(77)
    c, rng = Count(), np.random.default_rng(42)
    compare_activations(keras, c, np.clip(activations.points(rng), -20, 20))
    compare_losses(keras, c, rng)
    compare_metrics(keras, c, rng)
    compare_layers(keras, c, rng)
    print(f"Keras {keras.__version__}: {c.count} comparisons, {c.faults} faults")
    sys.exit(c.faults > 0)


if __name__ == "__main__":
    main()
