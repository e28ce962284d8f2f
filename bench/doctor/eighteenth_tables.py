"""The tables of the eighteenth set: real ones of the folder of shared data (satellite, California, letters, loans, bank notes, digits,
clothes, white wine, diabetes) and others made by rules. Those of UNITS stay in their units, and their nets begin with a
normalization; the others are scaled to mean 0 and deviation 1 but for pictures, counts, codes and two answers."""
import csv
import gzip
import math
import os
import random

from eighth_tables import FOLDER, lines, scaled
from sixteenth_tables import cut, numbers


# ---- real tables ----

def plots():
    """Six kinds of soil by the four bands of the middle pixel, the left and the right one."""
    rows = lines("satellite.csv.gz", 1)[1500:]
    names = sorted({row[-1] for row in rows})
    return cut([(numbers(row[12:24]), names.index(row[-1])) for row in rows], 1200, 500)


def districts():
    """California: the logarithm of a price by place, age, income, and rooms, bedrooms and people of a household."""
    rows = [row for row in lines("california-housing.csv", 1) if "" not in row and float(row[8]) < 500001]
    out = []
    for row in rows[::3]:
        v = numbers(row[:9])
        out.append((v[:3] + [v[7]] + [round(v[k] / v[6], 3) for k in (3, 4, 5)], round((math.log(v[8]) - 12) / 0.55, 4)))
    return cut(out, 1300, 500)


def capitals():
    """Eight letters that look alike by sixteen whole numbers of their pictures."""
    return cut([(numbers(row[:16]), "CDFIJOPQ".index(row[16])) for row in lines("letter-recognition.csv.gz", 1)
                if row[16] in "CDFIJOPQ"], 1400, 500, units=False)


def lenders():
    """Loans: paid back or not, by ten numbers; classes overlap, three in four are good."""
    rows = [row for row in lines("credit-data.csv", 1) if row[0] in ("good", "bad")]
    out = []
    for row in rows:
        cells = [row[1], row[3], row[4], *row[8:14]]
        if all(c.replace(".", "").isdigit() for c in cells):
            out.append((numbers(cells) + [float(row[6] == "yes")], int(row[0] == "good")))
    return cut(out, 1200, 500)


def coins():
    """Bank notes: genuine or not, by four measures of a picture."""
    return cut([(numbers(row[:4]), int(row[4])) for row in lines("banknote_authentication.csv")], 800, 400, units=False)


def numerals():
    """Ten written digits, 8 x 8 counts, divided by 16."""
    with gzip.open(os.path.join(FOLDER, "tabular", "digits.csv.gz"), "rt") as file:
        rows = [numbers(row) for row in csv.reader(file) if row]
    return cut([([v / 16 for v in row[:-1]], int(row[-1])) for row in rows], 1200, 500)


def wardrobe():
    """Ten kinds of clothes, 7 x 7 means of 4 x 4 pixels, from 0 to 1."""
    folder = os.path.join(FOLDER, "fashion-mnist")
    with gzip.open(os.path.join(folder, "train-images-idx3-ubyte.gz")) as file:
        pixels = file.read(16 + 2400 * 784)[16:]
    with gzip.open(os.path.join(folder, "train-labels-idx1-ubyte.gz")) as file:
        kinds = file.read(8 + 2400)[8:]
    rows = []
    for k in range(400, 2400):
        at = [k * 784 + 112 * i + 4 * j for i in range(7) for j in range(7)]
        rows.append(([round(sum(sum(pixels[a + 28 * i:a + 28 * i + 4]) for i in range(4)) / 16 / 255, 3) for a in at], kinds[k]))
    return cut(rows, 1400, 500)


def bottlings():
    """White wine: the mark by eleven measures; more than half of the variance is noise."""
    path = os.path.join(FOLDER, "tabular", "winequality-white.csv")
    with open(path, newline="") as file:
        rows = [numbers(row) for row in list(csv.reader(file, delimiter=";"))[1:]]
    return cut([(row[:11], round((row[11] - 5.88) / 0.89, 4)) for row in rows], 1000, 500, units=False)


def patients():
    """Diabetes: how the illness went on, by ten measures; few rows, half of the variance is noise."""
    return cut([(numbers(row[:10]), round((float(row[10]) - 152) / 77, 4)) for row in lines("diabetes.csv", 1)], 300, 140,
               units=False)


# ---- made by rules ----

def boilers(r):
    """What a house needs to be warm: square metres, metres of wall, value of the wall, windows, degrees, people, year."""
    area, insulation, windows = r.uniform(40, 260), r.uniform(0.15, 1.6), r.uniform(4, 50)
    outside, people, year = r.gauss(3, 7), r.randrange(1, 7), r.randrange(1900, 2021)
    wall = 4 * math.sqrt(area) * 2.6
    need = (wall * insulation + windows * (2.9 if year < 1978 else 1.3)) * max(20 - outside, 0) - 90 * people
    return [round(area, 1), round(wall, 1), round(insulation, 3), round(windows, 1), round(outside, 1), float(people), float(year)], \
        round((need - 2600) / 2100 + r.gauss(0, 0.08), 4)


def quotes(r):
    """The price of a repair: a number of nine columns with a bend, a product and a wave."""
    x = [r.gauss(0, 1) for _ in range(9)]
    y = 0.7 * math.sin(1.5 * x[0]) + 0.6 * x[1] * x[2] + 0.6 * max(x[3], x[4]) - 0.4 * x[5]
    return x, round(y + r.gauss(0, 0.12), 4)


