"""results/MACHINE.md of its .json, and RESULTS.md, the index of all machines. What stands below the line NOTES in a
machine's old file is written by hand and stays."""
import glob
import os

import machine
import targets
from figures import (best_peer, by_number, cases_of, fastest_torch, in_rounds, median, of_own_thread, only_rows, ratio,
                     shares, short, spread)
from workloads import NETS

NOTES = "<!-- below: written by hand -->"
TITLES = {name: net.title if name[0] != "W" else f"{name} {net.title}" for name, net in NETS.items()}
TITLES.update({"W2+batch_norm": "batch normalization after each activation",
               "W2+batch_norm_before": "batch normalization before each activation, no bias", "W2+dropout": "dropout 0.2",
               "W2+global_clipnorm": "clipping by global norm", "W2+adamw": "AdamW"})


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(r) + " |" for r in rows]) + "\n"


def percent(x):
    return "-" if x != x else f"{100 * x:.0f} %"


def summary_of(case, t, one):
    """Ours of one workload on t threads; one: the same on one thread."""
    us, peer = case["who"]["plummet"], best_peer(case["who"])
    if not us["sps"]:
        return ["failed", "-", "-"] + ["-"] * (t == 2)
    out = [short(median(us["sps"])) + "/s", percent(median(shares(us))),
           "%.2f x %s" % (ratio(us, case["who"][peer]), peer) if peer else "-"]
    if t == 2:
        own = of_own_thread(case["who"]) or (in_rounds(us, one["who"]["plummet"]) if one else [])
        out.append("%.2f" % median(own) if own else "-")
    return out


def workload_summary(cases):
    rows = []
    for work in dict.fromkeys(name.rpartition(", ")[0] for name in cases):
        row = [TITLES[work]]
        for t in (1, 2):
            case = cases.get(f"{work}, {t}")
            row += summary_of(case, t, cases.get(f"{work}, 1")) if case else ["-"] * (2 + t)
        rows.append(row)
    return table(["work", "1 thread", "of the peak", ": best peer", "2 threads", "of both peaks", ": best peer",
                  ": 1 thread"], rows)


def contender_row(name, who, case, torch):
    seen = case["who"][who]
    if not seen["sps"]:
        return [name, who, "failed", "", "", ""]
    low, high = spread(seen["sps"])
    if not seen["l0"]:
        return [name, who, "failed", "", "", ""]
    return [name, f"**{who}**" if who == "plummet" else who, short(median(seen["sps"])), f"{short(low)} to {short(high)}",
            "%.2f" % ratio(seen, case["who"][torch]) if torch else "-",
            f"{median(seen['l0']):.3g} -> {median(seen['l1']):.3g}"]


def workload_details(cases):
    rows = []
    for name in sorted(cases, key=by_number):
        case, torch = cases[name], fastest_torch(cases[name]["who"])
        order = sorted(case["who"], key=lambda w: -median(case["who"][w]["sps"] or [0]))
        rows += [contender_row(name, who, case, torch) for who in order]
    return table(["work, threads", "who", "samples/s", "least to most", ": PyTorch", "loss at first -> at last"], rows)


def net_tables(cases, first, title):
    out = []
    for t, case in sorted(cases.items()):
        best = max(median(shares(v)) for v in case["who"].values() if v["sps"])
        rows = []
        for name in sorted(case["who"], key=int):
            seen = case["who"][name]
            low, high = spread(seen["sps"])
            share = median(shares(seen))
            rows.append([title(name), short(median(seen["sps"])), f"{short(low)} to {short(high)}", percent(share),
                         "%.2f" % (best / share if share else float("nan"))])
        out.append(f"{t} thread{'s' if t != '1' else ''}:\n\n" +
                   table([first, "samples/s", "least to most", "of the peak", "time per FLOP : best"], rows))
    return "\n".join(out)


def variant_tables(cases):
    out = []
    for t, case in sorted(cases.items()):
        plain = case["who"].get("W2")
        rows = []
        for name, seen in case["who"].items():
            low, high = spread(seen["sps"])
            rows.append([TITLES.get(name, name), short(median(seen["sps"])), f"{short(low)} to {short(high)}",
                         percent(ratio(seen, plain)) if plain else "-"])
        out.append(f"{t} thread{'s' if t != '1' else ''}:\n\n" +
                   table(["net", "samples/s", "least to most", "of W2"], rows))
    return "\n".join(out)


