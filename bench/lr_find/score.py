#!/usr/bin/env python3
"""How often plummet lr-find suggests a good learning rate, on nets whose good rates are measured.

    bench/lr_find/score.py --tables FOLDER [--data FOLDER] [-o FOLDER] [--try] [--seeds N] [--gain 0.02] [--page FILE] [NET ...]

For each net of nets.py a grid of rates, three a decade, is trained, each rate from the same fresh nets (tables under 2,000
rows: 4 seeds, which split the rows in other ways, too; digits: 2; others: 1). The loss of a rate is the mean over the seeds
of the lowest validation loss, smoothed over a tenth of the epochs, so that a lucky epoch does not count. A rate is good
where its loss exceeds the lowest one by at most a tenth of that, or by at most 2 % (--gain) of what the best net gained over
the best constant answer, whichever is more: such rates, next to one another, are the good range. Between rates of the grid its
ends are interpolated.

lr-find then runs with N seeds (default 3) on each net, and a suggestion is right when it lies in the good range. --try
judges `plummet lr-find --try`, too. Trainings are kept in FOLDER/grid.json (default build/lr_find): delete it to measure
again. --tables: the folder of the csv files that nets.py names; --data: that of the sets mnist and fashion_mnist.

--page takes the good rates from the table in FILE (docs/guide/lr-find.md), trains no grid, and exits with 1 if a rate of that
table, or a sum, is not what lr-find gives. NET may be a pattern: 'digits *'.
"""
import argparse
import fnmatch
import json
import math
import os
import re
import subprocess
import sys
import tempfile

import nets

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLUMMET = os.path.join(os.environ.get("BENCH_BUILD", os.path.join(ROOT, "build", "release")), "plummet")
STEPS_A_DECADE = 3
SMALL = ("iris", "wine", "breast_cancer", "banknote", "diabetes", "concrete", "ionosphere", "sonar", "wheat", "wine_quality",
         "meats")
RULES = ("midway", "steepest", "minimum_tenth", "valley")


class Bench:
    def __init__(self, said):
        self.said = said
        self.faults = 0
        self.folder = said.out
        os.makedirs(self.folder, exist_ok=True)
        if said.tables:
            nets.prepare(said.tables, self.folder, chosen(nets.NETS, said) + chosen(nets.HELD_OUT, said))
        self.page = read_page(said.page) if said.page else None
        self.environment = dict(os.environ, **({"PLUMMET_DATA": said.data} if said.data else {}))
        self.path = os.path.join(self.folder, "grid.json")
        self.grid = {}
        if os.path.exists(self.path):
            with open(self.path) as f:
                self.grid = json.load(f)

    def plummet(self, *words):
        return subprocess.run(["nice", PLUMMET, *words], capture_output=True, text=True, check=False, env=self.environment)

    def run_file(self, net):
        name, _, layers, _, loss, _, epochs = net
        path = os.path.join(self.folder, name.replace(" ", "_") + ".yaml")
        lines = [f'data: "{nets.pipeline(net, self.folder)}"', 'validation: "split(0.25, shuffle=true)"', "model:"]
        lines += [f'  - "{layer}"' for layer in layers]
        lines += [f"loss: {loss}", f"epochs: {epochs}", "checkpoint: false", "threads: 1"]
        with open(path, "w") as f:
            f.write("\n".join(lines) + "\n")
        return path

    def train(self, net, seed, rate):
        """The validation loss after each epoch; None = it diverged."""
        with tempfile.TemporaryDirectory(dir=self.folder) as out:
            done = self.plummet("train", self.run_file(net), "-q", "--json", f"seed={seed}", f"out={out}/run",
                                "optimizer=" + net[3].replace("%", f"{rate:.6g}"))
        if done.returncode == 4:
            return None
        if done.returncode:
            sys.exit(f"{net[0]}: {done.stderr}")
        events = [json.loads(line) for line in done.stdout.splitlines()]
        losses = [e["val_loss"] for e in events if e["event"] == "epoch"]
        return None if any(v is None for v in losses) else losses

    def curves(self, net, k):
        seeds = 4 if net[1] in SMALL else 2 if net[1] == "digits" else 1
        out = []
        for seed in range(seeds):
            key = f"{net[0]}|{seed}|{k}"
            if key not in self.grid:
                self.grid[key] = self.train(net, seed, 10 ** (k / STEPS_A_DECADE))
            out.append(self.grid[key])
        return out

    def good(self, net):
        if self.page:
            low, high = re.findall(r"[\d.]+e[-+]\d+", self.page[net[0]][0])
            return {"low": float(low), "high": float(high)}
        low, high = (-10, 4) if "sgd" in net[3] or "adagrad" in net[3] else (-14, 1)
        ks = list(range(low, high + 1))
        loss = [loss_of(self.curves(net, k), net[6]) for k in ks]
        with open(self.path, "w") as f:
            json.dump(self.grid, f)
        return good_range(ks, loss, nets.trivial_loss(net, self.folder), self.said.gain)

    def find(self, net, seed, *more):
        done = self.plummet("lr-find", self.run_file(net), "-q", "--json", f"seed={seed}",
                            "optimizer=" + net[3].replace("%", "0.01"), *more)
        return json.loads(done.stdout) if done.returncode == 0 else {}


