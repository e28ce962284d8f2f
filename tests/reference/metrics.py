"""Metrics: one number from the predictions p, targets t and weights w of all rows, over however many batches they came
(Keras's definitions).

    auc    Fawcett, An introduction to ROC analysis, 2006; under precision and recall: Davis and Goadrich, The relationship
           between precision-recall and ROC curves, ICML 2006

A metric named like a loss is the mean of that loss. Weights count where weighted=true is said: means divide by their sum.
"""
import numpy as np

import losses

EPSILON = 1e-7


def mean(figures, w):
    return (figures * w).sum() / w.sum()


def by_loss(loss, sign=1):
    def metric(p, t, w, **told):
        counts = t != told.pop("ignore_class") if "ignore_class" in told else slice(None)  # as if those rows were not
        p, t, w = p[counts], t[counts], w[counts]
        return mean(sign * loss(p, t, **told), w)
    return metric


def binary_accuracy(p, t, w, threshold=0.5):
    return mean(((p > threshold) == t).mean(-1), w)


def categorical_accuracy(p, t, w):
    return mean(p.argmax(-1) == t.argmax(-1), w)


def sparse_categorical_accuracy(p, t, w):
    return mean(p.argmax(-1) == t, w)


def sparse_top_k_categorical_accuracy(p, t, w, k=5):
    """Fewer than k outputs are larger than that of the right class."""
    right = np.take_along_axis(p, t.astype(int)[:, None], 1)
    return mean((p > right).sum(-1) < k, w)


def top_k_categorical_accuracy(p, t, w, k=5):
    return sparse_top_k_categorical_accuracy(p, t.argmax(-1), w, k)


def root_mean_squared_error(p, t, w):
    return np.sqrt(mean(losses.mean_squared_error(p, t), w))


def r2_score(p, t, w, class_aggregation="uniform_average", num_regressors=0):
    """1 - what is left of the variance, averaged over the columns; adjusted: Theil, Economic forecasts and policy, 1961."""
    rows, w = len(w), w[:, None]
    total = (w * (t - (w * t).sum(0) / w.sum()) ** 2).sum(0)
    score = 1 - (w * (t - p) ** 2).sum(0) / total
    if class_aggregation != "none":
        score = np.average(score, weights=total if class_aggregation == "variance_weighted_average" else None)
    return 1 - (1 - score) * (rows - 1) / (rows - num_regressors - 1)


def counts(p, t, w, threshold=None, top_k=None, class_id=None):
    """True positives, false positives, false negatives, true negatives: of all columns together, or of one class. With
    top_k only the k largest outputs of a row are answers, of equal ones the first; then no threshold is needed."""
    said, is_so, w = p > (0.5 if threshold is None else threshold), t > 0, np.broadcast_to(w[:, None], p.shape)
    if top_k is not None:
        largest = np.zeros(p.shape, bool)
        np.put_along_axis(largest, np.argsort(-p, 1, kind="stable")[:, :top_k], True, 1)
        said = largest if threshold is None else said & largest
    if class_id is not None:
        said, is_so, w = said[:, class_id], is_so[:, class_id], w[:, class_id]
    return [(w * where).sum() for where in (said & is_so, said & ~is_so, ~said & is_so, ~said & ~is_so)]


def true_positives(p, t, w, **told):
    return counts(p, t, w, **told)[0]


def false_positives(p, t, w, **told):
    return counts(p, t, w, **told)[1]


def false_negatives(p, t, w, **told):
    return counts(p, t, w, **told)[2]


def true_negatives(p, t, w, **told):
    return counts(p, t, w, **told)[3]


def share(part, whole):
    return part / whole if whole > 0 else 0.0


def precision(p, t, w, **told):
    right, wrong, _, _ = counts(p, t, w, **told)
    return share(right, right + wrong)


def recall(p, t, w, **told):
    right, _, missed, _ = counts(p, t, w, **told)
    return share(right, right + missed)


def by_threshold(metric):
    """Several thresholds give a number each."""
    def metric_of(p, t, w, thresholds=None, **told):
        each = thresholds if isinstance(thresholds, list) else [thresholds]
        return np.array([metric(p, t, w, threshold=threshold, **told) for threshold in each])
    metric_of.__name__ = metric.__name__
    return metric_of


