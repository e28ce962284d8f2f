"""The references of activations, losses, metrics, layers, penalties, initializers, optimizers and schedules against Keras
itself, to 1e-5: what the other scripts hold the library to is what Keras computes. Runs in ./check --all, or with
KERAS_VALUES set, where Keras is installed (any backend); tools/need keras installs it.

Left out are the places where the two differ: sparsemax, whose sums Keras gets wrong; logits and probabilities within 1e-7
of sure, where Keras stops at what float32 has there; relu with a ceiling and a threshold below 0, which Keras cuts at 0;
what Keras does not have (OURS_ALONE, lookahead, parts of the run as steps); averages of weights with gradient accumulation,
which Keras updates after each batch, and plummet after each update.
"""
import os
import subprocess
import sys

import numpy as np

import activations
import layers
import losses
import metrics
import optimizers
import penalties
import schedules
import table_layers

OURS_ALONE = {"relu_squared", "swiglu", "geglu", "reglu", "sin", "cos", "sparsemax"}


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
    labels = hot.argmax(1)[:, None].astype(float)
    said = rng.integers(0, 6, (60, 1)).astype(float)
    for classes in ([0, 3], [1, 2, 4]):
        metric = m.IoU(num_classes=6, target_class_ids=classes)
        metric.update_state(labels, said)
        c.same(f"metric io_u {classes}", metrics.iou(said, labels, w, num_classes=6, target_class_ids=classes), metric.result())
    metric = m.BinaryIoU(threshold=0.25)
    metric.update_state(t, p)
    c.same("metric binary_io_u", metrics.binary_iou(p, t, w, threshold=0.25), metric.result())
    p, t = rng.normal(0, 1, (60, 6)), rng.normal(0, 1, (60, 6))
    for name, theirs in (("pearson_correlation", m.PearsonCorrelation), ("concordance_correlation", m.ConcordanceCorrelation)):
        for axis in (-1, 0):
            metric = theirs(axis=axis)
            metric.update_state(np.float32(t), np.float32(p))
            c.same(f"metric {name} axis {axis}", getattr(metrics, name)(p, t, w, axis=axis), metric.result())


    w = rng.integers(0, 9, 60) / 4
    for of, values in (("prediction", p), ("target", t)):
        for name, metric, each in (("mean", m.Mean(), values.mean(-1)), ("sum", m.Sum(), values.sum(-1))):
            metric.update_state(np.float32(each), sample_weight=np.float32(w))
            c.same(f"metric {name} of {of}", getattr(metrics, f"{name}_of")(p, t, w, of=of), metric.result())


def compare_normalization(keras, c, rng):
    """With the mean and variance given as numbers or lists, or taken from rows; and back again."""
    x = np.float32(rng.normal(3, 2, (40, 3, 4))).astype(float)
    lists = dict(mean=[1.0, -2.0, 0.5, 3.0], variance=[4.0, 0.25, 1e-16, 2.0])
    for given in (dict(mean=2.0, variance=9.0), lists, {}):
        for axis in (-1, 1, None) if not given else (-1,):
            for invert in (False, True):
                layer = keras.layers.Normalization(axis=axis, invert=invert, **given)
                if given:
                    p = {key: np.asarray(value) for key, value in given.items()}
                else:
                    layer.adapt(np.float32(x))
                    rest = tuple(k for k in range(3) if axis is None or k != axis % 3)
                    p = dict(mean=x.mean(rest, keepdims=True), variance=x.var(rest, keepdims=True))
                rows = x[:5] if not invert else rng.normal(0, 1, (5, 3, 4))
                got = table_layers.normalization(np.float32(rows).astype(float), p, invert=invert)
                c.same(f"normalization axis {axis} {given} invert {invert}", got, layer(np.float32(rows)))


