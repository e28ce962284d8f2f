"""pictures.py ONE.svg ONE.png: a PNG of two dots to a point shows the lines, dashes, dots and texts of the SVG."""
import re
import struct
import sys
import xml.etree.ElementTree as tree
import zlib

failures = []


def read_png(path):
    """Width, height and rows of (red, green, blue)."""
    data = open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed, head = 8, b"", None
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        head = struct.unpack(">IIBBBBB", body) if kind == b"IHDR" else head
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    width, height, depth, colours, _, _, interlaced = head
    assert (depth, colours, interlaced) == (8, 2, 0), head
    return width, height, unfilter(zlib.decompress(packed), width, height)


def unfilter(raw, width, height):
    """The rows, each from its differences: a PNG of lines is mostly rows that equal the one above."""
    size = 3 * width
    before, rows = bytes(size), []
    for y in range(height):
        kind, line = raw[y * (size + 1)], bytearray(raw[y * (size + 1) + 1:(y + 1) * (size + 1)])
        if kind == 2:
            line = before if not any(line) else bytes((a + b) & 255 for a, b in zip(line, before))
        for i in range(size if kind in (1, 3, 4) else 0):
            left, up, corner = line[i - 3] if i > 2 else 0, before[i], before[i - 3] if i > 2 else 0
            change = (left, (left + up) // 2, paeth(left, up, corner))[(1, 3, 4).index(kind)] if left | up else 0
            if change:
                line[i] = line[i] + change & 255
        before = bytes(line)
        rows.append(before)
    return rows


def paeth(left, up, corner):
    guess = left + up - corner
    return min((left, up, corner), key=lambda v: abs(guess - v))


def check(good, what):
    if not good:
        failures.append(what)


width, height, rows = read_png(sys.argv[2])


def near(x, y, colour, reach=3, limit=60):
    """Whether a dot within `reach` of the point x, y has about that colour."""
    wanted = [int(colour[i:i + 2], 16) for i in (1, 3, 5)]
    for v in range(max(0, round(2 * y) - reach), min(height, round(2 * y) + reach + 1)):
        for u in range(max(0, round(2 * x) - reach), min(width, round(2 * x) + reach + 1)):
            if max(abs(rows[v][3 * u + i] - wanted[i]) for i in range(3)) <= limit:
                return True
    return False


def ink(x0, y0, x1, y1):
    """How many dots of the box are darker than the grid."""
    return sum(max(rows[v][3 * u:3 * u + 3]) < 150 for v in range(max(0, round(2 * y0)), min(height, round(2 * y1)))
               for u in range(max(0, round(2 * x0)), min(width, round(2 * x1))))


def check_line(one, colours):
    """Middles of pieces have the colour of the line, or of one that may lie above it; dashes leave gaps."""
    dash, pieces, seen, total = one.get("stroke-dasharray"), [], 0, 0
    for part in re.findall(r"M[^M]*", one.get("d")):
        points = [tuple(map(float, p.split())) for p in re.split("[ML]", part)[1:]]
        pieces += zip(points, points[1:])
    for (x0, y0), (x1, y1) in pieces:
        steps = max(1, int(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 / 3))
        for k in range(steps):
            x, y = x0 + (x1 - x0) * (k + 0.5) / steps, y0 + (y1 - y0) * (k + 0.5) / steps
            if near(x, y, one.get("stroke")):
                seen += 1
            elif not dash and any(near(x, y, colour) for colour in colours):
                seen += 1
            total += 1
    for (x0, y0), (x1, y1) in pieces[:1]:  # the first dash begins where the line does, and has its length
        length, on = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, float((dash or "0").split()[0])
        period = sum(map(float, (dash or "0").split()))
        for far, wanted in (on - 0.7, True), (on + 0.7, False), (period - 0.7, False), (period + 0.7, True):
            if dash and length > far + 2:
                there = near(x0 + (x1 - x0) * far / length, y0 + (y1 - y0) * far / length, one.get("stroke"), 0)
                check(there == wanted, "%s: its first dash is not of %g points" % (one.attrib, on))
    share = seen / total if total else 1
    check(0.97 <= share if not dash else total < 10 or 0.2 <= share <= 0.9, "%s: %.2f of it are seen" % (one.attrib, share))


def check_text(one):
    """Dark dots on the right side of the anchor, none on the other; letters lie above their line, but for tails."""
    x, y, size = float(one.get("x")), float(one.get("y")), float(one.get("font-size", 12))
    if one.get("transform"):
        check(ink(x - size, y - 30, x + 3, y + 30) > 10, "%s is not upright beside its line" % one.text)
        check(ink(x + size * 0.4, y - 60, x + size, y + 60) == 0, "%s lies across" % one.text)
        return
    left, right = {"start": (0, 14), "end": (-14, 0), "middle": (-7, 7)}[one.get("text-anchor")]
    check(ink(x + left, y - size, x + right, y + 1) > 4, "%s is not seen" % one.text)
    half = len(one.text or "") * size * 0.9 / 2
    for far in {"start": [x - 6, x - 1], "end": [x + 1, x + 6], "middle": [x + half + 8, x + half + 14]}[
            one.get("text-anchor")], [x - half - 14, x - half - 8]:
        if one.get("text-anchor") == "middle" or far[0] in (x - 6, x + 1):
            check(ink(far[0], y - size * 0.7, far[1], y) <= (0 if one.get("text-anchor") == "middle" and size > 13 else 12),
                  "%s lies at the wrong side of %.0f" % (one.text, x))


picture = tree.parse(sys.argv[1]).getroot()
check((2 * int(picture.get("width")), 2 * int(picture.get("height"))) == (width, height), "another size")
check(rows[0][:3] == rows[-1][-3:] == b"\xff\xff\xff", "the ground is not white")
drawn = {one.get("stroke") for one in picture} - {None, "#d9d9d9"}
for one in picture:
    kind = one.tag.rpartition("}")[2]
    if kind == "path":
        check_line(one, drawn - {one.get("stroke")})
    elif kind == "text":
        check_text(one)
    elif kind == "circle":
        x, y, r = (float(one.get(name)) for name in ("cx", "cy", "r"))
        check(near(x, y, one.get("fill"), 1) and near(x + r - 1.5, y, one.get("fill"), 1), "%s is not seen" % one.attrib)
        inside = [(x, y + r - 0.25), (x, y - r + 0.25), (x + r - 0.25, y), (x - r + 0.25, y)]
        check(not one.get("stroke") or any(near(u, v, "#ffffff", 0) for u, v in inside), "%s has no rim" % one.attrib)
print("\n".join(failures), end="")
sys.exit(len(failures) > 0)
