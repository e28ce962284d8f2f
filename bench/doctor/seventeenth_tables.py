"""The tables of the seventeenth set: real ones of the folder of shared data (abalone, mails, letters, incomes, digits, echoes of
radar, wheat, temperatures) and others made by rules. Those of UNITS stay in their units, and their nets begin with a
normalization; the others are scaled to mean 0 and deviation 1 but for pictures, counts, signals and codes."""
import gzip
import math
import os
import random

from eighth_tables import FOLDER, lines, scaled
from sixteenth_tables import cut, numbers


# ---- real tables ----

def oysters():
    """Abalone: the logarithm of the rings from seven measures and three columns for the sex."""
    return cut([(numbers(row[1:8]) + [float(row[0] == s) for s in "MFI"], round((math.log(int(row[8])) - 2.24) / 0.32, 4))
                for row in lines("abalone.csv")], 1200, 500)


def pamphlets():
    """Mails: junk or not, by 54 shares of words and signs in percent and three lengths."""
    return cut([(numbers(row[:57]), int(row[57] == "spam")) for row in lines("spambase.csv", 1)], 1200, 500)


def initials():
    """Ten letters by sixteen whole numbers of their pictures."""
    return cut([(numbers(row[:16]), "ABEGHKNRSX".index(row[16])) for row in lines("letter-recognition.csv.gz", 1)
                if row[16] in "ABEGHKNRSX"], 1500, 500, units=False)


def earners():
    """Adults: over 50K or not, nearly one in four is: age, years of school, gains, losses, hours, married, sex."""
    return cut([(numbers([row[0], row[4], row[10], row[11], row[12]]) +
                 [float(row[5].strip().startswith("Married")), float(row[9].strip() == "Male")], int(row[14].strip() == ">50K"))
                for row in lines("adult.data.gz") if len(row) == 15], 1200, 500)


def postcodes():
    """Ten written digits, 9 x 9 means of 3 x 3 pixels, from 0 to 1."""
    with gzip.open(os.path.join(FOLDER, "mnist", "train-images-idx3-ubyte.gz")) as file:
        pixels = file.read(16 + 2000 * 784)[16:]
    with gzip.open(os.path.join(FOLDER, "mnist", "train-labels-idx1-ubyte.gz")) as file:
        kinds = file.read(8 + 2000)[8:]
    rows = []
    for k in range(2000):
        at = [k * 784 + 84 * i + 3 * j for i in range(9) for j in range(9)]
        rows.append(([round(sum(sum(pixels[a + 28 * i:a + 28 * i + 3]) for i in range(3)) / 9 / 255, 3) for a in at], kinds[k]))
    return cut(rows, 1400, 500)


def air():
    """Ionosphere: echoes that show something or nothing, by 34 numbers; few rows."""
    return cut([(numbers(row[:34]), int(row[34] == "g")) for row in lines("ionosphere.csv")], 230, 120, units=False)


def wheat():
    """Wheat: three kinds of grains by seven measures; few rows."""
    return cut([(numbers(row[:7]), int(row[7]) - 1) for row in lines("wheat-seeds.csv") if len(row) == 8], 130, 69)


def nights():
    """The lowest degrees of a day by those of the ten days before, and the season; half of the variance is noise."""
    series = [(float(row[1].replace("?", "")) - 11) / 4 for row in lines("daily-min-temperatures.csv", 1) if len(row) == 2]
    rows = [([round(v, 4) for v in series[t - 10:t]] + [round(math.cos(2 * math.pi * t / 365), 4), round(math.sin(
        2 * math.pi * t / 365), 4)], round(series[t], 4)) for t in range(10, len(series), 2)]
    return cut(rows, 1200, 500, shuffled=False)


# ---- made by rules ----

def kettles(r):
    """How long water needs to boil, as a logarithm: watts, litres, degrees, metres above the sea, the age of the kettle, a lid."""
    watts, litres, begin = r.choice((900, 1200, 1500, 2000, 2400)), r.uniform(0.3, 2.2), r.uniform(5, 30)
    high, age, lid = r.expovariate(1 / 600), r.uniform(0, 12), float(r.random() < 0.6)
    loss = (90 if lid else 260) * (1 + 0.4 * math.sqrt(litres))
    time = 4186 * litres * (100 - high / 290 - begin) / (watts * (1 - 0.02 * age) - loss)
    return [float(watts), round(litres, 3), round(begin, 1), round(high), round(age, 2), lid], \
        round((math.log(time) - 5.7) / 0.65 + r.gauss(0, 0.06), 4)


def haulage(r):
    """What it costs to send a parcel: a number of eight columns, with steps and a product."""
    x = [r.gauss(0, 1) for _ in range(8)]
    y = 0.8 * max(x[0], -0.3) + 0.7 * math.tanh(3 * x[1]) + 0.5 * x[2] * x[3] + 0.4 * abs(x[4] - 0.5) - 0.3
    return x, round(y + r.gauss(0, 0.12), 4)


def callers(r):
    """How many calls come in an hour, a count: hour, day of the week, a bill was sent, waiting customers."""
    hour, day, bill, waiting = r.randrange(8, 20), r.randrange(7), float(r.random() < 0.3), r.gammavariate(2, 1)
    mean = math.exp(1.1 + 0.9 * math.exp(-((hour - 10) / 2.5) ** 2) - 0.8 * (day > 4) + 0.7 * bill * (day < 3) + 0.15 * waiting)
    k, product, limit = 0, r.random(), math.exp(-mean)
    while product > limit:
        k, product = k + 1, product * r.random()
    return [(hour - 13.5) / 3.5, (day - 3) / 2, bill, (waiting - 2) / 1.4], k


