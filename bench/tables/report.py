"""Writes docs/TABLES.md from the results."""
import machine
from rows import NAMES, Row, half, half_of, mean, median

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

Those splits count that plummet, scikit-learn, LightGBM and CatBoost have. Scores are accuracy for classes and root
mean squared errors for numbers, means over the splits. The intervals are 95 %. For three or more splits they are those of
Nadeau and Bengio (Inference for the generalization error, 2003), which allow for the rows that splits share; else they are
over the test rows. In brackets: the number of splits, where a model has fewer than plummet. **Bold**: the best of those that
have all splits.
"""


def number(value, classes):
    if classes:
        return f"{value:.3f}"
    digits = 0 if value >= 1000 else 1 if value >= 100 else 2 if value >= 10 else 3
    return f"{value:,.{digits}f}"


def fewer(row, model):
    """The number of splits of a model that has fewer than plummet."""
    return f" ({len(row.of[model])})" if len(row.of[model]) < len(row.of["default"]) else ""


def complete(row, models):
    """The models that have all splits."""
    return [m for m in models if row.has(m) and not fewer(row, m)]


def score_cell(row, model, best):
    if not row.has(model):
        return "-"
    text = number(row.mean(model), row.table.classes)
    text = f"**{text}**" if model == best else text
    return f"{text} ± {number(half(row.of[model]), row.table.classes)}{fewer(row, model)}"


def scores(rows):
    models = [m for m in NAMES if any(r.has(m) for r in rows)]
    out = ["| table, what the user wrote behind its name | splits | " + " | ".join(NAMES[m] for m in models) + " | commit |",
           "|---|---|" + "---|" * (len(models) + 1)]
    for r in rows:
        best = r.best(complete(r, models))
        out.append(f"| {r.table.name}: `{r.table.options}` | {len(r.of['default'])} | "
                   + " | ".join(score_cell(r, m, best) for m in models) + f" | {r.commit} |")
    return out


def log_losses(rows):
    models = [m for m in NAMES if any(r.has(m) for r in rows)]
    out = ["| table | " + " | ".join(NAMES[m] for m in models) + " |", "|---|" + "---|" * len(models)]
    for r in rows:
        if r.table.classes:
            cells = [f"{mean([x['log_loss'] for x in r.of[m]]):.3f}{fewer(r, m)}" if r.has(m) else "-" for m in models]
            out.append(f"| {r.table.name} | " + " | ".join(cells) + " |")
    return out


def figure(value):
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}" if value >= 2 else f"{value:.2f}"


def wanted(rows, ours):
    """How many times as long RealMLP-TD should take on a table of so many rows."""
    return 20 if ours == "quick" or rows > 2000 else 6


def ratio(spent, ours, rows):
    """How many times as long RealMLP-TD takes, and if that is what is wanted. spent: seconds by model."""
    if not spent[ours] or not spent["realmlp"]:
        return "-"
    value = median(spent["realmlp"]) / median(spent[ours])
    return f"{value:.{1 if value >= 10 else 2}f}, {'held' if value >= wanted(rows, ours) else '**missed**'}"


def seconds_table(rows, counts, spent_of, ratios):
    """Medians of seconds of the models that half of the tables have, and the ratios that are goals, if wanted. spent_of: of
    a row, seconds by model."""
    rows = [r for r in rows if spent_of(r)["default"]]
    models = [m for m in NAMES if 2 * sum(bool(spent_of(r)[m]) for r in rows) >= len(rows)]
    more = ["RealMLP-TD : plummet; goal 6, over 2,000 rows 20", "RealMLP-TD : quick; goal 20"] if ratios else []
    out = ["| table | rows | " + " | ".join([*(NAMES[m] for m in models), *more]) + " |",
           "|---|---|" + "---|" * (len(models) + len(more))]
    for r in rows:
        spent, lines = spent_of(r), counts[r.table.name]
        cells = [figure(median(spent[m])) if spent[m] else "-" for m in models]
        cells += [ratio(spent, ours, lines) for ours in ("default", "quick")] if ratios else []
        out.append(f"| {r.table.name} | {lines:,} | " + " | ".join(cells) + " |")
    return out


def held_times(rows, counts):
    """How often the goals of time are held: of the default and of quick."""
    timed = [r for r in rows if all(r.seconds[m] for m in ("realmlp", "default", "quick"))]
    if not timed:
        return []
    held = [sum("held" in ratio(r.seconds, ours, counts[r.table.name]) for r in timed) for ours in ("default", "quick")]
    return [f"- Seconds: of the {len(timed)} tables where RealMLP-TD was timed, the default holds its goal (6 times as fast, "
            f"20 times over 2,000 rows) on {held[0]}, quick its goal (20 times) on {held[1]}; how it was measured: see below."]


def signed(gain, classes):
    m, h = gain
    return f"{100 * m:+.1f} ± {100 * h:.1f} {'points' if classes else '%'}"


def sense(gain):
    """What a difference says: better, level (not worse by more than chance), or worse."""
    m, h = gain
    return "better" if m > h else "worse" if m < -h else "level"


def against(row, models):
    """The best of the models, and plummet's gain over it."""
    best = row.best(models)
    return best, row.gain("default", best) if best else None


