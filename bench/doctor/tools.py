"""What other tools would say of the same runs: their published rules in our own words, with their default thresholds.
Each is a function of what a run has left (Seen) that returns names of symptoms, and those names stand for codes of
ours (MEANS), so that the first one can be compared with the truth. A rule that needs what is not kept here is left out
where a comment says so; all other thresholds are those of the tools."""
import math
import re
import statistics


class Seen:
    """A run: its keys, epochs (dicts), readings (step -> list of dicts, layers from below) and rows."""

    def __init__(self, keys, epochs, readings, rows, test):
        self.keys, self.epochs, self.readings, self.rows, self.test = keys, epochs, readings, rows, test
        self.steps = sorted(readings)
        self.classes = len({y for _, y in rows}) if keys["metrics"] == "accuracy" else 0

    def column(self, name):
        return [e[name] for e in self.epochs if name in e]

    def hidden(self, step):
        return [r for r in self.readings[step] if not math.isnan(r["norm_g"])]

    @property
    def model(self):
        return self.keys["model"]

    @property
    def rate(self):
        number = re.search(r"\(([0-9][0-9.e+-]*)[,)]", self.keys["optimizer"])
        return float(number.group(1)) if number else 1e-3


def nan(x):
    return x != x or x in (math.inf, -math.inf)


# ---- AUTOTRAINER (ICSE 2021) ----

def autotrainer(s):
    """Looks every 3 epochs; gradient problems count only if the accuracy is bad."""
    score, val = s.column("accuracy") or s.column("r2_score"), s.column("val_accuracy") or s.column("val_r2_score")
    losses, said = s.column("loss"), []
    gains = [b - a for a, b in zip(score, score[1:])]
    bad = not score or max(score + val) < 0.6 or not any(g >= 0.01 for g in gains)
    for step in s.steps:
        layers = s.hidden(step)
        if len(layers) < 2:
            continue
        first, last = layers[0]["norm_g"], layers[-1]["norm_g"]
        ratio = first / last if last > 0 else math.nan
        if bad and ratio < 1e-3 and first < 1e-4:
            said.append("vanish")
        if bad and ratio > 70:
            said.append("explode")
        # gradients that are exactly 0 are told by units that are 0 for all rows
        if bad and statistics.fmean(r["zero"] if not nan(r["zero"]) else 0 for r in layers) >= 0.7:
            said.append("dying relu")
    if any(nan(x) for x in losses) or not losses:
        said.append("explode")
    later = score[int(0.3 * len(score)):]
    swings = sum(abs(b - a) >= 0.03 and (c - b) * (b - a) < 0 for a, b, c in zip(later, later[1:], later[2:]))
    if later and swings >= 0.2 * len(later):
        said.append("oscillating")
    if later and not any(g >= 0.01 for g in gains) and max(score + val) < 0.6:
        said.append("slow")
    last = s.model[-1]
    if s.classes > 2 and "softmax" not in last:
        said.append("output")
    if s.classes and "mse" in str(s.keys.get("loss", "")):
        said.append("loss")
    if bad and s.steps and any(r["mean"] > 10 for r in s.readings[s.steps[-1]][:-1]):
        said.append("data")
    order = ["data", "output", "loss", "explode", "vanish", "dying relu", "oscillating", "slow"]
    return sorted(set(said), key=order.index)


# ---- UMLAUT (CHI 2021) ----

def umlaut(s):
    """Looks at the inputs, the rate and the layers before training, and at curves after each epoch."""
    said = []
    if any(abs(v) > 1 for x, _ in s.rows for v in x if isinstance(v, float)):
        said.append("input range")
    if not 1e-7 <= s.rate <= 1e-2:
        said.append("rate")
    if any("dense" in layer and "activation" not in layer for layer in s.model[:-1]):
        said.append("hidden linear")
    if s.classes > 2 and "softmax" not in s.model[-1]:
        said.append("no softmax")
    drops = [float(x) for layer in s.model for x in re.findall(r"dropout\(([0-9.]+)", layer)]
    if any(d > 0.5 for d in drops):
        said.append("dropout")
    loss, val_loss, val = s.column("loss"), s.column("val_loss"), s.column("val_accuracy")
    if any(b > a and d < c for a, b, c, d in zip(val_loss, val_loss[1:], loss, loss[1:])):
        said.append("overfitting")
    if any(v > 0.95 or v > t + 0.05 for v, t in list(zip(val, s.column("accuracy")))[3:]):
        said.append("validation too good")
    return said


# ---- DeepDiagnosis (ICSE 2022) ----

