"""What the project promises of its speed, and whether it holds: the first table of RESULTS.md. A figure of a round is a
ratio inside that round; measured is the median of the rounds, with the least and the most."""
from figures import best_peer, cases_of, fastest_torch, in_rounds, median, of_own_thread, only_rows, shares, spread

# Of the peak, x the best peer, x PyTorch on 1 thread; x the own 1 thread, x the best peer on 2.
TRAINING = {"W1": {1: {"peak": 0.80, "peer": 1.25, "torch": 2}, 2: {"own": 1.6, "peer": 1.5}},
            "W2": {1: {"peak": 0.85, "peer": 1.25}, 2: {"own": 1.9, "peer": 1.4}},
            "W3": {1: {"peak": 0.70, "peer": 1.2}, 2: {"own": 1.5}},
            "W4": {1: {"peak": 0.80, "peer": 1.25}, 2: {"own": 1.75, "peer": 1.25}},
            "W5": {1: {"peer": 1.5, "torch": 45}, 2: {"own": 0.97}}}
VARIANTS = {"W2+batch_norm": "batch normalization after each layer", "W2+dropout": "dropout 0.2",
            "W2+global_clipnorm": "clipping by global norm", "W2+adamw": "AdamW"}
KERNELS = [("exponential_forward", "", 5), ("elu_forward", "", 4), ("gelu_forward", "", 1.5),
           ("gelu_tanh_forward", "", 2.5), ("tanh", "", 3), ("softmax", "rows of 1000", 3)]


class Line:
    """One promise: numbers is what each round gave. least: more is better; else less is."""

    def __init__(self, work, threads, what, target, numbers, least=True, unit=""):
        self.work, self.threads, self.what, self.target = work, str(threads), what, target
        self.numbers, self.least, self.unit = numbers, least, unit

    def said(self, x):
        if self.unit == "%":
            return f"{100 * x:.0f}"
        return f"{x:.1f}" if self.unit == "ms" or x >= 10 else f"{x:.2f}"

    def row(self):
        sign, tail = ("≥" if self.least else "≤"), {"": "", "x": " x"}.get(self.unit, " " + self.unit)
        target = f"{sign} {100 * self.target:.0f} %" if self.unit == "%" else f"{sign} {self.target:g}{tail}"
        if not self.numbers:
            return [self.work, self.threads, self.what, target, "-", "not measured"]
        low, high = spread(self.numbers)
        measured = self.said(median(self.numbers))
        holds = float(measured) >= float(self.said(self.target)) if self.least else median(self.numbers) <= self.target
        return [self.work, self.threads, self.what, target,
                f"**{measured}**{tail} ({self.said(low)} to {self.said(high)})", "holds" if holds else "**misses**"]


def training(kept):
    cases = cases_of(kept, "workloads")
    for work, of in TRAINING.items():
        for threads, promised in of.items():
            who = cases.get(f"{work}, {threads}", {"who": {}})["who"]
            us, peer, torch = who.get("plummet"), best_peer(who), fastest_torch(who)
            seen = {"peak": ("of the peak", shares(us) if us else [], "%"),
                    "peer": (f"the best peer: {peer or 'none here'}", in_rounds(us, who.get(peer)), "x"),
                    "torch": ("PyTorch", in_rounds(us, who.get(torch)), "x"),
                    "own": ("its own 1 thread", of_own_thread(who), "x")}
            for key, target in promised.items():
                what, numbers, unit = seen[key]
                yield Line(work, threads, what, target, numbers, unit=unit)


def further(kept):
    """Each further net: beside the best peer, JAX's scan for tiny batches, and two threads beside one."""
    for name, case in cases_of(kept, "further").items():
        work, _, threads = name.rpartition(", ")
        who = case["who"]
        us, peer = who.get("plummet"), best_peer(who)
        if work in ("odd 1", "odd 7") and threads == "1":
            yield Line(work, threads, "JAX, scan", 1.5, in_rounds(us, who.get("JAX, scan")), unit="x")
        yield Line(work, threads, f"the best peer: {peer or 'none here'}", 1.25, in_rounds(us, who.get(peer)), unit="x")
        if threads != "1":
            yield Line(work, threads, "its own 1 thread", 0.98, of_own_thread(who), unit="x")