def against_net(row):
    net, gain = against(row, NETS)
    if not gain:
        return "-", None
    word = sense(gain)
    return f"{NAMES[net]}: {signed(gain, row.table.classes)}{fewer(row, net)}, {'**worse**' if word == 'worse' else word}", word


def against_tree(row):
    """The goal has a margin; for three tables it is a score."""
    tree, gain = against(row, TREES)
    if not gain:
        return "-", None
    limit, ours = EXCEPT.get(row.table.name), row.mean("default")
    if limit is not None:
        held = ours >= limit if row.table.classes else ours <= limit
    else:
        held = gain[0] >= (-0.01 if row.table.classes else -0.03)
    word = "held" if held else "missed" if sense(gain) == "worse" or limit is not None else "missed within chance"
    return f"{NAMES[tree]}: {signed(gain, row.table.classes)}{fewer(row, tree)}, {'held' if held else f'**{word}**'}", word


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
    """Such as "better on 5 tables (adult, ...), level on 3 (iris, ...)"; names only where there is something to admit.
    judge: gives the word of a row, None = unknown."""
    found = {}
    for r in rows:
        found.setdefault(judge(r), []).append(r.table.name)
    parts = [f"{word} on {len(found[word])}" + (f" ({'; '.join(found[word])})" if named else "")
             for word, named in words if word in found]
    return ", ".join(parts) if parts else "not measured"


def compared(rows, models, names):
    """How often plummet is better by the intervals, and how often it is ahead by the mean."""
    def by_interval(row):
        gain = against(row, models)[1]
        return sense(gain) if gain else None

    def by_mean(row):
        gain = against(row, models)[1]
        return None if not gain else "ahead" if gain[0] > 0 else "behind" if gain[0] < 0 else "equal"
    return (f"- Against the better of {names}, plummet's default is "
            + counted(rows, by_interval, [("better", False), ("level", False), ("worse", True)])
            + " by the paired intervals; by the mean alone it is "
            + counted(rows, by_mean, [("ahead", False), ("equal", False), ("behind", True)]) + ".")