def fbeta_score(p, t, w, beta=1, average="macro", threshold=None):
    """(1 + b^2) precision recall / (b^2 precision + recall) of each class: recall matters b times as much. Without a
    threshold the largest output is the answer, and of one output what is above 0.5."""
    if threshold is None and p.shape[1] == 1:
        threshold = 0.5
    said = p > threshold if threshold is not None else np.eye(p.shape[1], dtype=bool)[p.argmax(-1)]
    w, is_so = w[:, None], t > 0
    right, wrong, missed = ((w * where).sum(0) for where in (said & is_so, said & ~is_so, ~said & is_so))
    if average == "micro":
        right, wrong, missed = right.sum(), wrong.sum(), missed.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        precise, found = right / (right + wrong), right / (right + missed)
        score = np.nan_to_num((1 + beta ** 2) * precise * found / (beta ** 2 * precise + found))
    if average == "none":
        return score
    return np.average(score, weights=right + missed if average == "weighted" else None) if average != "micro" else score


def f1_score(p, t, w, **told):
    return fbeta_score(p, t, w, **told)


def auc(p, t, w, num_thresholds=None, curve="ROC", summation_method="interpolation", thresholds=None, multi_label=False,
        num_labels=None, label_weights=None, from_logits=False):
    """The curve goes through what is found and wrongly found above thresholds at equal distances from 0 to 1, or above
    given ones, or above every prediction."""
    if from_logits:
        p = 1 / (1 + np.exp(-p))
    n = num_thresholds
    inner = sorted(thresholds) if thresholds else [k / (n - 1) for k in range(1, n - 1)] if n else None
    w, labels = np.broadcast_to(w[:, None], p.shape), np.array(label_weights or np.ones(p.shape[1]))

    def of(p, t, w):
        if inner is None and curve == "ROC" and summation_method == "interpolation":
            return in_order(p.ravel(), t.ravel(), w.ravel())
        return area(*points(p, t, w, np.unique(p) if inner is None else inner), curve, summation_method)
    if multi_label:
        return np.average([of(p[:, j:j + 1], t[:, j:j + 1], w[:, j:j + 1]) for j in range(p.shape[1])], weights=labels)
    return of(p, t, w * labels)


def in_order(p, t, w):
    """The share of pairs of a positive and a negative of which the positive has the larger number, ties half (Mann and
    Whitney, On a test of whether one of two random variables is stochastically larger than the other, 1947)."""
    high, low = p[t > 0][:, None], p[t <= 0][None, :]
    pairs = w[t > 0][:, None] * w[t <= 0][None, :]
    return ((high > low) * pairs + (high == low) * pairs / 2).sum() / pairs.sum()


def points(p, t, w, inner):
    said, is_so = np.array([p > k for k in [-EPSILON, *inner, 1 + EPSILON]]), t > 0
    return [(w * where).sum((1, 2)) for where in (said & is_so, said & ~is_so, ~said & is_so, ~said & ~is_so)]


def area(right, wrong, missed, told, curve, summation_method):
    if curve == "PR" and summation_method == "interpolation":
        return area_by_counts(right, wrong, missed)
    found = right / (right + missed)
    if curve == "PR":
        x, y = found, np.array([share(*pair) for pair in zip(right, right + wrong)])
    else:
        x, y = wrong / (wrong + told), found
    height = dict(interpolation=lambda a, b: (a + b) / 2, minoring=np.minimum, majoring=np.maximum,
                  steps=lambda a, b: a)[summation_method]
    return ((x[:-1] - x[1:]) * height(y[:-1], y[1:])).sum()


def area_by_counts(right, wrong, missed):
    """Between two points the number of positives grows in a line with that of answers, and so must be integrated."""
    total = 0
    for k in range(len(right) - 1):
        answers, before = right[k] + wrong[k], right[k + 1] + wrong[k + 1]
        slope = share(right[k] - right[k + 1], answers - before)
        level = right[k + 1] - slope * before
        bend = np.log(answers / before) if answers > 0 and before > 0 else 0
        total += slope * (right[k] - right[k + 1] + level * bend) / (right[k + 1] + missed[k + 1])
    return total