def deepdiagnosis(s):
    """Looks once an epoch, and stops at the first symptom."""
    for step in s.steps:
        for r in s.readings[step]:
            if nan(r["norm_w"]) and nan(r["mean"]):
                continue
            if not r["finite"]:
                return ["not a number"]
            if r["zero"] >= 0.7:
                return ["dead"]
            if r["low"] + r["high"] > 0.5:
                return ["saturated"]
            # mean of |g| from its norm over as many numbers as the kernel has: at most the norm
            if r["norm_g"] < 1e-7:
                return ["vanish"]
            deviation = r["norm_w"] ** 2 / max(r["units"] * 32, 1)
            if not nan(r["norm_w"]) and not 1e-5 <= deviation <= 10:
                return ["weights"]
            if not nan(r["norm_g"]) and r["norm_w"] > 0 and not 1e-5 <= s.rate * r["norm_g"] / r["norm_w"] <= 1e-1:
                return ["rate"]
    score = s.column("accuracy")
    if len(score) >= 20 and max(score[-20:]) - min(score[-20:]) < 1e-9:
        return ["accuracy does not change"]
    return []


# ---- deepchecks (default conditions of its suites) ----

def column(rows, j):
    """[(cell, target)] of the rows that are long enough to have the column."""
    return [(x[j], y) for x, y in rows if j < len(x)]


def one_column(rows, j, classes):
    """How well one column tells the target, from 0 to 1: a rule of 32 bins, fitted to half of the rows."""
    values = [(float(v), y) for v, y in column(rows, j) if isinstance(v, (int, float)) and isinstance(y, (int, float))]
    if not values:
        return 0
    edges = sorted(v for v, _ in values)[::max(len(values) // 32, 1)]
    bins = {}

    def of(v):
        return sum(v >= e for e in edges)
    for v, y in values[::2]:
        bins.setdefault(of(v), []).append(y)
    test = values[1::2]
    if classes:
        most = statistics.mode(y for _, y in values)
        base = sum(y == most for _, y in test) / len(test)
        right = sum(y == statistics.mode(bins[of(v)]) if of(v) in bins else y == most for v, y in test) / len(test)
        return max(right - base, 0) / max(1 - base, 1e-9)
    mean = statistics.fmean(y for _, y in values)
    error = sum(abs(y - (statistics.median(bins[of(v)]) if of(v) in bins else mean)) for v, y in test)
    return max(1 - error / sum(abs(y - mean) for _, y in test), 0)


def deepchecks(s):
    """Looks at the rows only."""
    said, width = [], len(s.rows[0][0])
    rows = [(tuple(x), y) for x, y in s.rows]
    if len(set(rows)) < 0.95 * len(rows):
        said.append("duplicates")
    if any(isinstance(v, str) for x, _ in rows for v in x):
        said.append("nulls")
    elif any(one_column(rows, j, s.classes) > 0.7 for j in range(width)):
        said.append("one column tells the target")
    if s.classes:
        counts = [sum(y == c for _, y in rows) for c in {y for _, y in rows}]
        if min(counts) < 0.1 * max(counts):
            said.append("class imbalance")
        if {y for _, y in s.test} - {y for _, y in rows}:
            said.append("new labels")
    for j in range(width):
        a, b = ([v for v, _ in column(part, j) if isinstance(v, float)] for part in (rows, s.test))
        if len(a) > 10 and len(b) > 10 and drift(a, b) > 0.2:
            said.append("drift")
            break
    return said


def drift(a, b):
    """The largest distance of two distribution functions (Kolmogorov and Smirnov)."""
    both = sorted([(v, 1 / len(a)) for v in a] + [(v, -1 / len(b)) for v in b])
    most = at = 0.0
    for i, (v, step) in enumerate(both):
        at += step
        if i + 1 == len(both) or both[i + 1][0] > v:
            most = max(most, abs(at))
    return most


TOOLS = {"autotrainer": autotrainer, "umlaut": umlaut, "deepdiagnosis": deepdiagnosis, "deepchecks": deepchecks}
MEANS = {
    "vanish": "G101 S303", "explode": "G102 G110 S303 S305", "dying relu": "G103", "oscillating": "S305", "slow": "S306 O402 S307",
    "output": "S301", "loss": "S301", "data": "D202", "input range": "D202 D205", "rate": "S305 S306",
    "hidden linear": "S302", "no softmax": "S301", "dropout": "O403", "overfitting": "O401 D215 D214",
    "validation too good": "D209 D208 D210", "not a number": "G110", "dead": "G103", "saturated": "G104 S303",
    "weights": "S303 S304", "accuracy does not change": "S306", "duplicates": "D208 D209", "nulls": "D201",
    "one column tells the target": "D210", "class imbalance": "D206", "new labels": "D207", "drift": "D211 D207 D205",
}
