"""RESULTS.md of results.json. What stands below the line NOTES in an old RESULTS.md is written by hand and stays."""
import os

from measure import median, spread

NOTES = "<!-- below: written by hand -->"
TITLES = {
    "W1": "W1 784-300-100-10, ELU, batch 32, momentum", "W2": "W2 the same, batch 256, Adam",
    "W3": "W3 20 layers of 100, ELU, batch 32, momentum", "W4": "W4 1024-1024-1024-1024-10, ELU, batch 128, Adam",
    "W5": "W5 16-32-32-1, ReLU, batch 32, Adam", "W2+batch_norm": "batch normalization after each activation",
    "W2+batch_norm_before": "batch normalization before each activation, no bias", "W2+dropout": "dropout 0.2",
    "W2+global_clipnorm": "clipping by global norm", "W2+adamw": "AdamW"}


def short(x):
    """Three figures: 41.8, 142 k, 7.28 M."""
    if x != x:
        return "-"
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if abs(x) >= size:
            return f"{x / size:.3g} {unit}" if abs(x) < 999.5 * size else f"{x / size:.0f} {unit}"
    return f"{x:.3g}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(r) + " |" for r in rows]) + "\n"


def shares(seen):
    """Of the peak, round by round."""
    return [s * f / (p * 1e9) for s, f, p in zip(seen["sps"], seen["flop"], seen["peak"])]


def ratios(a, b, key="sps"):
    """Medians of the ratios inside rounds."""
    return median([x / y for x, y in zip(a[key], b[key]) if y])


def percent(x):
    return "-" if x != x else f"{100 * x:.0f} %"


def cases_of(kept, part):
    return kept.get("parts", {}).get(part, {}).get("cases", {})


def best_peer(who):
    peers = {k: v for k, v in who.items() if k != "plummet" and v.get("sps")}
    return max(peers, key=lambda k: median(peers[k]["sps"])) if peers else None


def workload_summary(cases):
    rows = []
    for work in ("W1", "W2", "W3", "W4", "W5"):
        row = [TITLES[work]]
        for t in (1, 2):
            case = cases.get(f"{work}, {t}")
            if not case:
                row += ["-"] * 4
                continue
            us, peer = case["who"]["plummet"], best_peer(case["who"])
            row += [short(median(us["sps"])) + "/s", percent(median(shares(us)))]
            row.append("%.2f x %s" % (ratios(us, case["who"][peer]), peer) if peer else "-")
            if t == 2:
                one = cases.get(f"{work}, 1")
                row.append("%.2f" % (median(us["sps"]) / median(one["who"]["plummet"]["sps"])) if one else "-")
        rows.append(row[:4] + row[4:])
    return table(["work", "1 thread", "of the peak", "against the best peer", "2 threads", "of both peaks",
                  "against the best peer", "2 threads : 1"], rows)


def workload_details(cases):
    rows = []
    for name, case in sorted(cases.items()):
        reference = case["who"].get("PyTorch")
        for who, seen in case["who"].items():
            if not seen["sps"]:
                rows.append([name, who, "failed", "", "", ""])
                continue
            low, high = spread(seen["sps"])
            rows.append([name, who, short(median(seen["sps"])), f"{short(low)} to {short(high)}",
                         "%.2f" % ratios(seen, reference) if reference and reference["sps"] else "-",
                         f"{median(seen['l0']):.3g} -> {median(seen['l1']):.3g}"])
    return table(["work, threads", "who", "samples/s", "least to most", ": PyTorch", "loss at first -> at last"], rows)


def net_tables(cases, first, title):
    out = []
    for t, case in sorted(cases.items()):
        best = max(median(shares(v)) for v in case["who"].values() if v["sps"])
        rows = []
        for name, seen in case["who"].items():
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
                         percent(ratios(seen, plain)) if plain else "-"])
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
            rows.append([load, short(median(one["sps"])), short(median(two["sps"])), "%.2f" % ratios(two, one)])
    return table(["beside", "W1 on 1 thread, samples/s", "on 2 threads", "ratio"], rows)