def swirls(r):
    """Two classes, two arms of a spiral in two columns; two more columns do not matter."""
    c, t = r.randrange(2), math.sqrt(r.uniform(0.05, 1)) * 5
    angle = t + math.pi * c
    return [t * math.cos(angle) / 2.5 + r.gauss(0, 0.08), t * math.sin(angle) / 2.5 + r.gauss(0, 0.08), r.gauss(0, 0.7),
            r.gauss(0, 0.7)], c


def cliques(r):
    """Eight classes of three clouds each in ten columns, some of them larger than others."""
    c, cloud = min(r.randrange(10), 7), r.randrange(3)
    own = random.Random(f"cliques {c} {cloud}")
    return [round(own.gauss(0, 1.1) + r.gauss(0, 0.45), 4) for _ in range(10)], c


def blips(r):
    """Five shapes in a picture of 8 x 8 greys from 0 to 1, in any place: a square, a ring, a cross, a line, a corner."""
    c, top, left, ink = r.randrange(5), r.randrange(4), r.randrange(4), r.uniform(0.45, 0.9)
    shape = [lambda i, j: True, lambda i, j: i in (0, 4) or j in (0, 4), lambda i, j: i == 2 or j == 2, lambda i, j: i == 2,
             lambda i, j: i == 0 or j == 0][c]
    inside = [[0 <= i - top < 5 and 0 <= j - left < 5 and shape(i - top, j - left) for j in range(8)] for i in range(8)]
    return [round(max(0.0, min(1.0, 0.1 + ink * inside[i][j] + r.gauss(0, 0.1))), 3) for i in range(8) for j in range(8)], c


def meals(r):
    """One of three answers by four codes from 0 to 19 without an order; single codes and a pair of codes count."""
    x = [r.randrange(20) for _ in range(4)]
    own = random.Random("meals")
    worth = [[[own.gauss(0, 1) for _ in range(3)] for _ in range(20)] for _ in range(4)]
    sums = [sum(worth[k][v][c] for k, v in enumerate(x)) + (c == (x[0] + x[1]) % 3) * 0.5 + r.gauss(0, 0.3) for c in range(3)]
    return x, sums.index(max(sums))


def chatter(r):
    """Two classes of nine columns that overlap much."""
    c = r.randrange(2)
    return [round((0.5, -0.4, 0.4, 0.3, 0, 0, -0.3, 0.2, 0)[k] * (c - 0.5) * 1.3 + r.gauss(0, 1), 4) for k in range(9)], c


def harvests(r):
    """A number of twelve columns; more than half of its variance is noise."""
    x = [r.gauss(0, 1) for _ in range(12)]
    return x, round(0.5 * x[0] + 0.4 * math.tanh(2 * x[1]) - 0.3 * x[2] * (x[3] > 0) + 0.25 * x[4] + r.gauss(0, 0.8), 4)


def folds(r):
    """Fourteen numbers that follow from three, with noise, then the same without it. y has no meaning."""
    z, own = [r.uniform(-1.5, 1.5) for _ in range(3)], random.Random("folds")
    clean = []
    for _ in range(14):
        a, b, c, d = (own.gauss(0, 0.75) for _ in range(4))
        clean.append(1.3 * math.sin(a * z[0] + b * z[1] + c * z[2] + d))
    return [round(v + r.gauss(0, 0.2), 3) for v in clean] + [round(v, 3) for v in clean], round(z[0], 3)


def forms(r):
    """Two questions of a row: y is one of four, the last column is yes or no."""
    x = [r.gauss(0, 1) for _ in range(8)]
    y = 2 * int(x[0] + x[1] * x[2] > 0) + int(x[3] - abs(x[4]) + 0.7 > 0)
    return x + [int(x[5] + 0.5 * x[0] + r.gauss(0, 0.2) > 0)], y


def cuttings(r):
    """Two kinds of roses by five measures; few rows."""
    c = r.randrange(2)
    return [round(r.gauss((0.8, 0.7, -0.9, 0.0, 0.5)[k] * (2 * c - 1), 0.8), 3) for k in range(5)], c


# name: (rows for training and validation, for the test, the rule, classes)
MADE = {"kettles": (1000, 500, kettles, 0), "haulage": (1000, 500, haulage, 0), "callers": (1100, 500, callers, 0),
        "swirls": (1000, 500, swirls, 2), "cliques": (1500, 500, cliques, 8), "blips": (1300, 500, blips, 5),
        "meals": (1500, 500, meals, 3), "chatter": (900, 500, chatter, 2), "harvests": (800, 500, harvests, 0),
        "folds": (1500, 400, folds, 0), "forms": (1200, 500, forms, 4), "cuttings": (90, 300, cuttings, 2)}
REAL = {"oysters": (oysters, 0), "pamphlets": (pamphlets, 2), "initials": (initials, 10), "earners": (earners, 2),
        "postcodes": (postcodes, 10), "air": (air, 2), "wheat": (wheat, 3), "nights": (nights, 0)}
UNITS = ["kettles", "oysters", "pamphlets", "earners", "wheat"]
AS_THEY_ARE = ["kettles", "callers", "blips", "meals", "folds", "forms"]


def made(name):
    """The rows of a table that is made by a rule."""
    training, test, rule, _ = MADE[name]
    r = random.Random(f"{name} 17")
    rows = [rule(r) for _ in range(training + test)]
    rows = rows if name in AS_THEY_ARE else scaled(rows, training)
    return rows[:training], rows[training:]


READ = {**{name: kind[0] for name, kind in REAL.items()}, **{name: lambda name=name: made(name) for name in MADE}}
CLASSES = {**{name: kind[1] for name, kind in REAL.items()}, **{name: kind[3] for name, kind in MADE.items()}}
