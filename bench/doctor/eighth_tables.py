"""The tables of the eighth judged set: real tables, pictures and series of the folder of shared data, and others made by
rules: few informative columns among many, parity, waves, bars in small pictures. Real columns are scaled to mean 0 and
deviation 1 by the training rows; the rows are cut in training and validation rows, and test rows."""
import csv
import gzip
import math
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.environ.get("PLUMMET_DATA", os.path.join(HERE, "..", "..", "..", "shared", "data"))


def lines(name, skip=0):
    """The cells of a table of the folder."""
    path = os.path.join(FOLDER, "tabular", name)
    with (gzip.open if name.endswith(".gz") else open)(path, "rt") as file:
        return list(csv.reader(file))[skip:]


def scaled(rows, training):
    """Rows whose columns are scaled by the first rows; constant columns are dropped."""
    columns = list(zip(*(x for x, _ in rows)))
    kept = []
    for column in columns:
        own = column[:training]
        mean = sum(own) / training
        deviation = math.sqrt(sum((v - mean) ** 2 for v in own) / training)
        if deviation > 1e-9:
            kept.append([round((v - mean) / deviation, 4) for v in column])
    return [(list(x), y) for x, (_, y) in zip(zip(*kept), rows)]


def cut(rows, training, test, shuffled=True):
    """Different rows, in a random order that is always the same, scaled and cut."""
    rows = list({tuple(x): (x, y) for x, y in rows}.values())
    if shuffled:
        random.Random(8).shuffle(rows)
    rows = scaled(rows[:training + test], training)
    return rows[:training], rows[training:]


def shellfish():
    """Abalone: rings from seven measures; half of the variance is noise."""
    return cut([([float(v) for v in row[1:8]], round((int(row[8]) - 10) / 3.2, 4)) for row in lines("abalone.csv")], 900, 500)


def houses():
    """California: the logarithm of a district's price, of eight numbers."""
    rows = [row for row in lines("california-housing.csv", 1) if "" not in row and float(row[8]) < 500001]
    return cut([([float(v) for v in row[:8]], round(math.log(float(row[8])) - 12, 4)) for row in rows], 900, 500)


def sugar():
    """Diabetes: the disease after a year, of ten numbers; half of the variance is noise."""
    return cut([([float(v) for v in row[:10]], round((float(row[10]) - 152) / 77, 4)) for row in lines("diabetes.csv", 1)], 300, 142)


def mixtures():
    """Concrete: the strength of mixtures of eight numbers."""
    return cut([([float(v) for v in row[:8]], round((float(row[8]) - 36) / 17, 4)) for row in lines("concrete.csv", 1)], 700, 290)


def radar():
    """Ionosphere: two classes of 33 columns."""
    return cut([([float(v) for v in row[:34]], int(row[34] == "g")) for row in lines("ionosphere.csv")], 240, 110)


def beats():
    """ECG5000: normal heartbeats and others, series of 140 steps."""
    rows = [row[0].split() for row in lines("ECG5000_TRAIN.txt.gz")]
    return cut([([float(v) for v in row[1:]], int(float(row[0]) > 1.5)) for row in rows], 350, 150)


def series(name, lags, unit, mean):
    """Windows of a series, in order: the value after `lags` others."""
    y = [(float(row[1]) - mean) / unit for row in lines(name, 1) if len(row) > 1 and row[1]]
    return [(y[i:i + lags], round(y[i + lags], 4)) for i in range(len(y) - lags)]


def degrees():
    """Temperatures: the next day of ten days; four tenths of the variance is noise."""
    return cut(series("daily-min-temperatures.csv", 10, 4.1, 11.2), 1000, 500)


def spots():
    """Sunspots: the next month of twelve months."""
    return cut(series("monthly-sunspots.csv", 12, 43.0, 51.0), 1000, 500)


def soils():
    """Satellite: six soils of the four bands of nine points."""
    names = {}
    rows = [([float(v) for v in row[:36]], names.setdefault(row[36], len(names))) for row in lines("satellite.csv.gz", 1)]
    return cut(rows, 900, 500)


def pictures(folder):
    """Pictures of 14 x 14 points, means of 2 x 2, from 0 to 1, with ten classes."""
    def read(name):
        with gzip.open(os.path.join(FOLDER, folder, name), "rb") as file:
            return file.read(16 + 1500 * 784)
    points, labels = read("train-images-idx3-ubyte.gz")[16:], read("train-labels-idx1-ubyte.gz")[8:]
    rows = []
    for k in range(1500):
        at = points[784 * k:784 * (k + 1)]
        rows.append(([round((at[i] + at[i + 1] + at[i + 28] + at[i + 29]) / 1020, 3)
                      for top in range(0, 784, 56) for i in range(top, top + 28, 2)], labels[k]))
    return rows[:1000], rows[1000:]


def clothes():
    """Fashion-MNIST, small."""
    return pictures("fashion-mnist")


def marks():
    """MNIST, small."""
    return pictures("mnist")


# ---- made by rules ----

def gears(r):
    """A number: two periods and a product over four columns."""
    x = [r.uniform(-1.7, 1.7) for _ in range(4)]
    return x, round(math.sin(2.2 * x[0]) + 0.7 * math.cos(1.5 * x[1]) + 0.5 * x[2] * x[3] + r.gauss(0, 0.1), 5)


def sparse(r):
    """A number of 40 columns, of which four matter."""
    x = [r.gauss(0, 1) for _ in range(40)]
    return x, round(x[3] - 0.8 * x[17] + 0.6 * max(x[25], 0) + 0.4 * x[31] + r.gauss(0, 0.2), 5)


def parity(r):
    """Two classes by the signs of three columns; the fourth column is noise."""
    x = [r.uniform(0.15, 1.7) * r.choice((-1, 1)) for _ in range(4)]
    return x, int(x[0] * x[1] * x[2] > 0)


def chirps(r):
    """Three classes of series of 30 steps by their frequency, with any phase and some noise."""
    c, phase = r.randrange(3), r.uniform(0, 2 * math.pi)
    return [1.3 * math.sin((0.25 + 0.2 * c) * k + phase) + r.gauss(0, 0.4) for k in range(30)], c


def bars(r):
    """Four classes of pictures of 8 x 8 points: a bar that lies, stands, rises or falls, at any place."""
    c, at = r.randrange(4), r.randrange(1, 7)
    on = {0: lambda i, j: i == at, 1: lambda i, j: j == at, 2: lambda i, j: i + j == at + 4, 3: lambda i, j: i - j == at - 4}[c]
    return [(1.5 if on(i, j) else -0.2) + r.gauss(0, 0.3) for i in range(8) for j in range(8)], c


def coin(r):
    """Two classes that overlap: a logistic score of two of six columns."""
    x = [r.gauss(0, 1) for _ in range(6)]
    return x, int(r.random() < 1 / (1 + math.exp(-1.6 * (x[0] + 0.5 * x[1] * x[1] - 0.5))))


RULES = {"gears": gears, "sparse": sparse, "parity": parity, "chirps": chirps, "bars": bars, "coin": coin}
READ = {"shellfish": shellfish, "houses": houses, "sugar": sugar, "mixtures": mixtures, "radar": radar, "beats": beats,
        "degrees": degrees, "spots": spots, "soils": soils, "clothes": clothes, "marks": marks}
CLASSES = {"shellfish": 0, "houses": 0, "sugar": 0, "mixtures": 0, "degrees": 0, "spots": 0, "gears": 0, "sparse": 0,
           "radar": 2, "beats": 2, "parity": 2, "coin": 2, "chirps": 3, "bars": 4, "soils": 6, "clothes": 10, "marks": 10}