def best_at(bound, wanted):
    """The largest `wanted` over thresholds where `bound` is at least the value; sums are of what is above a threshold."""
    def metric(p, t, w, num_thresholds=200, class_id=None, **told):
        (value,) = told.values()
        if class_id is not None:
            p, t = p[:, class_id:class_id + 1], t[:, class_id:class_id + 1]
        inner = [0.5] if num_thresholds == 1 else [-EPSILON, *(k / (num_thresholds - 1) for k in range(1, num_thresholds - 1)), 1 + EPSILON]
        w, is_so, best = np.broadcast_to(w[:, None], p.shape), t > 0, 0
        for threshold in inner:
            said = p > threshold
            n = [(w * where).sum() for where in (said & is_so, said & ~is_so, ~said & is_so, ~said & ~is_so)]
            best = max(best, wanted(*n)) if bound(*n) >= value else best
        return best
    return metric


def share_found(right, wrong, missed, rest):
    return share(right, right + missed)


def share_told(right, wrong, missed, rest):
    return share(rest, rest + wrong)


def share_right(right, wrong, missed, rest):
    return share(right, right + wrong)


sensitivity_at_specificity, specificity_at_sensitivity = best_at(share_told, share_found), best_at(share_found, share_told)
precision_at_recall, recall_at_precision = best_at(share_found, share_right), best_at(share_right, share_found)
for name in ("sensitivity_at_specificity", "specificity_at_sensitivity", "precision_at_recall", "recall_at_precision"):
    globals()[name].__name__ = name


def matrix(p, t, w, classes):
    """[is, said]: weights of the rows of a class by the class predicted."""
    m = np.zeros((classes, classes))
    np.add.at(m, (t.astype(int), p.astype(int)), w)
    return m


def overlaps(m, ids=None):
    """Everingham and others, The Pascal visual object classes challenge, 2010: mean over the classes there are."""
    with np.errstate(invalid="ignore"):
        each = (np.diag(m) / (m.sum(0) + m.sum(1) - np.diag(m)))[slice(None) if ids is None else ids]
    return np.nanmean(each) if np.isfinite(each).any() else 0.0


def iou(p, t, w, num_classes=None, target_class_ids=None, ignore_class=None):
    classes = num_classes or p.shape[1]
    t = t.argmax(-1) if t.ndim > 1 and t.shape[1] > 1 else t.ravel()
    p = p.argmax(-1) if p.shape[1] > 1 else p.ravel()
    counts = t != ignore_class if ignore_class is not None else slice(None)
    return overlaps(matrix(p[counts], t[counts], w[counts], classes), target_class_ids)


def named(name, metric):
    def metric_of(*given, **told):
        return metric(*given, **told)
    metric_of.__name__ = name
    return metric_of


def binary_iou(p, t, w, target_class_ids=(0, 1), threshold=0.5):
    return overlaps(matrix((p >= threshold).ravel(), t.ravel(), np.repeat(w, p.shape[1]), 2), list(target_class_ids))


def balanced_accuracy(p, t, w, threshold=0.5):
    """Brodersen, Ong, Stephan and Buhmann, ICPR 2010: mean over the classes there are of the share that is found."""
    said = p.argmax(-1) if p.shape[1] > 1 else (p[:, 0] > threshold)
    m = matrix(said, t.argmax(-1) if t.ndim > 1 and t.shape[1] > 1 else t.ravel(), w, max(p.shape[1], 2))
    with np.errstate(invalid="ignore"):
        return np.nanmean(np.diag(m) / m.sum(1))


def calibrated_crossentropy(p, t, w):
    """Berta, Holzmueller, Jordan and Bach, Rethinking early stopping: refine, then calibrate, 2025: the crossentropy at the
    best temperature, which is searched by a parabola through three of six."""
    def at(k):
        powers = np.maximum(p, 1e-30) ** 2.0 ** (1 - k)
        return mean(-np.log(np.take_along_axis(powers / powers.sum(-1, keepdims=True), t.astype(int)[:, None], 1)[:, 0]), w)
    values = [at(k) for k in range(6)]
    k = int(np.argmin(values))
    if k in (0, 5):
        return values[k]
    a, b, c = np.polyfit([-1, 0, 1], values[k - 1:k + 2], 2)
    return c - b * b / (4 * a)


def correlation(of):
    def metric(p, t, w, axis=-1):
        if axis == -1:
            return mean(np.array([of(a, b, np.ones(len(a))) for a, b in zip(t, p)]), w)
        return np.mean([of(a, b, w) for a, b in zip(t.T, p.T)])
    return metric


