"""Writes docs/TABLES.md from the results."""
import math
import os

NAMES = {"default": "plummet", "quick": "quick", "high": "high", "sklearn": "scikit-learn", "realmlp": "RealMLP-TD",
         "lightgbm": "LightGBM", "catboost": "CatBoost"}
T95 = {2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}
NETS, TREES = ("sklearn", "realmlp"), ("lightgbm", "catboost")
EXCEPT = {"adult": 0.865, "california-housing": 47000, "concrete": 4.5}

HEAD = """# plummet on tables
Written by `bench/tables/run`. Each row is a file as it lies there, and one command:

```sh
plummet train TABLE target=COLUMN
```

The columns, the net and the training are chosen by plummet ([how](guide/tables.md)). scikit-learn is
`MLPClassifier()` or `MLPRegressor()` behind median imputation, `StandardScaler` and `OneHotEncoder`, with a standardized
target; RealMLP-TD is that of pytabkit; LightGBM and CatBoost get words and gaps as they are. All are at their defaults and
see the same rows: four fifths to train, a fifth to test (classes stratified). None of the others was tuned, nor was plummet
for a single table. The scripts for the peers have 14 lines and more each (`bench/tables/peers.py`).

Scores are accuracy for classes and root mean squared errors for numbers, means over the splits. The intervals are 95 %: over
the splits where there are three or more, else over the test rows. **Bold**: the best of the row.
"""


def mean(values):
    return sum(values) / len(values)


def deviation(values):
    m = mean(values)
    return math.sqrt(sum((v - m) ** 2 for v in values) / (len(values) - 1))


def half(results):
    """Half of the interval of the mean score."""
    if len(results) >= 3:
        return T95[len(results) - 1] * deviation([r["score"] for r in results]) / math.sqrt(len(results))
    return 1.96 * mean([r["error"] for r in results]) / math.sqrt(len(results))


class Row:
    """The results of a table by model."""

    def __init__(self, table, results):
        self.table = table
        self.of = {m: sorted((r for r in results if r["table"] == table.name and r["model"] == m),
                             key=lambda r: r["split"]) for m in NAMES}

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
            return mean(difference), T95[len(difference) - 1] * deviation(difference) / math.sqrt(len(difference))
        error = mean([r["error"] for r in self.of[a]])
        return mean(difference), 1.96 * (error if self.table.classes else error / mean([y for _, y in pairs]))


def number(value, classes):
    if classes:
        return f"{value:.3f}"
    digits = 0 if value >= 1000 else 1 if value >= 100 else 2 if value >= 10 else 3
    return f"{value:,.{digits}f}"


def score_cell(row, model, best):
    results = row.of[model]
    if not results:
        return "-"
    text = number(mean([r["score"] for r in results]), row.table.classes)
    text = f"**{text}**" if model == best else text
    return f"{text} ± {number(half(results), row.table.classes)}"


def best_of(row, models):
    known = [m for m in models if row.has(m)]
    key = lambda m: mean([r["score"] for r in row.of[m]])  # noqa: E731
    return (max if row.table.classes else min)(known, key=key) if known else None


def scores(rows):
    models = ["default", "quick", "high", "sklearn", "realmlp", "lightgbm", "catboost"]
    models = [m for m in models if any(r.has(m) for r in rows)]
    out = ["| table, what the user wrote behind its name | splits | " + " | ".join(NAMES[m] for m in models) + " |",
           "|---|---|" + "---|" * len(models)]
    for r in rows:
        best = best_of(r, models)
        out.append(f"| {r.table.name}: `{r.table.options}` | {len(r.of['default'])} | "
                   + " | ".join(score_cell(r, m, best) for m in models) + " |")
    return out


def log_losses(rows):
    models = [m for m in ["default", "quick", "sklearn", "realmlp", "lightgbm", "catboost"] if any(r.has(m) for r in rows)]
    out = ["| table | " + " | ".join(NAMES[m] for m in models) + " |", "|---|" + "---|" * len(models)]
    for r in rows:
        if r.table.classes:
            cells = [f"{mean([x['log_loss'] for x in r.of[m]]):.3f}" if r.has(m) else "-" for m in models]
            out.append(f"| {r.table.name} | " + " | ".join(cells) + " |")
    return out


def figure(value):
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}" if value >= 2 else f"{value:.2f}"