def product_table(cases):
    rows = []
    for t, case in sorted(cases.items()):
        for who, seen in case["who"].items():
            row = [t, who]
            for layout in ("NN", "NT", "TN"):
                part = [g / p for g, p in zip(seen[layout], seen["peak"])]
                low, high = spread(part)
                row.append(f"{percent(median(part))} ({100 * low:.0f} to {100 * high:.0f})" if part else "-")
            rows.append(row)
    return table(["threads", "who", "NN y = x W", "NT dx = dy W'", "TN dW = x' dy"], rows)


def row_table(cases):
    rows = []
    who = cases.get("W1", {}).get("who", {})
    reading = median(who.get("reading", {}).get("read_us", []))
    for name, seen in who.items():
        took = seen["read_us"] if name == "reading" else seen["us"]
        if took:
            low, high = spread(took)
            rows.append(["to read the weights once" if name == "reading" else name, f"{median(took):.1f}",
                         f"{low:.1f} to {high:.1f}", "%.2f" % (median(took) / reading)])
    return table(["who", "us", "least to most", ": reading"], rows)


def start_table(cases):
    rows = []
    for work, case in sorted(cases.items()):
        for who, seen in case["who"].items():
            if seen["first"]:
                low, high = spread([1e3 * x for x in seen["first"]])
                rows.append([work, who, f"{1e3 * median(seen['first']):.1f}", f"{low:.1f} to {high:.1f}"])
    return table(["work", "who", "ms", "least to most"], rows)


def busy_table(cases):
    rows = []
    for load, case in sorted(cases.items()):
        one, two = case["who"].get("1 thread"), case["who"].get("2 threads")
        if one and two and one["sps"] and two["sps"]:
            rows.append([load, short(median(one["sps"])), short(median(two["sps"])), "%.2f" % ratio(two, one)])
    return table(["beside", "W1 on 1 thread, samples/s", "on 2 threads", "ratio"], rows)


def isa_table(cases):
    rows = []
    for name in sorted(cases, key=by_number):
        who = {k: v for k, v in cases[name]["who"].items() if v["sps"]}
        if "avx512" in who and "avx2" in who:
            numbers = in_rounds(who["avx2"], who["avx512"])
            rows.append([name, short(median(who["avx512"]["sps"])), short(median(who["avx2"]["sps"])),
                         "%.2f" % median(numbers), "%.2f to %.2f" % spread(numbers)])
    return table(["work, threads", "AVX-512, samples/s", "AVX2", "ratio", "least to most"], rows)


def price(row, peak):
    """What a number costs, in fused multiply-adds that the machine could do in that time."""
    return f"{peak / 2 / row['rate']:.3g}" if peak and row["unit"] == "numbers/ns" else ""


def kernel_table(cases):
    """Of the best instruction set; results.json has all."""
    found = only_rows(cases)
    peak = next((r["rate"] for r in found if r["kernel"] == "peak"), 0)
    rows = []
    for r in found:
        limit = f"{r['share']:.0f} % ({r['share_low']:.0f} to {r['share_high']:.0f})" if r["share"] > 0 else ""
        rows.append([r["kernel"], r["shape"], str(r["threads"]), f"{r['rate']:.3g} {r['unit']}", limit, price(r, peak)])
    return (f"Instruction set {found[0]['isa']}, medians and quartiles. Two roofs: of products the peak; of the rest "
            "copying (of sums: reading) as many numbers in the first cache, and the arithmetic, told as the fused "
            "multiply-adds that the machine could do in the time of a number.\n\n" if found else "") + table(
        ["kernel", "shape", "threads", "rate", "of the limit", "costs, in fused multiply-adds"], rows)


def gather_lines(cases):
    return ("Epochs over tables larger than the caches, rows in random order, one thread; beside it a memcpy of as many bytes "
            "in order. Medians of 9 rounds (least to most).\n\n```\n" + "\n".join(cases.get("lines", [])) + "\n```\n")


def core_table(cases):
    return ("A BLAS that takes this CPU for an old one is slow, and flatters whoever is compared with it.\n\n" +
            table(["library", "the core or instruction set that it chose"], cases.get("lines", [])))


def megabytes(x):
    return f"{x / 1e9:.2f} GB" if x >= 1e9 else f"{x / 1e6:.3g} MB"


def whole_rows(task, case):
    us = case["who"].get("plummet", {"elapsed": []})
    for who, seen in case["who"].items():
        if seen["elapsed"]:
            low, high = spread(seen["elapsed"])
            mine = median(us["elapsed"])
            yield [task, f"**{who}**" if who == "plummet" else who, f"{median(seen['elapsed']):.3g}",
                   f"{low:.3g} to {high:.3g}", f"{median(seen['used']):.3g}", megabytes(max(seen["rss"])),
                   "%.3g" % (median(seen["elapsed"]) / mine), "%.3g" % (median(seen["used"]) / median(us["used"]))]


