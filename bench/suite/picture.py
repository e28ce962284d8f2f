"""results/MACHINE.svg: throughput against peers, share of the peak against width, depth and batch. Drawn by hand: no library."""
import math
import os

from figures import LESS_THREADS, cases_of, fastest_torch, median, ratio, shares, short

WIDE, LEFT, GAP = 1000, 20, 36
INK, DIM, GRID, OURS, SECOND, OTHERS, TORCH = "#1f2328", "#57606a", "#d8dee4", "#0969da", "#bf3989", "#b6bec8", "#8c959f"
WORKLOADS = {"W1": "784-300-100-10, batch 32, momentum", "W2": "784-300-100-10, batch 256, Adam",
             "W3": "20 layers of 100, batch 32, momentum", "W4": "four layers 1024 wide, batch 128, Adam",
             "W5": "16-32-32-1, batch 32, Adam"}
CURVES = [("width", "width of three hidden layers, batch 128"), ("depth", "hidden layers of 100, batch 32"),
          ("batch", "rows of a batch, 784-300-100-10")]
BAR, NAME, VALUE, TIMES = 17, 132, 58, 50


def text(x, y, said, size=12, colour=INK, anchor="start", weight="normal"):
    said = str(said).replace("&", "&amp;").replace("<", "&lt;")
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{said}</text>')


def line(x1, y1, x2, y2, colour=GRID, width=1.0, dash=""):
    dash = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"{dash}/>'


# ---- throughput: bars of samples/s, the longest of each workload is ours or whoever is faster ----

def speeds(case):
    """[(who, samples/s, how many times as fast we are)], the fastest first; of the builds of PyTorch the faster one."""
    us, torch, out = case["who"].get("plummet"), fastest_torch(case["who"]), []
    for who, seen in case["who"].items():
        if seen["sps"] and who != LESS_THREADS and (who == torch or not who.startswith("PyTorch")):
            out.append(("PyTorch" if who == torch else who, median(seen["sps"]), ratio(us, seen) if us else None))
    return sorted(out, key=lambda one: -one[1])


def bars_of(work, bars, x, y, wide):
    out = [text(x, y + 12, work, 12.5, weight="bold"), text(x + 28, y + 12, WORKLOADS[work], 12, DIM)]
    y += 18
    begin, room = x + NAME, wide - NAME - VALUE - TIMES
    for who, speed, times in bars:
        mine, long = who == "plummet", max(room * speed / bars[0][1], 1.5)
        colour = OURS if mine else TORCH if who == "PyTorch" else OTHERS
        out.append(text(begin - 7, y + BAR - 5, who, 12, INK if mine else DIM, "end", "bold" if mine else "normal"))
        out.append(f'<rect x="{begin:.1f}" y="{y + 1.5:.1f}" width="{long:.1f}" height="{BAR - 3}" fill="{colour}"/>')
        out.append(text(begin + long + 6, y + BAR - 5, short(speed), 12, INK, weight="bold" if mine else "normal"))
        if times and not mine:
            out.append(text(x + wide, y + BAR - 5, f"{times:.2f} x" if times < 10 else f"{times:.0f} x", 12, DIM, "end"))
        y += BAR
    return out, y + 12


def bar_panel(cases, threads, x, y, wide):
    begun, out = y, []
    for work in WORKLOADS:
        bars = speeds(cases[f"{work}, {threads}"]) if f"{work}, {threads}" in cases else []
        if bars:
            drawn, y = bars_of(work, bars, x, y, wide)
            out += drawn
    title = f"Samples a second in training, {threads} thread{'s' * (threads > 1)}"
    head = [text(x, begun - 12, title, 15, weight="bold"), text(x + wide, begun - 12, "plummet : peer", 12, DIM, "end")]
    return (head + out, y) if out else ([], begun)


# ---- curves: share of the peak ----