def moments(t, p, w):
    a, b = np.average(t, weights=w), np.average(p, weights=w)
    return a, b, *(np.average(x * y, weights=w) for x, y in ((t - a, t - a), (p - b, p - b), (t - a, p - b)))


def pearson_of(t, p, w):
    _, _, tt, pp, tp = moments(t, p, w)
    return tp / np.sqrt(tt * pp)


def concordance_of(t, p, w):
    """Lin, A concordance correlation coefficient to evaluate reproducibility, 1989."""
    a, b, tt, pp, tp = moments(t, p, w)
    return 2 * tp / (tt + pp + (a - b) ** 2 + EPSILON)


pearson_correlation = named("pearson_correlation", correlation(pearson_of))
concordance_correlation = named("concordance_correlation", correlation(concordance_of))


def mean_of(p, t, w, of="prediction"):
    return np.average((p if of == "prediction" else t).mean(-1), weights=w)


def sum_of(p, t, w, of="prediction"):
    return ((p if of == "prediction" else t).sum(-1) * w).sum()


LOSS_NAMED = ["mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error",
              "mean_squared_logarithmic_error", "log_cosh", "hinge", "squared_hinge", "categorical_hinge",
              "kl_divergence", "poisson", "binary_crossentropy", "categorical_crossentropy",
              "sparse_categorical_crossentropy"]

# Each with what it is told and the numbers it is for; see losses.numbers, and below for "ties" and "yes-no".
CASES = [
    (binary_accuracy, {}, "yes-no"), (binary_accuracy, dict(threshold=0.25), "yes-no"),
    (categorical_accuracy, {}, "ties"), (sparse_categorical_accuracy, {}, "label ties"),
    (top_k_categorical_accuracy, {}, "ties"), (top_k_categorical_accuracy, dict(k=2), "ties"),
    (sparse_top_k_categorical_accuracy, {}, "label ties"), (sparse_top_k_categorical_accuracy, dict(k=3), "label ties"),
    (root_mean_squared_error, {}, "any"), (r2_score, {}, "any"), (r2_score, dict(num_regressors=7), "any"),
    (r2_score, dict(class_aggregation="none"), "any"), (r2_score, dict(class_aggregation="none", num_regressors=3), "any"),
    (r2_score, dict(class_aggregation="variance_weighted_average"), "any"),
    *((by_threshold(count), told, "yes-no") for count in (precision, recall, true_positives, false_positives,
                                                          false_negatives, true_negatives)
      for told in ({}, dict(thresholds=0.25), dict(thresholds=1), dict(top_k=2), dict(class_id=3),
                   dict(top_k=3, class_id=1, thresholds=0.3), dict(thresholds=[0.25, 0.5, 0.9]),
                   dict(thresholds=[0.5, 0.2], top_k=2))),
    *((fbeta_score, dict(average=average, beta=beta), "distributions")
      for average in ("macro", "micro", "weighted", "none") for beta in (0.5, 2)), (fbeta_score, dict(beta=3, threshold=0.25), "yes-no"),
    *((f1_score, dict(average=average), "distributions") for average in ("macro", "micro", "weighted", "none")),
    (f1_score, {}, "yes-no"), (fbeta_score, dict(beta=2), "yes-no"),
    (f1_score, dict(average="macro", threshold=0.25), "yes-no"), (f1_score, dict(average="weighted", threshold=0.5), "yes-no"),
    *((auc, dict(curve=curve, num_thresholds=n), "yes-no") for curve in ("ROC", "PR") for n in (2, 17, 200)),
    *((auc, dict(curve=curve, summation_method=method, **told), "yes-no") for curve in ("ROC", "PR")
      for method in ("interpolation", "minoring", "majoring", "steps")
      for told in ({}, dict(thresholds=[0.5, 0.25, 0.7]), dict(multi_label=True), dict(num_thresholds=200), dict(label_weights=[1, 0, 2, 3, 0.5, 1]),
                   dict(multi_label=True, num_labels=6, label_weights=[1, 0, 2, 3, 0.5, 1], num_thresholds=50))),
    *((sensitivity_at_specificity, dict(specificity=x, **told), "yes-no") for x in (0.3, 0.5, 0.9)
      for told in ({}, dict(num_thresholds=17), dict(num_thresholds=1), dict(class_id=2))),
    *((metric, told, "yes-no") for metric, key in ((specificity_at_sensitivity, "sensitivity"), (precision_at_recall, "recall"),
                                                   (recall_at_precision, "precision"))
      for told in ({key: 0.5}, {key: 0.7, "num_thresholds": 33}, {key: 0.4, "class_id": 1})),
    *((named(name, iou), told, kind) for name, kind in (("io_u", "ties"), ("io_u", "label ties"), ("one_hot_io_u", "ties"))
      for told in ({}, dict(num_classes=6), dict(target_class_ids=[0, 3]), dict(ignore_class=2, target_class_ids=[1, 2, 4]))),
    *((named(name, iou), told, kind) for name, kind in (("mean_io_u", "ties"), ("mean_io_u", "label ties"), ("one_hot_mean_io_u", "ties"))
      for told in ({}, dict(num_classes=6), dict(ignore_class=1))),
    *((named("binary_io_u", binary_iou), told, "yes-no") for told in ({}, dict(threshold=0.25), dict(target_class_ids=[1]))),
    # sharper and sharper: each of the temperatures is the best once, both ends too
    *((calibrated_crossentropy, {}, "sharp %g" % power) for power in (.1, .3, .5, .7, 1, 1.5, 2, 3, 5, 9, 20, 40)),
    (calibrated_crossentropy, {}, "labels"), (calibrated_crossentropy, {}, "label ties"),
    (balanced_accuracy, {}, "ties"), (balanced_accuracy, {}, "label ties"), (balanced_accuracy, dict(threshold=0.3), "ties"),
    *((metric, told, "any") for metric in (pearson_correlation, concordance_correlation) for told in ({}, dict(axis=0))),
    *((named(name, metric), told, "any") for name, metric in (("mean", mean_of), ("sum", sum_of)) for told in ({}, dict(of="target"))),
    (auc, dict(from_logits=True), "yes-no logits"), (auc, dict(from_logits=True, multi_label=True), "yes-no logits"),
]