WHOLE = ("`table`: 16,384 rows of a CSV file; split, normalization, 8-30-30-1, 20 epochs of batch 32 with Adam, test, model saved. "
         "`images`: 60,000 rows of 784 bytes as IDX; 784-300-100-10, 3 epochs of batch 32 with momentum, model saved.\n\n")


def whole_table(cases):
    rows = [row for task in ("table", "images") if task in cases for row in whole_rows(task, cases[task])]
    sizes = [[what, megabytes(count)] for what, count in cases.get("sizes", {}).get("lines", [])]
    return (WHOLE + table(["task", "who", "seconds", "least to most", "CPU seconds", "peak memory", "seconds : plummet",
                           "CPU : plummet"], rows) + "\n" + table(["installed", "size"], sizes))


SECTIONS = [
    ("whole", "Whole processes: from a file to a saved model", whole_table),
    ("cores", "Which core each library uses", core_table),
    ("workloads", "Training, against peers and the peak", lambda c: workload_summary(c) +
     "\nEach contender, the fastest first; `: PyTorch` is against the faster of its builds:\n\n" + workload_details(c)),
    ("further", "Further nets: odd widths, norms, noise, many classes, depth, a long run", lambda c: workload_summary(c) +
     "\nEach contender, the fastest first:\n\n" + workload_details(c)),
    ("variants", "W2 and what may be added to it", variant_tables),
    ("products", "Products of 512 x 4096 x 4096, of the peak", product_table),
    ("row", "One row through W1's net", row_table),
    ("start", "From the start of the process to the end of the first step", start_table),
    ("busy", "When others use the cores", busy_table),
    ("isa", "One instruction set against another", isa_table),
    ("width", "Width: three hidden layers, batch 128", lambda c: net_tables(c, "width", str)),
    ("depth", "Depth: hidden layers of 100, batch 32", lambda c: net_tables(c, "hidden layers", str)),
    ("batch", "Batch: 784-300-100-10", lambda c: net_tables(c, "rows", str)),
    ("kernels", "Single kernels", kernel_table),
    ("gather", "Gathering shuffled rows", gather_lines),
]


def brief(part, measured):
    return dict((name, make) for name, _, make in SECTIONS)[part](measured)


def passes(parts):
    """How long a cache line took between two cores in the rounds of all parts."""
    all_ns = [ns for p in parts.values() for c in p["cases"].values() if isinstance(c, dict)
              for seen in c.get("who", {}).values() for ns in seen.get("pass", [])]
    if not all_ns:
        return ""
    low, high = spread(all_ns)
    return (f"- A cache line went from one core to the other and back in {median(all_ns):.0f} ns ({low:.0f} to {high:.0f}), "
            "which moves what two threads gain.\n")


HOW = """- By [`bench/run`](../run): contenders take turns within a round; figures are medians of the rounds, ratios are medians of the
  ratios inside rounds. A run during which something else used the cores is done again.
- The peak is a loop of nothing but fused multiply-adds on as many threads as are measured, timed in each round.
- On one thread a program is bound to a core, and samples are counted per second of its CPU time, so that what others take
  of the core does not count.
- What several threads gain over one thread is measured within a process, in turns of milliseconds.
- A step of training is forward pass, loss, backward pass and update, on the same float32 rows in the same order.
- The machine is virtual: trust ratios, not samples a second. [{name}.json]({name}.json) has every round.
"""


def commits(parts):
    """The commit; where there are several, what was measured at each."""
    at = {}
    for name, part in parts.items():
        for case, result in part["cases"].items():
            commit = result.get("commit", part["about"]["commit"]) if isinstance(result, dict) else part["about"]["commit"]
            label = case.partition(",")[0] if name == "workloads" else name
            at.setdefault(commit, []).append(label)
    if len(at) == 1:
        return "commit " + next(iter(at))
    return "commits " + " and ".join(f"{commit} ({', '.join(dict.fromkeys(labels))})" for commit, labels in sorted(at.items()))