def axes(names, across, down, begin, room, bottom):
    out, last = [], -100.0
    for share in (0, 0.25, 0.5, 0.75, 1):
        out.append(line(begin, down(share), begin + room, down(share)))
        out.append(text(begin - 6, down(share) + 4, f"{100 * share:.0f} %", 11.5, DIM, "end"))
    for n in names:
        if across(n) - last >= 30:
            out.append(text(across(n), bottom + 16, n, 11.5, DIM, "middle"))
            last = across(n)
    return out


def curve(seen, colour, across, down, ends):
    points = [(across(int(n)), down(median(shares(v)))) for n, v in sorted(seen.items(), key=lambda p: int(p[0])) if v["sps"]]
    if not points:
        return []
    limit = down(max(median(shares(v)) for v in seen.values() if v["sps"]) / 1.3)
    path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
    out = [line(ends[0], limit, ends[1], limit, colour, 1, "5 4"),
           f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
    return out + [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3.2" fill="{colour}"/>' for px, py in points]


def curve_panel(cases, title, x, y, wide, high):
    names = sorted({int(n) for case in cases.values() for n in case["who"]})
    if not names:
        return []
    top, bottom, begin, room = y, y + high - 40, x + 38, wide - 52
    low, most = math.log2(names[0]), math.log2(names[-1])
    across = lambda n: begin + room * (math.log2(n) - low) / max(most - low, 1e-9)  # noqa: E731
    down = lambda share: bottom - (bottom - top) * min(share, 1)  # noqa: E731
    out = axes(names, across, down, begin, room, bottom)
    for threads, colour in (("1", OURS), ("2", SECOND)):
        out += curve(cases.get(threads, {}).get("who", {}), colour, across, down, (begin, begin + room))
    return out + [text(begin + room / 2, bottom + 34, title, 12, INK, "middle")]


def legend(x, y):
    out = []
    for said, colour, room in (("1 thread, of one core's peak", OURS, 218), ("2 threads, of both cores' peaks", SECOND, 230)):
        out += [line(x, y - 4, x + 24, y - 4, colour, 2), text(x + 30, y, said, 12)]
        x += room
    return out + [line(x, y - 4, x + 24, y - 4, DIM, 1, "5 4"), text(x + 30, y, "below: more than 1.3 times the time per operation "
                                                                   "of the curve's best", 12)]


def curves(kept, y):
    if not any(cases_of(kept, part) for part, _ in CURVES):
        return [], y
    third = (WIDE - 2 * LEFT) / 3
    out = [text(LEFT, y, "Share of the machine's peak of fused multiply-adds, training dense nets", 15, weight="bold")]
    out += legend(LEFT, y + 24)
    for i, (part, title) in enumerate(CURVES):
        out += curve_panel(cases_of(kept, part), title, LEFT + i * third, y + 46, third, 240)
    return out, y + 46 + 240 + 12


def bars(kept, y):
    cases, half = cases_of(kept, "workloads"), (WIDE - 2 * LEFT - GAP) / 2
    one, bottom_one = bar_panel(cases, 1, LEFT, y, half)
    two, bottom_two = bar_panel(cases, 2, LEFT + half + GAP, y, half)
    if not one and not two:
        return [], y
    below = max(bottom_one, bottom_two)
    note = ("Lengths compare within a workload. Peers but PyTorch do less: ReLU for ELU; KANN RMSprop for momentum and Adam, "
            "ggml SGD for momentum.")
    return one + two + [text(LEFT, below + 4, note, 12, DIM)], below + 44


def write(kept, folder, name):
    shown, y = bars(kept, 44)
    drawn, y = curves(kept, y)
    if not shown and not drawn:
        return
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{y:.0f}" viewBox="0 0 {WIDE} {y:.0f}" '
            'font-family="Helvetica, Arial, sans-serif">\n<title>plummet: throughput against peers, share of the peak</title>\n'
            f'<rect width="{WIDE}" height="{y:.0f}" fill="#ffffff"/>\n')
    with open(os.path.join(folder, "results", name + ".svg"), "w") as f:
        f.write(head + "\n".join(shown + drawn) + "\n</svg>\n")