def rank_by_average_precision(t):
    """scikit-learn's average precision of rows in falling order."""
    found = np.cumsum(t)
    return (t * found / np.arange(1, len(t) + 1)).sum() / t.sum()


NAN = float("nan")
# What is measured where there is little or nothing to measure; scikit-learn's conventions where it has one: the metric,
# predictions, targets, weights (None = 1), value. NaN where nothing is defined.
EDGES = [
    ("auc", [.1, .9, .4], [1, 1, 1], None, NAN), ("auc", [.1, .9, .4], [0, 0, 0], None, NAN),
    ("auc(num_thresholds=200)", [.1, .9, .4], [1, 1, 1], None, NAN), ("auc(curve=PR)", [.1, .9], [0, 0], None, NAN),
    ("auc(curve=PR)", [.1, .9], [1, 1], None, 1), ("auc(curve=PR, num_thresholds=200)", [.1, .9], [1, 1], None, 1),
    ("auc", [.5, .5, .5, .5], [0, 1, 0, 1], None, .5), ("auc", [.3, .3, .7, .7], [0, 1, 0, 1], None, .5),
    ("auc", [.1, .4, .35, .8], [0, 0, 1, 1], None, .75), ("auc", [.9, .1], [0, 1], None, 0),
    ("auc", [1 - 2 ** -24, 1, 0, 2 ** -140], [0, 1, 0, 1], None, .75), ("auc", [-3, 2, 70, 5], [0, 0, 1, 1], None, 1),
    ("auc(from_logits=true)", [-300, 200, 300, 250], [0, 0, 1, 1], None, 1),
    ("auc(weighted=true)", [.1, .4, .35, .8], [0, 0, 1, 1], [1, 3, 2, 0], .25),
    ("auc(weighted=true)", [.1, .4, .35, .8], [0, 0, 1, 1], [0, 0, 0, 0], NAN),
    ("auc(weighted=true)", [.1, .4, .35, .8], [0, 0, 1, 1], [0, 0, 1, 1], NAN),
    ("auc(curve=PR, summation_method=steps)", [.9, .8, .7, .6, .5], [1, 0, 1, 1, 0], None,
     rank_by_average_precision(np.array([1, 0, 1, 1, 0]))),
    ("auc(multi_label=true)", [[.1, .2], [.9, .1]], [[0, 1], [1, 1]], None, NAN),
    ("auc(multi_label=true, label_weights=[1, 0])", [[.1, .2], [.9, .1]], [[0, 1], [1, 1]], None, 1),
    ("precision", [.1, .2], [0, 1], None, 0), ("recall", [.9, .2], [0, 0], None, 0), ("f1_score", [.1, .2], [0, 0], None, 0),
    ("f1_score", [.9, .2, .7], [1, 1, 0], None, .5), ("f1_score", [.9, .2, .5], [1, 0, 0], None, 1),
    ("fbeta_score(beta=2)", [.9, .2, .7, .8], [1, 1, 0, 1], None, 10 / 15), ("f1_score(threshold=0.8)", [.9, .2, .7], [1, 1, 1], None, .5),
    ("f1_score", [[.9, .1, 0], [.8, .2, 0]], [[1, 0, 0], [0, 1, 0]], None, (2 / 3 + 0 + 0) / 3),
    ("f1_score(average=weighted)", [[.9, .1, 0], [.8, .2, 0]], [[1, 0, 0], [0, 1, 0]], None, (2 / 3 + 0) / 2),
    ("precision(weighted=true)", [.9, .2], [1, 0], [0, 0], 0), ("f1_score(weighted=true)", [.9, .2], [1, 0], [0, 0], 0),
    ("r2_score", [2, 2, 2], [2, 2, 2], None, 1), ("r2_score", [2, 1, 2], [2, 2, 2], None, 0), ("r2_score", [1], [1], None, NAN),
    ("r2_score", [.1, .1, .1], [.1, .1, .1], None, 1), ("r2_score", [.1, .1, .2], [.1, .1, .1], None, 0),
    ("r2_score", [2 ** 20, 2 ** 20 + 1, 2 ** 20 + 3], [2 ** 20, 2 ** 20 + 1, 2 ** 20 + 2], None, .5),
    ("r2_score(class_aggregation=variance_weighted_average)", [[1, 2], [1, 3]], [[1, 2], [1, 2]], None, .5),
    ("r2_score(class_aggregation=variance_weighted_average)", [[1, 2], [1, 3]], [[1, 2], [1, 4]], None, .5),
    ("r2_score(weighted=true)", [1, 2], [1, 3], [0, 0], NAN), ("r2_score(num_regressors=5)", [1, 2, 4], [1, 2, 3], None, .5),
    ("rmse(weighted=true)", [1, 2], [1, 3], [0, 0], NAN), ("mae(weighted=true)", [1, 2], [1, 3], [0, 0], NAN),
    ("binary_accuracy(weighted=true)", [.9, .2], [1, 0], [0, 0], NAN), ("accuracy(weighted=true)", [.9, .2], [1, 0], [0, 1], 1),
    ("cosine_similarity", [[0, 0], [1, 0]], [[1, 2], [0, 0]], None, 0),
    ("cosine_similarity", [[0, 0], [3, 4]], [[0, 0], [3, 4]], None, .5),
    ("sensitivity_at_specificity(1)", [.1, .9, .4], [0, 1, 1], None, 1), ("precision_at_recall(1)", [.1, .9], [0, 0], None, 0),
    ("recall_at_precision(1)", [.9, .8, .7], [0, 1, 1], None, 0), ("specificity_at_sensitivity(0)", [.9, .2], [1, 0], None, 1),
    ("mean_io_u(num_classes=3)", [0, 1, 2, 7], [0, 1, 1, 2], None, (1 + 1 / 2 + 0) / 3),
    ("mean_io_u(num_classes=3)", [0, 1], [0, 5], None, 1 / 1), ("io_u(num_classes=4, target_class_ids=3)", [0, 1], [0, 1], None, 0),
    ("binary_io_u", [.5, .4, .9, .1], [1, 1, 1, 0], None, (2 / 3 + 1 / 2) / 2),
    ("balanced_accuracy", [.9, .9, .9, .1], [1, 1, 1, 1], None, .75), ("balanced_accuracy", [.9, .9, .9, .1], [1, 1, 0, 0], None, .75),
    ("pearson_correlation(axis=0)", [1, 2, 3], [2, 2, 2], None, NAN), ("concordance_correlation(axis=0)", [1, 2, 3], [2, 2, 2], None, 0),
    ("pearson_correlation(axis=0)", [2 ** 20, 2 ** 20 + 1, 2 ** 20 + 3], [5, 6, 8], None, 1),
    ("mean(weighted=true)", [1, 2], [1, 3], [0, 0], NAN), ("sum(weighted=true)", [1, 2], [1, 3], [0, 2], 4),
    ("true_positives", [.9, .2], [0, 0], None, 0), ("true_negatives(weighted=true)", [.9, .2], [0, 0], [5, 2], 2),
]