def head(parts, name):
    about = [p["about"] for p in parts.values()]
    first = max(about, key=lambda a: a["date"])
    peers, missing = {}, set()
    for a in about:
        peers.update(a["peers"])
        missing.update(a["missing"])
    out = (f"# How fast\n\nMeasured {max(a['date'] for a in about)} at {commits(parts)}"
           f" on {first['cores']} cores of {first['processor']}, {first['system']}, compiled by {first['compiler']}."
           f"{loads(about)}\n\n"
           f"![Samples a second against peers; share of the machine's peak against width, depth and batch]({name}.svg)\n\n")
    out += HOW.format(name=name) + passes(parts) + "\nPeers, and what they cannot do:\n\n"
    out += "".join(f"- {name}: {what}.\n" for name, what in sorted(peers.items()))
    return out + "\nMissing at the last measurement, so not measured then: " + ("; ".join(sorted(missing)) or "nothing") + ".\n"


def loads(about):
    """The caches, and how much others used the cores."""
    caches = next((a["caches"] for a in about if a.get("caches")), None)
    said = f" Caches of a core: {caches}." if caches else ""
    seen = [a["load"] for a in about if a.get("load") is not None]
    if seen and max(seen) > 0.1:
        said += (f" **Others used {min(seen):.1f} to {max(seen):.1f} of the cores meanwhile**: on one thread trust the ratios and "
                 "shares of the peak; figures of two threads and seconds are those of a busy machine.")
    return said


def promised(kept):
    rows = targets.rows(kept)
    count = lambda word: sum(r[-1].startswith(word) for r in rows)  # noqa: E731
    return (f"\n## Promised and measured\nThe targets are those that the project set itself. {count('holds')} hold, "
            f"{count('**misses')} miss, {count('not')} were not measured. In brackets the least and the most of the rounds "
            "(of single kernels: quartiles).\n\n" + table(["work", "threads", "against", "target", "measured", "verdict"], rows))


def hand_written(path):
    try:
        with open(path) as f:
            return f.read().partition(NOTES)[2]
    except FileNotFoundError:
        return "\n"


def measured_before(about, newest):
    """Tells when an older part was measured."""
    return f"Measured {about['date']} at {about['commit']}. " if about["date"] != newest else ""


def write(kept, folder, name):
    path = os.path.join(folder, "results", name + ".md")
    parts = kept.get("parts", {})
    if not parts:
        return
    text = head(parts, name) + promised(kept)
    newest = max(part["about"]["date"] for part in parts.values())
    for part, title, make in SECTIONS:
        if part in parts:
            about = parts[part]["about"]
            rounds = f"{about['rounds']} rounds of {about['seconds']} s" + (
                f", instruction set {about['isa']}" if about["isa"] != "-" else "")
            plain = part in ("kernels", "gather", "cores", "whole")
            said = measured_before(about, newest) + ("" if plain else f"{rounds}.")
            text += f"\n## {title}\n" + (said.strip() + "\n\n" if said else "") + make(cases_of(kept, part))
    text += "\n" + NOTES + hand_written(path)
    with open(path, "w") as f:
        f.write(text)


def index_row(folder, name):
    """The machine; one thread's shares of the peak and ratios to the best peer on W1 to W5; what a user feels."""
    parts = machine.read(folder, name).get("parts", {})
    about = max((part["about"] for part in parts.values()), key=lambda a: a["date"])
    cases, shown, ratios = parts.get("workloads", {}).get("cases", {}), [], []
    for work in ("W1", "W2", "W3", "W4", "W5"):
        case = cases.get(f"{work}, 1", {"who": {}})
        us, peer = case["who"].get("plummet"), best_peer(case["who"])
        shown.append(f"{100 * median(shares(us)):.0f}" if us and us["sps"] else "-")
        ratios.append("%.2f" % ratio(us, case["who"][peer]) if us and us["sps"] and peer else "-")
    table_ = parts.get("whole", {}).get("cases", {}).get("table", {"who": {}})["who"].get("plummet")
    felt = f"{median(table_['elapsed']):.2f} s, {megabytes(max(table_['rss']))}" if table_ else "-"
    return [f"[{name}](results/{name}.md)", about["processor"], about["date"], felt, ", ".join(shown) + " %", ", ".join(ratios)]


def index(folder):
    names = sorted(os.path.basename(path)[:-5] for path in glob.glob(os.path.join(folder, "results", "*.json")))
    text = ("# How fast, on each machine\n\nWritten by [`bench/run`](run), which measures the machine it runs on. A machine's page "
            "has every figure, which peers were measured and which were missing, and the targets that hold and miss.\n\n")
    text += table(["machine", "processor", "measured", "a table, file to model", "W1 to W5, one thread, of the peak",
                   ": the best peer"], [index_row(folder, name) for name in names])
    with open(os.path.join(folder, "RESULTS.md"), "w") as f:
        f.write(text)