def whole(kept):
    who = cases_of(kept, "whole").get("table", {"who": {}})["who"]
    us = who.get("plummet", {}).get("elapsed", [])
    for peer, target in (("scikit-learn + pandas", 33), ("Keras on JAX", 78)):
        theirs = who.get(peer, {}).get("elapsed", [])
        yield Line("a table, process start to saved model", "all", peer, target,
                   [t / median(us) for t in theirs] if us else [], unit="x")


def variants(kept):
    for threads in ("1", "2"):
        who = cases_of(kept, "variants").get(threads, {"who": {}})["who"]
        for name, title in VARIANTS.items():
            yield Line("W2 with " + title, threads, "of the plain W2", 0.85, in_rounds(who.get(name), who.get("W2")), unit="%")


def products(kept):
    for threads in ("1", "2"):
        us = cases_of(kept, "products").get(threads, {"who": {}})["who"].get("plummet", {})
        for layout in ("NN", "NT", "TN"):
            numbers = [g / p for g, p in zip(us.get(layout, []), us.get("peak", []))]
            yield Line(f"product 512 x 4096 x 4096, {layout}", threads, "of the peak", 0.9, numbers, unit="%")


def others(kept):
    who = cases_of(kept, "row").get("W1", {"who": {}})["who"]
    us, reading = who.get("plummet", {}), who.get("reading", {})
    yield Line("one row through W1's net", 1, "the time to read its weights once",
               1.3, [a / b for a, b in zip(us.get("us", []), reading.get("read_us", []))], least=False, unit="x")
    first = cases_of(kept, "start").get("W1", {"who": {}})["who"].get("plummet", {}).get("first", [])
    yield Line("W1, process start to the end of the first step", 1, "time", 8, [1e3 * t for t in first], least=False, unit="ms")
    for load, case in sorted(cases_of(kept, "busy").items()):
        yield Line("W1 beside " + load, 2, "its own 1 thread under that load", 0.9,
                   in_rounds(case["who"].get("2 threads"), case["who"].get("1 thread")), unit="x")
    for name, case in sorted(cases_of(kept, "isa").items()):
        work, _, threads = name.partition(", ")
        yield Line(work + ", AVX2 forced", threads, "AVX-512 here", 0.9,
                   in_rounds(case["who"].get("avx2"), case["who"].get("avx512")), unit="x")


def quartiles(row):
    return [row["rate_low"], row["rate"], row["rate_high"]]


def kernels(kept):
    rows = only_rows(cases_of(kept, "kernels"))
    for kernel, shape, target in KERNELS:
        found = [r for r in rows if r["kernel"] == kernel and (not shape or r["shape"] == shape) and r["threads"] == 1]
        name = kernel.replace("_forward", "") + (f", {shape}" if shape else "")
        yield Line(name, 1, "numbers/ns in the first cache", target, quartiles(found[0]) if found else [])


def curves(kept):
    """Time per FLOP against the least of its curve; of each curve the worst place."""
    for part, what in (("width", "width 64 to 4096"), ("depth", "2 to 200 layers"), ("batch", "batch 8 to 4096")):
        for threads in ("1", "2"):
            who = cases_of(kept, part).get(threads, {"who": {}})["who"]
            share = {int(n): median(shares(v)) for n, v in who.items() if v["sps"]}
            over = {n: max(share.values()) / s for n, s in share.items()}
            beyond = [f"{n} ({x:.2f})" for n, x in sorted(over.items()) if x > 1.3]
            yield [what, threads, "time per FLOP : least of the curve", "≤ 1.3", f"**{max(over.values()):.2f}** at "
                   f"{max(over, key=over.get)}" if over else "-",
                   "not measured" if not over else "**misses** at " + ", ".join(beyond) if beyond else "holds"]


def rows(kept):
    out = [line.row() for group in (whole, training, further, variants, products, others, kernels) for line in group(kept)]
    return out + list(curves(kept))