def compare_edges(d, c):
    for spec, p, t, w, want in EDGES:
        p, t = (np.array(x, float).reshape(len(x), -1) for x in (p, t))
        d.model(f"input({p.shape[1]})", "activation(linear)", metrics=spec)
        w = np.ones(len(p)) if w is None else np.array(w, float)
        for size in {len(p), 1}:  # in one batch, and row by row
            got = d.evaluate([(p[k:k + size], t[k:k + size], w[k:k + size]) for k in range(0, len(p), size)])[1][1]
            c.same(f"{spec} of {p.tolist()}, {t.tolist()}, {w.tolist()}, {size} at once", got, want, scale=1)


def numbers(rng, kind, shape):
    if kind.startswith("sharp"):  # labels drawn by probabilities, which are then told with too much or too little confidence
        p = rng.dirichlet(np.ones(shape[1]), shape[0])
        t = np.array([rng.choice(shape[1], p=row) for row in p], float)
        p = p ** float(kind.split()[1])
        return np.float32(p / p.sum(1, keepdims=True)).astype(float), t
    if kind not in ("yes-no", "yes-no logits", "ties", "label ties"):
        return losses.numbers(rng, kind, shape)
    t = np.round(rng.random(shape))
    p = np.clip(t * 0.3 + rng.integers(0, 9, shape) / 8 * 0.7, 0, 1)
    p.flat[:6] = [0, 1, 0.5, 0.5, 0.25, 0.25]  # at the thresholds
    if kind == "yes-no logits":
        p = 8 * p - 4 + rng.normal(0, 0.1, shape)
    if "ties" in kind:
        p, t = rng.integers(0, 4, shape).astype(float), rng.integers(0, shape[1], shape[0]).astype(float)
        t = t if kind == "label ties" else np.eye(shape[1])[t.astype(int)]
    return np.float32(p).astype(float), np.float32(t).astype(float)


