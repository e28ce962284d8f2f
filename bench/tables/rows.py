"""The results of a table, and what is computed from them."""
import math
import statistics

import machine

NAMES = {"default": "plummet", "quick": "quick", "high": "high", "sklearn": "scikit-learn", "realmlp": "RealMLP-TD",
         "lightgbm": "LightGBM", "catboost": "CatBoost"}
OURS = ("default", "quick", "high")
FASTER = ("default", "sklearn", "lightgbm", "catboost")
T95 = {1: 12.71, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


def mean(values):
    return sum(values) / len(values)


def median(values):
    return statistics.median(values)


def half_of(values):
    """Half of the 95 % interval of the mean of three or more values, each of another split. The splits share rows, so the
    variance of the mean is (1 / splits + test / train) times that of a value, not 1 / splits times."""
    return T95[len(values) - 1] * statistics.stdev(values) * math.sqrt(1 / len(values) + 1 / 4)


def half(results):
    """Half of the interval of the mean score."""
    if len(results) >= 3:
        return half_of([r["score"] for r in results])
    return 1.96 * mean([r["error"] for r in results]) / math.sqrt(len(results))


def of_one_commit(results):
    """The results without those of plummet that are of another commit than its last one."""
    commits = [r["commit"] for r in results if r["model"] in OURS]
    return [r for r in results if r["model"] not in OURS or r["commit"] == commits[-1]]


def by_split(results):
    """One result of each split, the first, in the order of the splits."""
    first = {}
    for r in results:
        first.setdefault(r["split"], r)
    return [first[split] for split in sorted(first)]


def shared_splits(results):
    """The splits that count: those that plummet and each of the faster others have, of those that have any."""
    splits = [{r["split"] for r in results if r["model"] == m} for m in FASTER]
    return set.intersection(*(s for s in splits if s)) if splits[0] else set()


class Row:
    """The results of a table by model, and the seconds that were measured apart. Plummet's are of one commit."""

    def __init__(self, table, results):
        mine = of_one_commit([r for r in results if r["table"] == table.name])
        self.table = table
        self.commit = next((r["commit"] for r in mine if r["model"] in OURS), "-")
        ours = shared_splits([r for r in mine if not r.get("timed")])
        self.of = {m: by_split([r for r in mine if r["model"] == m and r["split"] in ours and not r.get("timed")])
                   for m in NAMES}
        self.timed = [r for r in mine if r.get("timed") and r["machine"] == machine.name()]
        self.seconds = {m: [r["seconds"] for r in self.timed if r["model"] == m] for m in NAMES}
        self.cpu = {m: [r["cpu"] for r in self.of[m] if "cpu" in r and r["machine"] == machine.name()] for m in NAMES}

    def has(self, model):
        return bool(self.of[model])

    def paired(self, a, b, what="score"):
        """Values of two models on the splits that both have."""
        ours = {r["split"]: r[what] for r in self.of[a] if what in r}
        return [(ours[r["split"]], r[what]) for r in self.of[b] if r["split"] in ours and what in r]

    def gain(self, a, b):
        """How much better a is than b, and half of the interval; in accuracy, or as a share of b's error. None = unknown."""
        pairs = self.paired(a, b)
        if not pairs:
            return None
        difference = [x - y if self.table.classes else (y - x) / y for x, y in pairs]
        if len(difference) >= 3:
            return mean(difference), half_of(difference)
        error = max(mean([r["error"] for r in self.of[m]]) for m in (a, b))
        return mean(difference), 1.96 * (error if self.table.classes else error / mean([y for _, y in pairs]))

    def mean(self, model, splits=None):
        """The mean score of a model; splits: those that count."""
        return mean([r["score"] for r in self.of[model] if splits is None or r["split"] in splits])

    def best(self, models):
        """The model with the best mean on the splits that all of these models have; None = none is measured."""
        known = [m for m in models if self.has(m)]
        shared = set.intersection(*({r["split"] for r in self.of[m]} for m in known)) if known else set()
        return (max if self.table.classes else min)(known, key=lambda m: self.mean(m, shared)) if shared else None