def arrivals(r):
    """How many ships come on a day, a count: month, week day, wind, whether it is a feast."""
    month, day, wind, feast = r.uniform(0, 12), r.randrange(7), r.gammavariate(2, 2), float(r.random() < 0.15)
    mean = math.exp(1.5 + 0.6 * math.sin(month * math.pi / 6) - 0.16 * wind + 0.4 * (day in (1, 4)) - 0.9 * feast)
    k, product, limit = 0, r.random(), math.exp(-mean)
    while product > limit:
        k, product = k + 1, product * r.random()
    return [(month - 6) / 3.5, (day - 3) / 2, (wind - 4) / 2.8, feast], k


def gates(r):
    """Two classes: an odd number of three columns is above 0; two more columns do not matter."""
    x = [r.choice((-1, 1)) * r.uniform(0.15, 1.6) for _ in range(3)]
    return x + [r.gauss(0, 1) for _ in range(2)], int(x[0] * x[1] * x[2] > 0)


def pollen(r):
    """Six classes of two clouds each in twelve columns."""
    c, cloud = r.randrange(6), r.randrange(2)
    own = random.Random(f"pollen {c} {cloud}")
    return [round(own.gauss(0, 1) + r.gauss(0, 0.62), 4) for _ in range(12)], c


def tilts(r):
    """Five directions of a bar in a picture of 8 x 8 greys from 0 to 1, in any place."""
    c, ink = r.randrange(5), r.uniform(0.5, 0.9)
    angle = math.pi * (c + r.uniform(-0.22, 0.22)) / 5
    x0, y0, a, b = r.uniform(2.5, 4.5), r.uniform(2.5, 4.5), math.cos(angle), math.sin(angle)
    return [round(max(0.0, min(1.0, 0.12 + r.gauss(0, 0.08) + ink * math.exp(-((j - x0) * b - (i - y0) * a) ** 2))), 3)
            for i in range(8) for j in range(8)], c


def tracks(r):
    """Four kinds of curves at 20 points: a wave, a step, a ramp, a bump, with another phase each time."""
    c, at, size = r.randrange(4), r.uniform(5, 14), r.uniform(0.7, 1.4)
    rule = [lambda t: math.sin(t / 2 + at), lambda t: 1 if t > at else -1, lambda t: (t - at) / 8,
            lambda t: 2 * math.exp(-(t - at) ** 2 / 8) - 0.5][c]
    return [round(size * rule(t) + r.gauss(0, 0.45), 3) for t in range(20)], c


def routes(r):
    """One of four answers by three codes from 0 to 24 without an order."""
    x, own = [r.randrange(25) for _ in range(3)], random.Random("routes")
    worth = [[[own.gauss(0, 1) for _ in range(4)] for _ in range(25)] for _ in range(3)]
    sums = [sum(worth[k][v][c] for k, v in enumerate(x)) + r.gauss(0, 0.25) for c in range(4)]
    return x, sums.index(max(sums))


def duties(r):
    """Two questions of a row: y is one of three, the last column is yes or no."""
    x = [r.gauss(0, 1) for _ in range(7)]
    y = int(x[0] + x[1] > 0) + int(x[2] * x[3] + 0.5 * x[0] > 0.2)
    return x + [int(x[4] - 0.6 * abs(x[5]) + 0.3 + r.gauss(0, 0.2) > 0)], y


def churn(r):
    """Two classes of ten columns that overlap much: customers who leave or stay."""
    c = r.randrange(2)
    return [round((0.6, 0, -0.5, 0.4, 0, -0.3, 0, 0.3, 0, 0.2)[k] * (c - 0.5) * 1.2 + r.gauss(0, 1), 4) for k in range(10)], c


def gusts(r):
    """A number of ten columns; more than half of its variance is noise."""
    x = [r.gauss(0, 1) for _ in range(10)]
    return x, round(0.5 * x[0] - 0.4 * x[1] + 0.35 * math.tanh(2 * x[2]) + 0.2 * x[3] * x[4] + r.gauss(0, 0.75), 4)


def pebbles(r):
    """Three kinds of stones by four measures; few rows."""
    c = r.randrange(3)
    return [round((1.2, -0.9, 0.0, 0.6)[(k + c) % 4] + r.gauss(0, 0.55), 3) for k in range(4)], c


# name: (rows for training and validation, for the test, the rule, classes)
MADE = {"boilers": (1100, 500, boilers, 0), "quotes": (1200, 500, quotes, 0), "arrivals": (1200, 500, arrivals, 0),
        "gates": (1100, 500, gates, 2), "pollen": (1200, 500, pollen, 6), "tilts": (1400, 500, tilts, 5),
        "tracks": (1200, 500, tracks, 4), "routes": (1600, 500, routes, 4), "duties": (1200, 500, duties, 3),
        "churn": (900, 500, churn, 2), "gusts": (900, 500, gusts, 0), "pebbles": (100, 300, pebbles, 3)}
REAL = {"plots": (plots, 6), "districts": (districts, 0), "capitals": (capitals, 8), "lenders": (lenders, 2), "coins": (coins, 2),
        "numerals": (numerals, 10), "wardrobe": (wardrobe, 10), "bottlings": (bottlings, 0), "patients": (patients, 0)}
UNITS = ["boilers", "plots", "districts", "lenders"]
AS_THEY_ARE = ["boilers", "arrivals", "tilts", "tracks", "routes", "duties"]


def made(name):
    """The rows of a table that is made by a rule."""
    training, test, rule, _ = MADE[name]
    r = random.Random(f"{name} 18")
    rows = [rule(r) for _ in range(training + test)]
    rows = rows if name in AS_THEY_ARE else scaled(rows, training)
    return rows[:training], rows[training:]


READ = {**{name: kind[0] for name, kind in REAL.items()}, **{name: lambda name=name: made(name) for name in MADE}}
CLASSES = {**{name: kind[1] for name, kind in REAL.items()}, **{name: kind[3] for name, kind in MADE.items()}}
