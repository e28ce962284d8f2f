"""What figures are made of: rounds, ratios inside rounds, who is who."""
from measure import median, spread  # noqa: F401: for those who import from here
from workloads import NETS

LESS_THREADS = "plummet, 1 thread"


def cases_of(kept, part):
    """The cases of a part, nets in the order of their table: a file has them by their letters."""
    cases = kept.get("parts", {}).get(part, {}).get("cases", {})
    place = {name: i for i, name in enumerate(NETS)}
    return dict(sorted(cases.items(), key=lambda case: place.get(case[0].rpartition(", ")[0], 0)))


def shares(seen):
    """Of the peak, round by round."""
    return [s * f / (p * 1e9) for s, f, p in zip(seen["sps"], seen["flop"], seen["peak"])]


def in_rounds(a, b, key="sps"):
    """The ratios inside rounds; none where one of the two was not measured."""
    return [x / y for x, y in zip(a[key], b[key]) if y] if a and b else []


def ratio(a, b, key="sps"):
    return median(in_rounds(a, b, key))


def of_own_thread(who):
    """plummet on several threads : on one. A program measures both in turns of milliseconds ("own"); whole runs on a
    virtual machine differ by a third even where both use one thread. Results of before have only whole runs."""
    us = who.get("plummet")
    return us.get("own") or in_rounds(us, who.get(LESS_THREADS)) if us else []


def fastest(who, wanted):
    speed = {k: median(v["sps"]) for k, v in who.items() if v.get("sps") and wanted(k)}
    return max(speed, key=speed.get) if speed else None


def best_peer(who):
    return fastest(who, lambda name: not name.startswith("plummet"))


def fastest_torch(who):
    return fastest(who, lambda name: name.startswith("PyTorch"))


def by_number(name):
    """W1, 2 before W1, 10; 64 before 1024."""
    return [(0, int(word), "") if word.isdigit() else (1, 0, word) for word in name.replace(",", " , ").split()]


def only_rows(cases):
    """Those of single kernels on this machine's best instruction set."""
    rows = cases.get("rows", [])
    isa = rows[0]["isa"] if rows else ""
    return [r for r in rows if r["isa"] == isa]


def short(x):
    """Three figures: 41.8, 142 k, 7.28 M."""
    if x != x:
        return "-"
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if abs(x) >= size:
            return f"{x / size:.3g} {unit}" if abs(x) < 999.5 * size else f"{x / size:.0f} {unit}"
    return f"{x:.3g}"
