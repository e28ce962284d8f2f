"""The tables of the sixteenth set: real ones of the folder of shared data (concrete, tumours, fields seen from a satellite, homes,
bank notes, clothes, spots of the sun) and others made by rules. Those of UNITS stay in their units, and their nets begin with a
normalization; the others are scaled to mean 0 and deviation 1 but for pictures and codes."""
import gzip
import math
import os
import random

from eighth_tables import FOLDER, lines, scaled


def cut(rows, training, test, units=True, shuffled=True):
    """Different rows in an order that is always the same, cut in rows for training and rows for the test."""
    rows = list({tuple(x): (x, y) for x, y in rows}.values())
    if shuffled:
        random.Random(16).shuffle(rows)
    rows = rows[:training + test]
    rows = rows if units else scaled(rows, training)
    return rows[:training], rows[training:]


def numbers(row):
    return [float(v) for v in row]


# ---- real tables ----

def mortar():
    """Concrete: the strength by eight numbers of the mixture."""
    return cut([(numbers(row[:8]), round((float(row[8]) - 35.8) / 16.7, 4)) for row in lines("concrete.csv", 1)], 680, 300)


def biopsy():
    """Tumours: benign or not, by thirty measures of cells."""
    return cut([(numbers(row[:30]), int(row[30])) for row in lines("breast_cancer.csv", 1)], 380, 180)


def fields():
    """Six kinds of soil by 36 bytes, four bands of 3 x 3 pixels."""
    rows = lines("satellite.csv.gz", 1)
    names = sorted({row[-1] for row in rows})
    return cut([(numbers(row[:36]), names.index(row[-1])) for row in rows], 1000, 500)


def bungalows():
    """California: the logarithm of a district's price by place, age, rooms, people and income."""
    rows = [row for row in lines("california-housing.csv", 1) if "" not in row and float(row[8]) < 500001]
    return cut([(numbers(row[:8]), round((math.log(float(row[8])) - 12) / 0.55, 4)) for row in rows], 1100, 500)


def forged():
    """Bank notes: forged or not, by four measures."""
    return cut([(numbers(row[:4]), int(row[4])) for row in lines("banknote_authentication.csv")], 700, 400, units=False)


def shirts():
    """Ten kinds of clothes, 7 x 7 means of 4 x 4 pixels, from 0 to 1."""
    with gzip.open(os.path.join(FOLDER, "fashion-mnist", "train-images-idx3-ubyte.gz")) as file:
        pixels = file.read(16 + 1900 * 784)[16:]
    with gzip.open(os.path.join(FOLDER, "fashion-mnist", "train-labels-idx1-ubyte.gz")) as file:
        kinds = file.read(8 + 1900)[8:]
    rows = []
    for k in range(1900):
        at = [k * 784 + 112 * i + 4 * j for i in range(7) for j in range(7)]
        rows.append(([round(sum(sum(pixels[a + 28 * i:a + 28 * i + 4]) for i in range(4)) / 16 / 255, 3) for a in at], kinds[k]))
    return cut(rows, 1300, 500)


def sunspots():
    """Spots of the sun: the next month by the twelve before."""
    series = [math.sqrt(float(row[1])) for row in lines("monthly-sunspots.csv", 1) if len(row) == 2]
    series = [round((v - 6.3) / 3.4, 4) for v in series]
    rows = [(series[t - 12:t], series[t]) for t in range(12, len(series), 2)]
    return cut(rows, 900, 400, shuffled=False)


# ---- made by rules ----

def bikes(r):
    """How many bikes are hired in an hour, as a logarithm: hour, degrees, wind, rain in mm, a working day, day of the year."""
    hour, day, work = r.randrange(24), r.randrange(365), float(r.random() < 0.7)
    heat = 11 - 10 * math.cos(2 * math.pi * (day - 20) / 365) + r.gauss(0, 4)
    wind, rain = r.gammavariate(3, 4), r.expovariate(0.5) if r.random() < 0.25 else 0.0
    rush = math.exp(-((hour - 8) / 1.8) ** 2) + math.exp(-((hour - 17.5) / 2.2) ** 2)
    idle = math.exp(-((hour - 14) / 4.5) ** 2)
    y = 1.6 * (rush if work else idle) + 0.045 * min(heat, 26) - 0.4 * math.log1p(rain) - 0.012 * wind - 0.9
    return [float(hour), round(heat, 1), round(wind, 1), round(rain, 1), work, float(day)], round(1.15 * y + r.gauss(0, 0.12), 4)


def waits(r):
    """How long one waits: a number of nine columns, three of which say nothing."""
    x = [r.gauss(0, 1) for _ in range(9)]
    y = math.exp(0.5 * x[0] + 0.35 * x[1]) - 1.2 + 0.6 * math.sin(1.7 * x[2]) + 0.5 * x[3] * (x[4] > 0) - 0.3 * abs(x[5])
    return x, round(0.9 * y + r.gauss(0, 0.12), 4)


def chequers(r):
    """Two classes, the fields of a board of 3 x 3; a third column does not matter."""
    x = [r.uniform(0, 3) for _ in range(2)]
    return x + [r.gauss(0, 1)], (math.floor(x[0]) + math.floor(x[1])) % 2


