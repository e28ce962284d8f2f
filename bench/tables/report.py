"""Writes docs/TABLES.md from the results."""
import math
import os
import statistics

NAMES = {"default": "plummet", "quick": "quick", "high": "high", "sklearn": "scikit-learn", "realmlp": "RealMLP-TD",
         "lightgbm": "LightGBM", "catboost": "CatBoost"}
T95 = {1: 12.71, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}
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

Scores are accuracy for classes and root mean squared errors for numbers, means over the splits. The intervals are 95 %. For
three or more splits they are those of Nadeau and Bengio (Inference for the generalization error, 2003), which allow for the
rows that splits share; else they are over the test rows. In brackets: the number of splits, where a
model has fewer than plummet. **Bold**: the best of those that have all splits.
"""


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


class Row:
    """The results of a table by model, and the seconds that were measured apart."""

    def __init__(self, table, results):
        mine = [r for r in results if r["table"] == table.name]
        self.table = table
        ours = {r["split"] for r in mine if r["model"] == "default" and not r.get("timed")}
        self.of = {m: sorted((r for r in mine if r["model"] == m and r["split"] in ours and not r.get("timed")),
                             key=lambda r: r["split"]) for m in NAMES}
        self.seconds = {m: [r["seconds"] for r in mine if r["model"] == m and r.get("timed")] for m in NAMES}

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

    def best(self, models):
        """The model with the best mean on the splits that all of these models have; None = none is measured."""
        known = [m for m in models if self.has(m)]
        shared = set.intersection(*({r["split"] for r in self.of[m]} for m in known)) if known else set()
        key = lambda m: mean([r["score"] for r in self.of[m] if r["split"] in shared])  # noqa: E731
        return (max if self.table.classes else min)(known, key=key) if shared else None


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
    fewer = f" ({len(results)})" if len(results) < len(row.of["default"]) else ""
    return f"{text} ± {number(half(results), row.table.classes)}{fewer}"


def scores(rows):
    models = ["default", "quick", "high", "sklearn", "realmlp", "lightgbm", "catboost"]
    models = [m for m in models if any(r.has(m) for r in rows)]
    out = ["| table, what the user wrote behind its name | splits | " + " | ".join(NAMES[m] for m in models) + " |",
           "|---|---|" + "---|" * len(models)]
    for r in rows:
        best = r.best([m for m in models if len(r.of[m]) == len(r.of["default"])])
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


def ratio(row, ours, wanted):
    """How many times as long RealMLP-TD takes, and if that is what is wanted."""
    if not row.seconds[ours] or not row.seconds["realmlp"]:
        return "-"
    value = median(row.seconds["realmlp"]) / median(row.seconds[ours])
    return f"{value:.1f}, {'held' if value >= wanted else '**missed**'}"


def held_times(rows, counts):
    """How often the goals of time are held: of the default and of quick."""
    timed = [r for r in rows if r.seconds["realmlp"] and r.seconds["default"] and r.seconds["quick"]]
    if not timed:
        return []
    held = [sum("held" in ratio(r, ours, wanted(r)) for r in timed) for ours, wanted in
            (("default", lambda r: 20 if counts[r.table.name] > 2000 else 6), ("quick", lambda r: 20))]
    return [f"- Seconds: of the {len(timed)} tables where RealMLP-TD was timed, the default holds its goal (6 times as fast, 20 "
            f"times over 2,000 rows) on {held[0]}, quick its goal (20 times) on {held[1]}."]


def wall_seconds(rows, counts):
    models = [m for m in ["default", "quick", "sklearn", "realmlp", "lightgbm", "catboost"] if any(r.seconds[m] for r in rows)]
    out = ["| table | rows | " + " | ".join(NAMES[m] for m in models) + " | RealMLP-TD : plummet; goal 6, over 2,000 rows 20 | "
           "RealMLP-TD : quick; goal 20 |", "|---|---|" + "---|" * (len(models) + 2)]
    for r in rows:
        cells = [figure(median(r.seconds[m])) if r.seconds[m] else "-" for m in models]
        ratios = [ratio(r, "default", 20 if counts[r.table.name] > 2000 else 6), ratio(r, "quick", 20)]
        out.append(f"| {r.table.name} | {counts[r.table.name]:,} | " + " | ".join(cells + ratios) + " |")
    return out


def signed(gain, classes):
    m, h = gain
    return f"{100 * m:+.1f} ± {100 * h:.1f} {'points' if classes else '%'}"


def sense(gain):
    """What a difference says: better, level (not worse by more than chance), or worse."""
    m, h = gain
    return "better" if m > h else "worse" if m < -h else "level"


def against_net(row):
    net = row.best(NETS)
    gain = row.gain("default", net) if net else None
    if not gain:
        return "-", None
    word = sense(gain)
    return f"{NAMES[net]}: {signed(gain, row.table.classes)}, {'**worse**' if word == 'worse' else word}", word


def against_tree(row):
    """The goal has a margin; for three tables it is a score."""
    tree = row.best(TREES)
    gain = row.gain("default", tree) if tree else None
    if not gain:
        return "-", None
    limit, ours = EXCEPT.get(row.table.name), mean([x["score"] for x in row.of["default"]])
    if limit is not None:
        held = ours >= limit if row.table.classes else ours <= limit
    else:
        held = gain[0] >= (-0.01 if row.table.classes else -0.03)
    word = "held" if held else "missed" if sense(gain) == "worse" or limit is not None else "missed within chance"
    return f"{NAMES[tree]}: {signed(gain, row.table.classes)}, {'held' if held else f'**{word}**'}", word


def against_log_loss(row):
    pairs = [a - b for a, b in row.paired("default", "sklearn", "log_loss")]
    if not pairs:
        return "", None
    m, h = mean(pairs), half_of(pairs) if len(pairs) >= 3 else None
    word = "held" if m <= 0 else "missed on few splits" if h is None else "missed" if m > h else "missed within chance"
    return f"{m:+.3f}" + (f" ± {h:.3f}" if h else "") + f", {'held' if m <= 0 else f'**{word}**'}", word


def goals(rows):
    """Where the goals hold and where they are missed."""
    out = ["| table | against the best net | against the best tree | log loss against scikit-learn |", "|---|---|---|---|"]
    for r in rows:
        out.append(f"| {r.table.name} | {against_net(r)[0]} | {against_tree(r)[0]} | {against_log_loss(r)[0]} |")
    return out


def counted(rows, judge, words):
    """Such as "better on 5 tables (adult, ...), level on 3 (iris, ...)"; names only where there is something to admit."""
    found = {}
    for r in rows:
        found.setdefault(judge(r)[1], []).append(r.table.name)
    parts = [f"{word} on {len(found[word])}" + (f" ({'; '.join(found[word])})" if named else "")
             for word, named in words if word in found]
    return ", ".join(parts) if parts else "not measured"


def summary(rows):
    """The result in four lines."""
    return ["- Against the better of scikit-learn's MLP and RealMLP-TD, plummet's default is "
            + counted(rows, against_net, [("better", False), ("level", False), ("worse", True)]) + ".",
            "- The goal against the better of LightGBM and CatBoost (within 1 point or 3 %, or the score named below) is "
            + counted(rows, against_tree, [("held", False), ("missed within chance", True), ("missed", True)]) + ".",
            "- Log loss not above scikit-learn's: "
            + counted(rows, against_log_loss, [("held", False), ("missed within chance", True),
                                               ("missed on few splits", True), ("missed", True)]) + "."]


def series_table(results):
    import series
    models = ["default", "naive", "season", "sklearn", "lightgbm"]
    out = ["| series, what the user wrote behind its name | | plummet | the row before | a season before | scikit-learn | "
           "LightGBM |", "|---|---|---|---|---|---|---|"]
    for one in series.SERIES:
        of = {r["model"]: r for r in results if r["table"] == one.name}
        for what, key in (("one step", "score"), (f"{series.HORIZON} ahead", "ahead")):
            best = min((m for m in models if m in of), key=lambda m: of[m][key], default=None)
            cells = [("**{}**" if m == best else "{}").format(number(of[m][key], False)) if m in of else "-" for m in models]
            name = f"{one.name}: `{one.options}`" if key == "score" else ""
            if of:
                out.append(f"| {name} | {what} | " + " | ".join(cells) + " |")
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
    out = [f"- {NAMES[m]}: " + "; ".join(r.table.name for r in rows if not r.has(m))
           for m in ("quick", "sklearn", "realmlp", "lightgbm", "catboost") if any(not r.has(m) for r in rows)]
    absent = [t.name for t in all_tables if t.name not in known]
    return out + (["- any of them: " + "; ".join(absent)] if absent else [])


def section(title, rows):
    return ["", f"## {title}", "", *scores(rows), "", "Log loss of the classes; lower is better:", "", *log_losses(rows)]


GOALS = """
## Goals, held and missed
Differences are paired over the splits: points of accuracy, or the error in percent of the other's; positive is better. The
goals: not worse than the best net; within 1 point or 3 % of the best tree, but adult at least 0.865, california-housing at
most 47,000, concrete at most 4.5; log loss not above scikit-learn's. "Level" and "within chance": the interval has zero in
it; "on few splits": there are fewer than three, so there is no interval.
"""
APART = """
The recipe was chosen without looking at these tables. They were measured once, with the recipe that is in the source.
"""
SERIES = """
## Series
The last fifth of the rows is the test. Errors (RMSE) of one step, over all test rows, each predicted from the true rows
before it; and of the first 12 test rows, predicted from the end of the training. The peers get the same 12 lags, the time and
sine and cosine of the place in the year. A season is 12 months, 365 days, or the 11 years of the sun. The 12 rows ahead are
one draw, so a difference there means little. The three series chose the rate of plummet's linear part.
"""


def write(results, all_tables, data, path):
    rows = [Row(t, results) for t in all_tables]
    rows = [r for r in rows if r.has("default")]
    counts = {r.table.name: len(r.table.lines(data)[1]) for r in rows}
    chosen, apart = [r for r in rows if not r.table.apart], [r for r in rows if r.table.apart]
    commits = sorted({r["commit"] for r in results if "commit" in r})
    page = HEAD.rstrip().split("\n") + [f"plummet is that of commit {', '.join(commits)}; the machine is {machine()}.", ""]
    page += ["## The tables below in short", *summary(chosen), *held_times(rows, counts)]
    page += section("Scores", chosen) + GOALS.rstrip().split("\n") + ["", *goals(chosen)]
    if apart:
        page += section("Tables that played no part in choosing", apart)[:3] + APART.strip().split("\n")
        page += ["", *section("", apart)[3:], "", *goals(apart), "", *summary(apart)]
    if any(r["table"] == "airline-passengers" for r in results):
        page += SERIES.rstrip().split("\n") + ["", *series_table(results)]
    if any(any(r.seconds.values()) for r in rows):
        page += ["", "## Seconds", "From the start of the process to the written model, on both cores, the models in turns and "
                 "before all other work of the machine; medians. For Python this includes the imports, which a user waits "
                 "for, too. On tables over 2,000 rows where RealMLP-TD has no score, it was trained for 32 of its 256 epochs, "
                 "and its seconds were multiplied by 8.", "",
                 *wall_seconds([r for r in rows if any(r.seconds.values())], counts)]
    gaps = missing(rows, all_tables)
    if gaps:
        page += ["", "## Not measured yet", "", *gaps]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(page) + "\n")