def read_page(path):
    """The rows of the table in the page, by their first cell."""
    with open(path, encoding="utf-8") as f:
        rows = [[cell.strip(" *") for cell in line.split("|")[1:-1]] for line in f if line.startswith("| ")]
    return {row[0]: row[1:] for row in rows}


def chosen(rows, said):
    return [net for net in rows if not said.nets or any(fnmatch.fnmatch(net[0], pattern) for pattern in said.nets)]


def loss_of(curves, epochs):
    if any(c is None for c in curves):
        return math.inf
    window = max(1, round(epochs / 10))
    lowest = [min(sum(c[i:i + window]) / window for i in range(len(c) - window + 1)) for c in curves]
    return sum(lowest) / len(lowest)


def good_range(ks, loss, trivial, gain):
    best = min(range(len(ks)), key=lambda i: loss[i])
    bar = loss[best] + max(0.1 * loss[best], gain * (trivial - loss[best]))

    def end(step):
        i = best
        while 0 <= i + step < len(ks) and loss[i + step] <= bar:
            i += step
        part = 0
        if 0 <= i + step < len(ks) and math.isfinite(loss[i + step]):
            part = step * (bar - loss[i]) / (loss[i + step] - loss[i])
        return 10 ** ((ks[i] + part) / STEPS_A_DECADE)

    return {"low": end(-1), "best": 10 ** (ks[best] / STEPS_A_DECADE), "high": end(1), "loss": loss[best], "bar": bar}


def verdict(rate, good):
    if not rate:
        return "none"
    return f"{rate:.1e}" + (" low" if rate < good["low"] else " high" if rate > good["high"] else "")


def arguments():
    a = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n", 2)[2],
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("nets", nargs="*", metavar="NET")
    a.add_argument("--tables")
    a.add_argument("--data")
    a.add_argument("-o", "--out", default=os.path.join(ROOT, "build", "lr_find"))
    a.add_argument("--seeds", type=int, default=3)
    a.add_argument("--gain", type=float, default=0.02)
    a.add_argument("--page")
    a.add_argument("--try", dest="tries", action="store_true")
    return a.parse_args()


def compare(bench, name, shown, rules):
    """Compares a row with that of the page, which may have more rules. low and high are left out, and a sum may be off by one
    seed of one net, since the ends of the good rates are rounded on the page."""
    for rule, here, there in zip(rules, shown, bench.page[name][1:] if bench.page else []):
        here, there = float(here.split()[0]), float(there.split()[0])
        if abs(here - there) > (0.35 if name.startswith("right") else 0):
            bench.faults += 1
            print(f"{name}, {rule}: {here}, and {there} on the page", flush=True)


def score(bench, title, rows):
    rules = RULES + (("try",) if bench.said.tries else ())
    hits = dict.fromkeys(rules, 0.0)
    for net in rows:
        good = bench.good(net)
        found = [bench.find(net, s) for s in range(bench.said.seeds)]
        if bench.said.tries:
            for s in range(bench.said.seeds):
                found[s]["try"] = bench.find(net, s, "--try").get("suggestion")
        for rule in rules:
            hits[rule] += sum(good["low"] <= (f.get(rule) or 0) <= good["high"] for f in found) / len(found)
        shown = [verdict(found[0].get(rule), good) for rule in rules]
        ends = bench.page[net[0]][0] if bench.page else f"{good['low']:.1e} to {good['high']:.1e}"
        print(f"| {net[0]} | {ends} | {' | '.join(shown)} |", flush=True)
        compare(bench, net[0], shown, rules)
    print(f"| **{title}: of {len(rows)}** | | " + " | ".join(f"**{hits[rule]:.1f}**" for rule in rules) + " |", flush=True)
    if f"right, of {len(rows)}" in (bench.page or {}) and bench.said.seeds == 3:
        compare(bench, f"right, of {len(rows)}", [f"{hits[rule]:.1f}" for rule in rules], rules)


def main():
    said = arguments()
    bench = Bench(said)
    print("| net | good rates | " + " | ".join(RULES + (("try",) if said.tries else ())) + " |")
    for title, rows in (("the 20 nets", nets.NETS), ("held out", nets.HELD_OUT)):
        if chosen(rows, said):
            score(bench, title, chosen(rows, said))
    sys.exit(bench.faults > 0)


if __name__ == "__main__":
    main()