def times(rows, counts):
    models = [m for m in ["default", "quick", "high", "sklearn", "realmlp", "lightgbm", "catboost"]
              if any(r.has(m) for r in rows)]
    out = ["| table | rows | " + " | ".join(NAMES[m] for m in models) + " | RealMLP-TD : plummet | : quick |",
           "|---|---|" + "---|" * (len(models) + 2)]
    for r in rows:
        cells = [figure(mean([x["cpu"] for x in r.of[m]])) if r.has(m) else "-" for m in models]
        ratios = []
        for ours in ("default", "quick"):
            pairs = r.paired(ours, "realmlp", "cpu")
            ratios.append(f"{mean([b for _, b in pairs]) / mean([a for a, _ in pairs]):.1f}" if pairs else "-")
        out.append(f"| {r.table.name} | {counts[r.table.name]:,} | " + " | ".join(cells + ratios) + " |")
    return out


def verdict(gain, classes):
    if gain is None:
        return "-"
    m, h = gain
    text = f"{100 * m:+.1f} ± {100 * h:.1f} {'points' if classes else '%'}"
    return text + (" (better)" if m > h else " (worse)" if m < -h else "")


def goals(rows, counts):
    """Where the goals hold and where they are missed."""
    out = ["| table | against the best net | against the best tree | log loss: not above scikit-learn | "
           "time: 6x (20x above 2,000 rows) | quick: 20x |", "|---|---|---|---|---|---|"]
    for r in rows:
        net, tree = best_of(r, NETS), best_of(r, TREES)
        cells = [f"{NAMES[net]}: {verdict(r.gain('default', net), r.table.classes)}" if net else "-"]
        gain = r.gain("default", tree) if tree else None
        if gain is None:
            cells.append("-")
        else:
            limit = EXCEPT.get(r.table.name)
            ours = mean([x["score"] for x in r.of["default"]])
            held = gain[0] >= (-0.01 if r.table.classes else -0.03) if limit is None else \
                (ours >= limit if r.table.classes else ours <= limit)
            cells.append(f"{NAMES[tree]}: {verdict(gain, r.table.classes)}, {'held' if held else '**missed**'}")
        pairs = r.paired("default", "sklearn", "log_loss")
        cells.append("" if not pairs else "held" if mean([a - b for a, b in pairs]) <= 0.0005 else
                     f"**missed** by {mean([a - b for a, b in pairs]):.3f}")
        for ours, wanted in (("default", 20 if counts[r.table.name] > 2000 else 6), ("quick", 20)):
            pairs = r.paired(ours, "realmlp", "cpu")
            ratio = mean([b for _, b in pairs]) / mean([a for a, _ in pairs]) if pairs else None
            cells.append("-" if ratio is None else f"{ratio:.1f} {'held' if ratio >= wanted else '**missed**'}")
        out.append(f"| {r.table.name} | " + " | ".join(cells) + " |")
    return out


def machine():
    names = set()
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                names.add(line.split(":", 1)[1].strip())
    return f"{', '.join(sorted(names))}, {len(os.sched_getaffinity(0))} cores"


def missing(rows, all_tables):
    """What a complete page would have besides."""
    known = {r.table.name for r in rows}
    out = [f"- {NAMES[m]}: " + ", ".join(r.table.name for r in rows if not r.has(m))
           for m in ("quick", "sklearn", "realmlp", "lightgbm", "catboost") if any(not r.has(m) for r in rows)]
    absent = [t.name for t in all_tables if t.name not in known]
    return out + (["- any of them: " + ", ".join(absent)] if absent else [])


def section(title, rows, counts):
    return ["", f"## {title}", "", *scores(rows), "", "Log loss of the classes; lower is better:", "", *log_losses(rows)]


def write(results, all_tables, data, path):
    rows = [Row(t, results) for t in all_tables]
    rows = [r for r in rows if r.has("default")]
    counts = {r.table.name: len(r.table.lines(data)[1]) for r in rows}
    chosen, apart = [r for r in rows if not r.table.apart], [r for r in rows if r.table.apart]
    page = HEAD.rstrip().split("\n")
    page += section("Scores", chosen, counts)
    page += ["", "## CPU seconds", f"Of the whole process, from its start to the written model, on {machine()}. Others used "
             "the machine at the same time, so only ratios mean something, and waiting threads of scikit-learn, LightGBM "
             "and RealMLP-TD count, too: on a quiet machine these take less. For Python this includes the imports.", "",
             *times(rows, counts)]
    page += ["", "## Goals, held and missed", "Differences are paired over the splits: points of accuracy, or the error in "
             "percent of the other's; positive is better. The goals: not worse than the best net; within 1 point or 3 % of "
             "the best tree, but adult at least 0.865, california-housing at most 47,000, concrete at most 4.5.", "",
             *goals(chosen, counts)]
    if apart:
        page += section("Tables that played no part in choosing", apart, counts)
        page += ["", *goals(apart, counts)]
    gaps = missing(rows, all_tables)
    if gaps:
        page += ["", "## Not measured yet", "", *gaps]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(page) + "\n")