def compare_penalties(keras, c, rng):
    """What regularizers add to the loss."""
    r = keras.regularizers
    for shape in ((5, 6), (3, 19), (1, 4)):
        w = rng.normal(0, 1, shape)
        for name, theirs, told in (("l1", r.L1, dict(l1=0.05)), ("l2", r.L2, dict(l2=0.1)),
                                   ("l1_l2", r.L1L2, dict(l1=0.02, l2=0.03))):
            got = penalties.penalty(w, *getattr(penalties, name)(**told))
            c.same(f"{name} of {shape}", got, theirs(**told)(np.float32(w)))
        for mode in ("rows", "columns"):
            if shape[mode == "columns"] < 2:
                continue  # no pairs: Keras refuses to divide by 0
            got = penalties.orthogonal_regularizer(w, 0.3, mode)[0]
            c.same(f"orthogonal_regularizer {mode} of {shape}", got, r.OrthogonalRegularizer(0.3, mode)(keras.ops.convert_to_tensor(w, "float32")))


# Keras's names of optimizers and schedules; of the schedules those that are not here are ours alone.
OPTIMIZERS = dict(sgd="SGD", rmsprop="RMSprop", adagrad="Adagrad", adadelta="Adadelta", adam="Adam", adamw="AdamW",
                  adamax="Adamax", nadam="Nadam", lion="Lion", ftrl="Ftrl", lamb="Lamb", adafactor="Adafactor", muon="Muon",
                  schedule_free_adamw="ScheduleFreeAdamW")
SCHEDULES = dict(exponential_decay="ExponentialDecay", inverse_time_decay="InverseTimeDecay",
                 piecewise_constant_decay="PiecewiseConstantDecay", polynomial_decay="PolynomialDecay",
                 cosine_decay="CosineDecay", cosine_decay_restarts="CosineDecayRestarts")
STEPS, RATE = 12, 0.02  # steps: a multiple of those that are accumulated


def their_optimizer(keras, name, told, common, variables):
    """Keras's optimizer. Its patterns see names without the layer's, so it gets a list of variables in place of ours."""
    told = dict(told, **{key: value for key, value in common.items() if key != "exclude_from_weight_decay"})
    if "exclude_layers" in told:
        told["exclude_layers"] = ["^" + told["exclude_layers"].strip("'") + "/"]
    optimizer = getattr(keras.optimizers, OPTIMIZERS[name])(**dict(dict(learning_rate=RATE), **told))
    if "exclude_from_weight_decay" in common:
        optimizer.exclude_from_weight_decay(var_list=[v for v in variables if v.path != "a/kernel"])
    optimizer.build(variables)
    return optimizer


def theirs_trained(keras, name, told, common, start, gradients, pieces):
    """The parameters as one vector after each step, and what a fit leaves."""
    variables, seen = [], []
    for path, shape, piece in zip(optimizers.NAMES, optimizers.SHAPES, pieces):
        with keras.name_scope(path.split("/")[0]):
            variables.append(keras.Variable(start[piece].reshape(shape), name=path.split("/")[1], dtype="float64"))
    optimizer = their_optimizer(keras, name, told, common, variables)
    for row in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(row[piece].reshape(shape), "float64")
                         for piece, shape in zip(pieces, optimizers.SHAPES)])
        seen.append(np.concatenate([np.ravel(v.value) for v in variables]))
    optimizer.finalize_variable_values(variables)
    return np.array(seen + [np.concatenate([np.ravel(v.value) for v in variables])])


def ours_trained(name, told, common, start, gradients, pieces, rate):
    options, own = dict(common), dict(told)
    options.setdefault("weight_decay", own.pop("weight_decay", 0.004 if name in ("adamw", "muon") else 0))
    decays = 1.0
    if options.pop("exclude_from_weight_decay", None):
        decays = np.concatenate([np.full(int(np.prod(shape)), float(path == "a/kernel"))
                                 for path, shape in zip(optimizers.NAMES, optimizers.SHAPES)])
    if name == "muon":  # what adam updates has a decay of its own
        by_adam = np.concatenate([np.full(int(np.prod(shape)), path.endswith("bias") or path.split("/")[0] ==
                                          own.get("exclude_layers", "").strip("'"))
                                  for path, shape in zip(optimizers.NAMES, optimizers.SHAPES)])
        decays = decays * np.where(by_adam, own.pop("adam_weight_decay", 0.004), options["weight_decay"])
        options["weight_decay"] = 1.0
    update = getattr(optimizers, name)
    return np.array(optimizers.train(lambda x, g, now, t, s: update(x, g, now, t, s, **own), start, gradients, pieces, rate,
                                     every=1, decays=decays, **options))