def summary(rows):
    """The result in a few lines."""
    full = [r for r in rows if {"sklearn", *TREES} <= set(complete(r, NAMES))]
    first = sum(r.best(complete(r, [m for m in NAMES if m not in ("quick", "high")])) == "default" for r in full)
    return [f"- Of the {len(rows)} tables, {len(full)} have all splits of scikit-learn, LightGBM and CatBoost; on {first} of "
            "these plummet's default has the best mean, or shares it.",
            compared(rows, NETS, "scikit-learn's MLP and RealMLP-TD"), compared(rows, TREES, "LightGBM and CatBoost"),
            "- The goal against the better of LightGBM and CatBoost (within 1 point or 3 %, or the score named below) is "
            + counted(rows, lambda r: against_tree(r)[1],
                      [("held", False), ("missed within chance", True), ("missed", True)]) + ".",
            "- Log loss not above scikit-learn's: "
            + counted(rows, lambda r: against_log_loss(r)[1], [("held", False), ("missed within chance", True),
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


def missing(rows, all_tables):
    """What a complete page would have besides."""
    known = {r.table.name for r in rows}
    models = [m for m in NAMES if m not in ("default", "high")]
    out = [f"- {NAMES[m]}: " + "; ".join(r.table.name for r in rows if not r.has(m))
           for m in models if any(not r.has(m) for r in rows)]
    absent = [t.name for t in all_tables if t.name not in known]
    return out + (["- any of them: " + "; ".join(absent)] if absent else [])


def section(title, rows):
    return ["", f"## {title}", "", *scores(rows), "", "Log loss of the classes; lower is better:", "", *log_losses(rows)]


GOALS = """
## Goals, held and missed
Differences are paired over the splits that both have, in brackets if these are fewer than plummet's: points of accuracy, or
the error in percent of the other's; positive is better. The goals: not worse than the best net; within 1 point or 3 % of the
best tree, but adult at least 0.865, california-housing at most 47,000, concrete at most 4.5; log loss not above
scikit-learn's. "Level" and "within chance": the interval has zero in it; "on few splits": there are fewer than three, so
there is no interval. The best net or tree is the one with the best mean on the splits that both nets or trees have.
"""
APART = """
The recipe was chosen without looking at these tables, and they choose nothing.
"""
SERIES = """
## Series
The last fifth of the rows is the test. Errors (RMSE) of one step, over all test rows, each predicted from the true rows
before it; and of the first 12 test rows, predicted from the end of the training. The peers get the same 12 lags, the time and
sine and cosine of the place in the year. A season is 12 months, 365 days, or the 11 years of the sun. The 12 rows ahead are
one draw, so a difference there means little. The three series chose the rate of plummet's linear part.
"""
SECONDS = """
## Seconds"""
WALL = """
From the start of the process to the written model, on both cores, the models in turns; medians. For Python this includes the
imports, which a user waits for, too. Threads that wait leave the core to others (OMP_WAIT_POLICY=passive). On tables over
2,000 rows where RealMLP-TD has no score, it was trained for 32 of its 256 epochs, and its seconds were multiplied by 8."""
CPU = """
CPU seconds from the start of the process to the written model, of the trainings for the scores; medians over the splits. For
Python this includes the imports. The others are trained by one thread, plummet by one or two, which changes its CPU seconds
by a few percent. Unlike wall seconds, they depend little on the other work of the machine.
"""


def apart_section(rows):
    """The tables that chose nothing."""
    page = section("Tables that played no part in choosing", rows)
    return [*page[:3], *APART.strip().split("\n"), "", *page[3:], "", *goals(rows), "", *summary(rows)]


def wall_section(rows, counts):
    """Wall seconds of all models that were timed, if these are more than plummet's own."""
    timed = [x for r in rows for x in r.timed]
    if not any(r.seconds[m] for r in rows for m in (*NETS, *TREES)):
        return []
    rounds = [len(r.seconds["default"]) for r in rows if r.seconds["default"]]
    page = WALL.rstrip().split("\n")
    page += [f"Number of rounds: {' to '.join(str(n) for n in sorted({min(rounds), max(rounds)}))}."]
    busy = [x["load"] for x in timed if "load" in x]
    if busy and median(busy) > machine.cores():  # the models themselves keep the cores busy
        page += [f"The machine did other work at the same time (median load average {median(busy):.0f}), so that on an idle "
                 "machine the seconds would be fewer; the ratios are of models in turns, and differ from round to round."]
    return page + ["", *seconds_table(rows, counts, lambda r: r.seconds, True)]


def times_section(rows, counts):
    """What the trainings take."""
    return (SECONDS.split("\n") + CPU.rstrip().split("\n") + ["", *seconds_table(rows, counts, lambda r: r.cpu, False)]
            + wall_section(rows, counts))


def write(results, all_tables, data, path):
    rows = [Row(t, results) for t in all_tables]
    rows = [r for r in rows if r.has("default")]
    counts = {r.table.name: len(r.table.lines(data)[1]) for r in rows}
    chosen, apart = [r for r in rows if not r.table.apart], [r for r in rows if r.table.apart]
    commits = sorted({r.commit for r in rows})
    page = HEAD.rstrip().split("\n") + [f"plummet is that of commit {', '.join(commits)}; the others are {machine.versions()}; "
                                        f"seconds were measured on {machine.name()}.", ""]
    page += ["## In short", *summary(chosen), *held_times(rows, counts)]
    page += section("Scores", chosen) + GOALS.rstrip().split("\n") + ["", *goals(chosen)]
    page += apart_section(apart) if apart else []
    if any(r["table"] == "airline-passengers" for r in results):
        page += SERIES.rstrip().split("\n") + ["", *series_table(results)]
    page += times_section(rows, counts)
    gaps = missing(rows, all_tables)
    if gaps:
        page += ["", "## Not measured yet", "", *gaps]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(page) + "\n")
