"""evaluate.py PREDICTIONS TRUTH EVALUATION: the figures of evaluate --json, computed again from the predictions alone."""
import csv
import json
import math
import sys



def unique(pairs):
    """The object, each name of which occurs once."""
    assert len(dict(pairs)) == len(pairs), [name for name, _ in pairs]
    return dict(pairs)


predictions, truth, evaluation = sys.argv[1:]
with open(evaluation) as file:
    found = json.load(file, object_pairs_hook=unique)["targets"][0]
rows = list(csv.DictReader(open(predictions)))
want = [row[-1] for row in csv.reader(open(truth))][1:]
assert len(rows) == len(want) == found["rows"], (len(rows), len(want), found["rows"])


def near(name, got, wanted, tolerance=1e-5):
    assert abs(got - wanted) <= tolerance * max(1, abs(wanted)), (name, got, wanted)


def check(name, wanted):
    value, low, high = found["figures"][name]
    near(name, value, wanted)
    assert low <= high, (name, low, high)


if "class" not in rows[0]:
    guess = [float(row["y"]) for row in rows]
    want = [float(w) for w in want]
    mean = sum(want) / len(want)
    square = sum((g - w) ** 2 for g, w in zip(guess, want))
    check("rmse", math.sqrt(square / len(want)))
    check("mae", sum(abs(g - w) for g, w in zip(guess, want)) / len(want))
    check("r2", 1 - square / sum((w - mean) ** 2 for w in want))
    sys.exit()

names = [c["name"] for c in found["classes"]]
p = [[float(row["probability_" + n]) for n in names] for row in rows]
said = [row["class"] for row in rows]
n = len(rows)
check("accuracy", sum(s == w for s, w in zip(said, want)) / n)
f1 = []
recall = []
for i, c in enumerate(names):
    hits = sum(s == w == c for s, w in zip(said, want))
    of, claimed = want.count(c), said.count(c)
    row = found["classes"][i]
    assert row["rows"] == of, (c, row["rows"], of)
    near("precision of " + c, row["precision"][0], hits / claimed if claimed else 0)
    near("recall of " + c, row["recall"][0], hits / of)
    near("f1 of " + c, row["f1"][0], 2 * hits / (of + claimed))
    f1.append(2 * hits / (of + claimed))
    recall.append(hits / of)
    for k, d in enumerate(names):
        assert found["confusion"][i][k] == sum(s == d and w == c for s, w in zip(said, want)), (c, d)
check("f1", sum(f1) / len(f1))
check("balanced_accuracy", sum(recall) / len(recall))
check("log_loss", sum(-math.log(max(q[names.index(w)], 1e-7)) for q, w in zip(p, want)) / n)
bins = [[0, 0.0, 0] for _ in range(10)]
for q, s, w in zip(p, said, want):
    b = bins[min(9, int(q[names.index(s)] * 10))]
    b[0] += 1
    b[1] += q[names.index(s)]
    b[2] += s == w
check("ece", sum(abs(b[1] - b[2]) for b in bins) / n)
for b, got in zip(bins, found["calibration"]):
    assert got["rows"] == b[0], (got, b)
if len(names) == 2:
    ones = [q[1] for q, w in zip(p, want) if w == names[1]]
    zeros = [q[1] for q, w in zip(p, want) if w == names[0]]
    wins = sum((a > b) + 0.5 * (a == b) for a in ones for b in zeros)
    check("auc", wins / (len(ones) * len(zeros)))
losses = sorted((-math.log(max(q[names.index(w)], 1e-7)) for q, w in zip(p, want)), reverse=True)
for got, loss in zip(found["worst"], losses):
    near("worst", got["loss"], loss, 1e-4)