def isa_table(cases):
    rows = []
    for name, case in sorted(cases.items()):
        sets = [k for k, v in case["who"].items() if v["sps"]]
        if len(sets) >= 2:
            a, b = case["who"][sets[0]], case["who"][sets[1]]
            rows.append([name, f"{sets[1]} : {sets[0]}", short(median(a["sps"])), short(median(b["sps"])),
                         "%.2f" % ratios(b, a)])
    return table(["work, threads", "", "samples/s of the first", "of the second", "ratio"], rows)


def kernel_lines(cases):
    """Of the best instruction set; results.json has all."""
    lines = [line for line in cases.get("lines", []) if line.split()]
    isa = next((word for line in lines for word in line.split() if word in ("avx512", "avx2", "neon", "plain")), "")
    shown = [line for line in lines if f" {isa} " in line]
    return "```\n" + "\n".join(lines[:1] + shown) + "\n```\n"


SECTIONS = [
    ("workloads", "Training, against peers and the peak", lambda c: workload_summary(c) + "\nEach contender, in turn:\n\n"
     + workload_details(c)),
    ("variants", "W2 and what may be added to it", variant_tables),
    ("products", "Products of 512 x 4096 x 4096, of the peak", product_table),
    ("row", "One row through W1's net", row_table),
    ("start", "From the start of the process to the end of the first step", start_table),
    ("busy", "When others use the cores", busy_table),
    ("isa", "One instruction set against another", isa_table),
    ("width", "Width: three hidden layers, batch 128", lambda c: net_tables(c, "width", str)),
    ("depth", "Depth: hidden layers of 100, batch 32", lambda c: net_tables(c, "hidden layers", str)),
    ("batch", "Batch: 784-300-100-10", lambda c: net_tables(c, "rows", str)),
    ("kernels", "Single kernels", kernel_lines),
]


def brief(part, measured):
    return dict((name, make) for name, _, make in SECTIONS)[part](measured)


def passes(parts):
    """How long a cache line took between two cores in the rounds of all parts."""
    all_ns = [ns for p in parts.values() for c in p["cases"].values() if isinstance(c, dict)
              for seen in c["who"].values() for ns in seen.get("pass", [])]
    if not all_ns:
        return ""
    low, high = spread(all_ns)
    return (f" A cache line went from core to core and back in {median(all_ns):.0f} ns ({low:.0f} to {high:.0f}), which "
            "moves what two threads gain.")


def head(parts):
    about = [p["about"] for p in parts.values()]
    first = about[0]
    commits = sorted({a["commit"] for a in about})
    peers, missing = {}, set()
    for a in about:
        peers.update(a["peers"])
        missing.update(a["missing"])
    lines = ["# How fast", "",
             f"Measured {max(a['date'] for a in about)} at commit {', '.join(commits)} on {first['cores']} cores of "
             f"{first['processor']}, {first['system']}, {first['compiler']}. By `bench/run`: contenders take turns within a "
             "round, the peak (a loop of nothing but fused multiply-adds, as many threads at once as are measured) is "
             "measured in each round, figures are medians, ratios are medians of the ratios inside rounds. Training steps "
             "(forward, loss, backward, update) on the same float32 rows, in order. A machine that is virtual and shared "
             "moves: trust ratios, not samples a second." + passes(parts) + " [results.json](results.json) has every round.", "",
             "![Throughput against peers; share of the peak against width, depth and batch](results.svg)", "", "Peers:"]
    lines += [f"- {name}: {what}." for name, what in sorted(peers.items())]
    if missing:
        lines += ["", "Not there, so not measured: " + "; ".join(sorted(missing)) + "."]
    return "\n".join(lines) + "\n"


def hand_written(path):
    try:
        with open(path) as f:
            return f.read().partition(NOTES)[2]
    except FileNotFoundError:
        return "\n"


def write(kept, folder):
    path = os.path.join(folder, "RESULTS.md")
    parts = kept.get("parts", {})
    if not parts:
        return
    text = head(parts)
    for name, title, make in SECTIONS:
        if name in parts:
            about = parts[name]["about"]
            rounds = f"{about['rounds']} rounds of {about['seconds']} s" + (
                f", instruction set {about['isa']}" if about["isa"] != "-" else "")
            text += f"\n## {title}\n" + ("" if name == "kernels" else f"{rounds}.\n\n") + make(parts[name]["cases"])
    text += "\n" + NOTES + hand_written(path)
    with open(path, "w") as f:
        f.write(text)
