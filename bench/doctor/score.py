"""From runs to figures: what is true, what was found, intervals, what each rule adds, and a sweep of the thresholds."""
import collections
import math

LOSS = 0.03  # of accuracy or R2: more is harm
NEEDED = 0.8  # of the seeds of a configuration


def wilson(good, of):
    """The interval of a share, 95 %."""
    if of == 0:
        return 0.0, 0.0, 1.0
    z, p = 1.96, good / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    spread = z / (1 + z * z / of) * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return p, max(0.0, middle - spread), min(1.0, middle + spread)


def share(good, of):
    p, low, high = wilson(good, of)
    return f"{good:4d} of {of:4d} = {100 * p:5.1f} %  ({100 * low:.1f} to {100 * high:.1f})" if of else "no runs"


def is_harmed(run):
    """The run is worse than its twin, or its validation promises more than the test keeps."""
    net = run["net"]
    if net.harm == "certain":
        return True
    if run["test"] is None:
        return True
    if run["twin_test"] is None:
        return False  # nothing to compare with
    if net.harm == "inflated":
        own = (run["val"] or 0) - run["test"]
        return own - max((run["twin_val"] or 0) - run["twin_test"], 0) > LOSS or run["twin_test"] - run["test"] > LOSS
    return run["twin_test"] - run["test"] > LOSS


def label(runs):
    """Sets run["truth"]: "faulty", "healthy" or "borderline" (a fault that did no harm, or a healthy net that learned
    far less than others on its table, or less than its own twin that was stopped early)."""
    harmed, best = collections.defaultdict(list), {}
    for run in runs:
        if run["net"].codes or run["net"].twin:
            harmed[run["net"].name].append(is_harmed(run))
        if not run["net"].codes and run["test"] is not None:
            best[run["net"].table] = max(best.get(run["net"].table, -9), run["test"])
    for run in runs:
        net = run["net"]
        if not net.codes:
            good = run["test"] is not None and run["test"] > best[net.table] - 0.1
            own = harmed.get(net.name, [])
            late = own and sum(own) >= NEEDED * len(own) and is_harmed(run)
            run["truth"] = "healthy" if good and not late else "borderline"
            continue
        own = harmed[net.name]
        run["truth"] = "faulty" if sum(own) >= NEEDED * len(own) and is_harmed(run) else "borderline"


def above(run, without=None):
    """Findings above a note, causes first; without: a rule that does not exist."""
    if without is None:
        return [f for f in run["findings"] if f["level"] != "note"]
    return [{**f, "cause": None if f["cause"] == without else f["cause"]}
            for f in run["findings"] if f["level"] != "note" and f["code"] != without]


def roots(found):
    return [f["code"] for f in found if not f["cause"]]


def before_first(f):
    return f["found"]["part"] in ("data", "static", "init")


def step_of(run, f):
    """The step after which a finding was known."""
    if before_first(f):
        return 0
    if f["found"]["step"] is not None:
        return f["found"]["step"]
    return (f["found"]["epoch"] or 1) * run["steps"] / max(run["epochs"], 1)


def figures(runs, without=None):
    """name -> (good, of)."""
    out = collections.OrderedDict()
    faulty = [r for r in runs if r["truth"] == "faulty"]
    healthy = [r for r in runs if r["truth"] == "healthy"]
    seen = {id(r): above(r, without) for r in runs}

    def count(name, some, good):
        out[name] = (sum(bool(good(r)) for r in some), len(some))
    count("faulty runs found", faulty, lambda r: seen[id(r)])
    count("first root right", faulty, lambda r: roots(seen[id(r)]) and roots(seen[id(r)])[0] in r["net"].codes.split())
    count("right family among the roots", faulty,
          lambda r: set(roots(seen[id(r)])[:3]) & set((r["net"].codes + " " + r["net"].wide).split()))
    count("healthy runs with a warning or error", healthy, lambda r: seen[id(r)])
    count("healthy runs with an error", healthy, lambda r: any(f["level"] == "error" for f in seen[id(r)]))
    errors = [(r, f) for r in faulty + healthy for f in seen[id(r)] if f["level"] == "error" and not f["cause"]]
    out["errors that are right"] = (sum(is_named(r, f["code"]) for r, f in errors), len(errors))
    named = [(r, f) for r in faulty for f in seen[id(r)] if not f["cause"]]
    out["names: precision"] = (sum(is_named(r, f["code"]) for r, f in named), len(named))
    count("names: recall", faulty, lambda r: any(is_named(r, f["code"]) for f in seen[id(r)]))
    right = {id(r): [f for f in seen[id(r)] if is_named(r, f["code"])] for r in faulty}
    count("right before step 1", faulty, lambda r: any(before_first(f) for f in right[id(r)]))
    count("right by step 50 or 5 % of the steps", faulty,
          lambda r: any(step_of(r, f) <= max(50, 0.05 * r["steps"]) for f in right[id(r)]))
    placed = [(r, f) for r in faulty if r["net"].layer for f in right[id(r)][:1] if f["layer"]]
    out["layer right"] = (sum(f["layer"] == r["net"].layer for r, f in placed), len(placed))
    return out