def compare_optimizers(keras, c, rng):
    """Each with every key of its own, with weight decay, and under a schedule, and some with all that is common, in float64:
    twelve steps from random weights."""
    sizes = [int(np.prod(shape)) for shape in optimizers.SHAPES]
    pieces = [slice(sum(sizes[:k]), sum(sizes[:k + 1])) for k in range(len(sizes))]
    start, gradients = rng.normal(0, 0.5, sum(sizes)), rng.normal(0.1, 1, (STEPS, sum(sizes)))

    def check(name, told, common, rate=lambda i: RATE):
        schedule = dict(learning_rate=rate.theirs) if hasattr(rate, "theirs") else {}
        want = theirs_trained(keras, name, dict(told, **schedule), common, start, gradients, pieces)
        got = ours_trained(name, told, common, start, gradients, pieces, rate)
        c.same(f"optimizer {name} {told} {common} {'falling' if schedule else ''}", got, want)

    keras.config.set_floatx("float64")
    for name in OPTIMIZERS:
        for function, told in optimizers.OWN:
            if name in optimizers.names_of(function):
                check(name, told, {})
        for common in optimizers.COMMON if name in ("sgd", "adam", "adamw", "muon") else optimizers.COMMON[:1]:
            if "gradient_accumulation_steps" in common:
                common = {key: value for key, value in common.items() if "ema" not in key}
            if "lookahead_steps" not in common:
                check(name, dict(momentum=0.9) if name == "sgd" else {}, common)
        falling = lambda i: schedules.cosine_decay(i, initial_learning_rate=0.05, decay_steps=8, alpha=0.1)
        falling.theirs = keras.optimizers.schedules.CosineDecay(0.05, 8, alpha=0.1)
        check(name, {}, dict(gradient_accumulation_steps=2), falling)
    keras.config.set_floatx("float32")


def compare_schedules(keras, c):
    keras.config.set_floatx("float64")
    for schedule, told in schedules.CASES:
        name = schedule.__name__
        if name not in SCHEDULES:
            continue
        theirs = {key: schedules.steps_of(value, schedules.RUN) if key in schedules.STEPS else value for key, value in told.items()}
        rate = getattr(keras.optimizers.schedules, SCHEDULES[name])(**theirs)
        steps = sorted({*range(0, schedules.RUN, 43), *(k + step for k in (-1, 0, 1) for step in (10, 100, 250, 300, 500, 700))})
        c.same(f"schedule {name} {told}", [schedule(i, **told) for i in steps], [float(rate(i)) for i in steps])
    keras.config.set_floatx("float32")


def compare_signatures(keras, c):
    """The table of arguments that unit.keras_words walks is that of this Keras, but for the line of the version."""
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "keras")
    done = subprocess.run([sys.executable, os.path.join(root, "signatures.py")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, check=True, env={**os.environ, "JAX_ENABLE_X64": "0"})  # float32, as Keras's own default
    with open(os.path.join(root, "signatures.tsv"), encoding="utf-8") as file:
        written, made = set(file.read().splitlines()[1:]), set(done.stdout.splitlines()[1:])
    c.count += 1
    for line in sorted(written ^ made):
        c.faults += 1
        print(f"  signatures.tsv: {'Keras has' if line in made else 'Keras no longer has'}: {line}", flush=True)


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
    os.environ.setdefault("JAX_ENABLE_X64", "1")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    if "KERAS_VALUES" not in os.environ:
        print("skipped: ./check --all runs it")
        sys.exit(77)
    try:
        import keras
    except ImportError as missing:
        print(f"skipped: {missing}; tools/need keras installs it")
        sys.exit(77)
    c, rng = Count(), np.random.default_rng(42)
    compare_activations(keras, c, np.clip(activations.points(rng), -20, 20))
    compare_losses(keras, c, rng)
    compare_metrics(keras, c, rng)
    compare_layers(keras, c, rng)
    compare_normalization(keras, c, rng)
    compare_penalties(keras, c, rng)
    compare_schedules(keras, c)
    compare_signatures(keras, c)
    compare_optimizers(keras, c, rng)
    print(f"Keras {keras.__version__}: {c.count} comparisons, {c.faults} faults")
    sys.exit(c.faults > 0)


if __name__ == "__main__":
    main()