def bursts(r):
    """Five kinds of signals of 30 samples: a tone, a rising tone, a square, a decay, noise; from any phase."""
    c, at, pace, size = r.randrange(5), r.uniform(0, 6.3), r.uniform(0.7, 0.95), math.exp(r.gauss(0, 0.25))
    kinds = [lambda k: math.sin(pace * k + at), lambda k: math.sin(0.25 * k + 0.035 * k * k + at / 6),
             lambda k: math.copysign(1, math.sin(0.45 * k + at)), lambda k: 2.2 * math.exp(-k / 6) * math.cos(0.6 * k),
             lambda k: r.gauss(0, 0.8)]
    return [round(size * kinds[c](k) + r.gauss(0, 0.2), 3) for k in range(30)], c


def baskets(r):
    """What a buyer takes next, one of four, by five codes from 0 to 14 without an order."""
    x = [r.randrange(15) for _ in range(5)]
    own = random.Random("baskets")
    worth = [[[own.gauss(0, 1) for _ in range(4)] for _ in range(15)] for _ in range(5)]
    sums = [sum(worth[k][v][c] * (1.4, 1.2, 1, 0.7, 0.5)[k] for k, v in enumerate(x)) + r.gauss(0, 0.3) for c in range(4)]
    return x, sums.index(max(sums))


def herds(r):
    """Seven classes of two clouds each in eleven columns."""
    c, cloud = r.randrange(7), r.randrange(2)
    own = random.Random(f"herds {c} {cloud}")
    return [round(own.gauss(0, 0.95) + r.gauss(0, 0.5), 4) for _ in range(11)], c


def ballots(r):
    """Three classes of eight columns that overlap much."""
    c = r.randrange(3)
    own = random.Random(f"ballots {c}")
    return [round(own.gauss(0, 0.42) + r.gauss(0, 1), 4) for _ in range(8)], c


def returns(r):
    """A number of ten columns; two thirds of its variance are noise."""
    x = [r.gauss(0, 1) for _ in range(10)]
    return x, round(0.4 * x[0] - 0.3 * x[1] + 0.25 * x[2] * x[3] + 0.2 * math.sin(2 * x[4]) + r.gauss(0, 0.8), 4)


def hum(r):
    """A signal of 16 samples with noise, then the same without it: the first half is to become the other one. y has no meaning."""
    a, b, at, pace = r.gauss(0, 1), r.gauss(0, 0.7), r.uniform(0, 6.3), r.uniform(0.35, 0.6)
    clean = [a * math.sin(pace * k + at) + b * math.cos(0.2 * k) for k in range(16)]
    return [round(v + r.gauss(0, 0.25), 3) for v in clean] + [round(v, 3) for v in clean], round(a, 3)


def couples(r):
    """Two questions of a row: y is yes or no, the last column is one of three."""
    x = [r.gauss(0, 1) for _ in range(7)]
    kind = int(x[0] + 0.6 * x[1] * x[2] + r.gauss(0, 0.15) > -0.4) + int(x[3] - 0.5 * x[4] > 0.2)
    return x + [kind], int(x[0] * x[3] + 0.8 * abs(x[5]) - 0.6 + r.gauss(0, 0.1) > 0)


def prices(r):
    """Two numbers of a row: y, and the last column, which is in cents."""
    x = [r.gauss(0, 1) for _ in range(7)]
    second = 0.9 * math.sin(1.4 * x[0]) + 0.5 * x[4] + r.gauss(0, 0.08)
    return x + [round(second, 4)], round(0.7 * x[1] * x[2] + 0.6 * math.tanh(2 * x[3]) + r.gauss(0, 0.08), 4)


def saplings(r):
    """Two kinds of trees by six measures; few rows."""
    c = r.randrange(2)
    return [round(r.gauss((0.9, -0.8, 0.6, 0.4, 0.0, 0.7)[k] * (2 * c - 1), 0.9), 3) for k in range(6)], c


# name: (rows for training and validation, for the test, the rule, classes)
MADE = {"bikes": (1100, 500, bikes, 0), "waits": (1000, 500, waits, 0), "chequers": (1400, 500, chequers, 2),
        "bursts": (1000, 500, bursts, 5), "baskets": (1600, 500, baskets, 4), "herds": (1200, 500, herds, 7),
        "ballots": (800, 500, ballots, 3), "returns": (700, 500, returns, 0), "hum": (900, 400, hum, 0),
        "couples": (1100, 500, couples, 2), "prices": (1100, 500, prices, 0), "saplings": (110, 300, saplings, 2)}
UNITS = ["bikes", "mortar", "biopsy", "fields", "bungalows"]
AS_THEY_ARE = ["bikes", "bursts", "baskets", "hum", "couples", "prices"]
REAL = {"mortar": (mortar, 0), "biopsy": (biopsy, 2), "fields": (fields, 6), "bungalows": (bungalows, 0), "forged": (forged, 2),
        "shirts": (shirts, 10), "sunspots": (sunspots, 0)}


def made(name):
    """The rows of a table that is made by a rule."""
    training, test, rule, _ = MADE[name]
    r = random.Random(f"{name} 16")
    rows = [rule(r) for _ in range(training + test)]
    rows = rows if name in AS_THEY_ARE else scaled(rows, training)
    return rows[:training], rows[training:]


READ = {**{name: kind[0] for name, kind in REAL.items()}, **{name: lambda name=name: made(name) for name in MADE}}
CLASSES = {**{name: kind[1] for name, kind in REAL.items()}, **{name: kind[3] for name, kind in MADE.items()}}