def is_named(run, code):
    return run["truth"] == "faulty" and code in (run["net"].codes + " " + run["net"].wide).split()


def f3(precision, recall):
    p, r = (a / b if b else 0 for a, b in (precision, recall))
    return 10 * p * r / (9 * p + r) if p + r else 0


def table(runs):
    """The figures as lines of text."""
    own = figures(runs)
    lines = [f"{name:38s} {share(*value)}" for name, value in own.items()]
    lines.append(f"{'names: F3':38s} {f3(own['names: precision'], own['names: recall']):.3f}")
    lines.append(f"{'borderline runs, not counted':38s} {sum(r['truth'] == 'borderline' for r in runs)}")
    return lines


def others(runs, tools, means):
    """The same for other tools."""
    lines = [f"{'':14s} {'faulty found':>44s} {'first name right':>44s} {'healthy alarmed':>44s}"]
    faulty = [r for r in runs if r["truth"] == "faulty"]
    healthy = [r for r in runs if r["truth"] == "healthy"]
    for tool in tools:
        found = sum(bool(r["others"][tool]) for r in faulty)
        right = sum(bool(r["others"][tool]) and bool(set(means[r["others"][tool][0]].split()) &
                                                     set(r["net"].codes.split())) for r in faulty)
        alarms = sum(bool(r["others"][tool]) for r in healthy)
        lines.append(f"{tool:14s} {share(found, len(faulty)):>44s} {share(right, len(faulty)):>44s} "
                     f"{share(alarms, len(healthy)):>44s}")
    return lines


def ablation(runs):
    """What each rule adds: figures without it, where they differ."""
    whole = figures(runs)
    names = ["faulty runs found", "first root right", "healthy runs with a warning or error"]
    lines = [f"{'without':10s} {'found':>8s} {'first right':>12s} {'healthy alarmed':>16s}"]
    for code in sorted({f["code"] for r in runs for f in above(r)}):
        less = figures(runs, code)
        change = [less[n][0] - whole[n][0] for n in names]
        lines.append(f"{code:10s} {change[0]:+8d} {change[1]:+12d} {change[2]:+16d}")
    return lines


def families(runs):
    """A line for each family of faults: found, first root right, and what came first where it was wrong."""
    lines = []
    by = collections.OrderedDict()
    for r in runs:
        by.setdefault(r["net"].family, []).append(r)
    for family, some in by.items():
        faulty = [r for r in some if r["truth"] == "faulty"]
        if not faulty:
            wrong = collections.Counter(" ".join(roots(above(r))[:2]) for r in some if above(r))
            lines.append(f"{family:32s} {len(some):4d} runs, {sum(r['truth'] == 'borderline' for r in some)} borderline; "
                         f"above a note: {dict(wrong) or 'none'}")
            continue
        found = sum(bool(above(r)) for r in faulty)
        first = [(roots(above(r)) or ["nothing"])[0] for r in faulty]
        right = sum(f in r["net"].codes.split() for f, r in zip(first, faulty))
        wrong = collections.Counter(f for f, r in zip(first, faulty) if f not in r["net"].codes.split())
        lines.append(f"{family:32s} {len(faulty):4d} of {len(some):4d} harmed, found {found:4d}, first right {right:4d}"
                     f"{'; else first ' + str(dict(wrong)) if wrong else ''}")
    return lines