def main():
    from driver import Comparison, Driver, rng, say
    d = Driver()
    c = Comparison("metrics", d)
    cases = [(name, by_loss(loss), told, kind) for name in LOSS_NAMED
             for loss, told, kind in losses.CASES if loss.__name__ == name]
    cases += [("cosine_similarity", by_loss(losses.cosine_similarity, -1), {}, "any")]
    cases += [(metric.__name__, metric, told, kind) for metric, told, kind in CASES]
    for name, metric, told, kind in cases:
        c.tell("metric", name, *told, "name", "weighted")
        for width in (6, 1):
            if width == 1 and {"class_id", "label_weights"} & set(told) or width == 1 and name.endswith("correlation") and not told or width == 1 and kind not in ("any", "positive", "yes-no", "yes-no logits", "probabilities", "sides"):
                continue
            p, t = numbers(rng, kind, (60, width))
            w = rng.integers(0, 9, 60) / 4
            if "ignore_class" in told:
                t[::3] = np.eye(width)[told["ignore_class"]] if t.ndim == 2 else told["ignore_class"]
            loss = "sparse_categorical_crossentropy(ignore_class=-1)" if t.ndim == 1 else "mean_squared_error"
            spec = say(name, **told)
            d.model(f"input({width})", "rescaling(1)", loss=loss,
                    metrics=f"{spec}, {say(name, **told, name='weighed', weighted=True)}")
            # in three batches; the first figure is the loss
            batches = [(p[k:k + 20], t[k:k + 20], w[k:k + 20]) for k in (0, 20, 40)]
            got = d.evaluate(batches)[1][1:]
            want = np.concatenate([np.atleast_1d(metric(p, t, of, **told)) for of in (np.ones(60), w)])
            c.same(f"{spec} of {kind} [{width}]: plain, weighted", got, want, scale=np.maximum(np.abs(want), 1))
    compare_edges(d, c)
    c.finish("metric")


if __name__ == "__main__":
    main()
