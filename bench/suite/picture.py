"""results.svg: throughput against peers, share of the peak against width, depth and batch. Drawn by hand: no library."""
import math
import os

from measure import median
from report import cases_of, shares

WIDE, LEFT, GAP = 1000, 20, 20
INK, DIM, GRID, OURS, SECOND = "#1f2328", "#656d76", "#d8dee4", "#0969da", "#bf3989"
PEERS = ["#8c959f", "#afb8c1", "#c8a26a", "#7a9e7e", "#a58bb5", "#9fb3c8", "#c9a0a0"]
WORKLOADS = ["W1", "W2", "W3", "W4", "W5"]
BAR, NAME = 13, 148


def text(x, y, said, size=11, colour=INK, anchor="start", weight="normal"):
    said = str(said).replace("&", "&amp;").replace("<", "&lt;")
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" '
            f'font-weight="{weight}" stroke="#ffffff" stroke-width="3" paint-order="stroke">{said}</text>')


def line(x1, y1, x2, y2, colour=GRID, width=1.0, dash=""):
    dash = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"{dash}/>'


# ---- throughput: bars of samples/s against PyTorch's, on a logarithmic axis ----

def against_torch(case):
    """[(who, samples/s, ratio to the fastest PyTorch)], ours first, then the fastest first."""
    speed = {who: median(seen["sps"]) for who, seen in case["who"].items() if seen["sps"]}
    torch = max((v for who, v in speed.items() if who.startswith("PyTorch")), default=None)
    if not torch:
        return []
    order = sorted(speed, key=lambda who: (who != "plummet", -speed[who]))
    return [(who, speed[who], speed[who] / torch) for who in order]


def bar_panel(cases, threads, x, y, wide, colours):
    rows = {w: against_torch(cases[f"{w}, {threads}"]) for w in WORKLOADS if f"{w}, {threads}" in cases}
    ratios = [r for bars in rows.values() for _, _, r in bars]
    if not ratios:
        return [], y
    low, high = math.log10(min(0.08, min(ratios))), math.log10(max(ratios) * 1.1)
    begin, room = x + NAME, wide - NAME - 58
    at = lambda ratio: begin + room * (math.log10(ratio) - low) / (high - low)
    out = [text(x, y, f"Samples a second : PyTorch's, {threads} thread{'s' * (threads > 1)}", 13, weight="bold")]
    top = y + 12
    y = top + 6
    for work, bars in rows.items():
        out.append(text(x, y + BAR - 3, work, 12, weight="bold"))
        for who, speed, ratio in bars:
            mine = who == "plummet"
            out.append(text(begin - 6, y + BAR - 3, who, 10.5, INK if mine else DIM, "end", "bold" if mine else "normal"))
            out.append(f'<rect x="{begin:.1f}" y="{y + 1:.1f}" width="{max(at(ratio) - begin, 1):.1f}" height="{BAR - 2}" '
                       f'fill="{OURS if mine else colours.setdefault(who, PEERS[len(colours) % len(PEERS)])}"/>')
            out.append(text(at(ratio) + 4, y + BAR - 3, f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}", 10.5,
                            INK if mine else DIM))
            y += BAR
        y += 9
    grid = [line(at(tick), top, at(tick), y - 6, INK if tick == 1 else GRID, 1, "" if tick == 1 else "2 3")
            for tick in (0.1, 1, 10, 100) if low <= math.log10(tick) <= high]
    ticks = [text(at(tick), y + 6, tick, 10, DIM, "middle") for tick in (0.1, 1, 10, 100) if low <= math.log10(tick) <= high]
    return out[:1] + grid + out[1:] + ticks, y + 10


# ---- curves: share of the peak ----

def curve_panel(cases, title, x, y, wide, high):
    out = [text(x, y, title, 13, weight="bold")]
    top, bottom, begin, room = y + 14, y + high - 20, x + 30, wide - 40
    names = sorted({int(n) for case in cases.values() for n in case["who"]})
    if not names:
        return out
    low, most = math.log2(names[0]), math.log2(names[-1])
    across = lambda n: begin + room * (math.log2(n) - low) / max(most - low, 1e-9)
    down = lambda share: bottom - (bottom - top) * min(share, 1.05) / 1.05
    for share in (0, 0.25, 0.5, 0.75, 1):
        out.append(line(begin, down(share), begin + room, down(share)))
        out.append(text(begin - 5, down(share) + 4, f"{100 * share:.0f} %", 10, DIM, "end"))
    last = -100.0
    for n in names:
        if across(n) - last >= 26:
            out.append(text(across(n), bottom + 14, n, 10, DIM, "middle"))
            last = across(n)
    for threads, colour in (("1", OURS), ("2", SECOND)):
        seen = cases.get(threads, {}).get("who", {})
        points = [(across(int(n)), down(median(shares(v)))) for n, v in sorted(seen.items(), key=lambda p: int(p[0]))
                  if v["sps"]]
        if points:
            best = max(median(shares(v)) for v in seen.values() if v["sps"]) / 1.3
            out.append(line(begin, down(best), begin + room, down(best), colour, 1, "5 4"))
            path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
            out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
            out += [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{colour}"/>' for px, py in points]
    return out


def legend(x, y):
    out = []
    for said, colour in (("1 thread, of its peak", OURS), ("2 threads, of both peaks", SECOND)):
        out += [line(x, y - 4, x + 22, y - 4, colour, 2), text(x + 28, y, said, 11)]
        x += 190
    return out + [line(x, y - 4, x + 22, y - 4, DIM, 1, "5 4"), text(x + 28, y, "1.3 times the least time per FLOP of its curve", 11)]


def write(kept, folder):
    out, colours, y = [], {}, 30
    training = cases_of(kept, "workloads")
    half = (WIDE - 2 * LEFT - GAP) / 2
    one, bottom_one = bar_panel(training, 1, LEFT, y, half, colours)
    two, bottom_two = bar_panel(training, 2, LEFT + half + GAP, y, half, colours)
    out += one + two
    y = max(bottom_one, bottom_two) + (24 if one or two else 0)
    third = (WIDE - 2 * LEFT - 2 * GAP) / 3
    curves = [("width", "Share of the peak: width"), ("depth", "Hidden layers of 100"), ("batch", "Rows of a batch")]
    if any(cases_of(kept, part) for part, _ in curves):
        for i, (part, title) in enumerate(curves):
            out += curve_panel(cases_of(kept, part), title, LEFT + i * (third + GAP), y, third, 230)
        out += legend(LEFT, y + 252)
        y += 270
    if not out:
        return
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{y:.0f}" viewBox="0 0 {WIDE} {y:.0f}" '
            'font-family="Helvetica, Arial, sans-serif">\n<title>plummet: throughput against peers, share of the peak</title>\n'
            f'<rect width="{WIDE}" height="{y:.0f}" fill="#ffffff"/>\n')
    with open(os.path.join(folder, "results.svg"), "w") as f:
        f.write(head + "\n".join(out) + "\n</svg>\n")
