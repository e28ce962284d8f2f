"""The tables of the tenth judged set: real tables and pictures of the folder of shared data that the sets before do not have,
and others made by rules. Real columns are scaled to mean 0 and deviation 1 by the training rows, but for pictures, which are
from 0 to 1; the rows are cut in training and validation rows, and test rows."""
import gzip
import math
import os
import random

from eighth_tables import FOLDER, cut, lines

LETTERS = "BCDFIJLNOPQUVWYZ"


def strokes():
    """Letters: sixteen other capital letters by sixteen measures of their pictures."""
    rows = [([float(v) for v in row[:16]], LETTERS.index(row[16])) for row in lines("letter-recognition.csv.gz", 1)
            if row[16] in LETTERS]
    return cut(rows, 1200, 500)


def photos():
    """CIFAR-10: vehicle or animal, by the means of 4 x 4 points of three colours."""
    with gzip.open(os.path.join(FOLDER, "cifar10-subset", "data_batch_1_first3000.bin.gz"), "rb") as file:
        data = file.read(1500 * 3073)
    rows = []
    for k in range(1500):
        at = data[3073 * k:3073 * (k + 1)]
        rows.append(([round(sum(at[1 + 1024 * c + 32 * (top + i) + left + j] for i in range(4) for j in range(4)) / 4080, 3)
                      for c in range(3) for top in range(0, 32, 4) for left in range(0, 32, 4)], int(at[0] in (0, 1, 8, 9))))
    return rows[:1000], rows[1000:]


def ink():
    """MNIST, the test part: odd or even, by the means of 4 x 4 points."""
    def read(name):
        with gzip.open(os.path.join(FOLDER, "mnist", name), "rb") as file:
            return file.read(16 + 1500 * 784)
    points, labels = read("t10k-images-idx3-ubyte.gz")[16:], read("t10k-labels-idx1-ubyte.gz")[8:]
    rows = []
    for k in range(1500):
        at = points[784 * k:784 * (k + 1)]
        rows.append(([round(sum(at[28 * (top + i) + left + j] for i in range(4) for j in range(4)) / 4080, 3)
                      for top in range(0, 28, 4) for left in range(0, 28, 4)], labels[k] % 2))
    return rows[:1000], rows[1000:]


def spectra():
    """Meats: fat by a hundred channels of a spectrum, which are nearly the same."""
    return cut([([float(v) for v in row[:100]], round((float(row[101]) - 18) / 12.7, 4)) for row in lines("meats.csv", 1)], 150, 65)


def kernels():
    """Wheat: three kinds of seeds by seven measures."""
    return cut([([float(v) for v in row[:7]], int(row[7]) - 1) for row in lines("wheat-seeds.csv")], 150, 60)


def vines():
    """Wine: three growers by thirteen measures."""
    return cut([([float(v) for v in row[:13]], int(row[13])) for row in lines("wine_data.csv", 1)], 120, 58)


def birds():
    """Penguins: three species by four measures."""
    names = {"Adelie": 0, "Chinstrap": 1, "Gentoo": 2}
    return cut([([float(v) for v in row[2:6]], names[row[0]]) for row in lines("penguins.csv", 1) if "NA" not in row and "" not in row],
               230, 100)


def loans():
    """Credit: a bad payer or not, by ten numbers; the classes overlap, and 28 of 100 are bad."""
    rows = []
    for row in lines("credit-data.csv", 1):
        numbers = [row[1], row[3], row[4], row[8], row[9], row[10], row[11], row[12], row[13]]
        if all(v.replace(".", "").isdigit() for v in numbers):
            x = [float(v) for v in numbers]
            rows.append((x[:4] + [math.log1p(v) for v in x[4:]] + [float(row[6] == "yes")], int(row[0] == "bad")))
    return cut(rows, 900, 500)


def red():
    """Red wine: its quality by eleven measures; most of the variance is noise."""
    rows = [line[0].split(";") for line in lines("winequality-red.csv", 1)]
    return cut([([float(v) for v in row[:11]], round((float(row[11]) - 5.6) / 0.8, 4)) for row in rows], 800, 400)


# ---- made by rules ----

def arm(r):
    """A number: how far two joints reach, of two angles and two lengths."""
    a, b, p, q = r.uniform(-1.5, 1.5), r.uniform(-1.5, 1.5), r.uniform(-1.7, 1.7), r.uniform(-1.7, 1.7)
    y = (1 + 0.3 * p) * math.cos(1.3 * a) + (0.8 + 0.3 * q) * math.cos(1.3 * (a + b))
    return [a, b, p, q], round(1.3 * (y - 0.6) + r.gauss(0, 0.06), 5)


def wave(r):
    """A number of one column."""
    x = r.uniform(-1.7, 1.7)
    return [x], round(math.sin(2.6 * x) + 0.4 * x + r.gauss(0, 0.1), 5)


def tails(r):
    """A number whose noise has heavy tails; two fifths of the variance is noise."""
    x = [r.gauss(0, 1) for _ in range(6)]
    noise = 0.3 * r.gauss(0, 1) / math.sqrt(max(r.gammavariate(1.5, 1 / 1.5), 0.05))
    return x, round(0.8 * x[0] + 0.6 * math.sin(2 * x[1]) + 0.4 * x[2] * (x[3] > 0) + noise, 5)


def claims(r):
    """A count, mostly 0, of five columns."""
    x, n, limit, p = [r.gauss(0, 1) for _ in range(5)], 0, 0, 1.0
    limit = math.exp(-math.exp(0.2 + 0.8 * x[0] - 0.5 * abs(x[1])))
    while (p := p * r.random()) > limit:
        n += 1
    return x, min(n, 15)


def ratings(r):
    """A number that is 1, 2, 3, 4 or 5, and follows a curve."""
    x = [r.uniform(-1.7, 1.7) for _ in range(5)]
    return x, max(min(round(3 + 1.1 * x[0] + 0.9 * math.sin(2 * x[1]) + 0.3 * x[2] + r.gauss(0, 0.15)), 5), 1)


def spirals(r):
    """Three classes of arms of a spiral in two columns."""
    c, t = r.randrange(3), r.uniform(0.25, 1)
    angle = 4.2 * t + 2 * math.pi * c / 3 + r.gauss(0, 0.08)
    return [1.8 * t * math.cos(angle), 1.8 * t * math.sin(angle)], c


def checker(r):
    """Two classes: the fields of a board of 3 x 3, in two of three columns."""
    x = [r.uniform(-1.5, 1.5) for _ in range(3)]
    return x, int(math.floor(x[0] + 1.5) + math.floor(x[1] + 1.5)) % 2


def answers0(r):
    """Two classes by rules over sixteen columns of 0 and 1, of which one is nearly always 0."""
    x = [r.randrange(2) for _ in range(15)] + [int(r.random() < 0.01)]
    return x, int(x[0] + x[3] + 2 * (x[5] & x[7]) + 2 * (x[9] ^ x[2]) + (x[11] & (1 - x[12])) > 3)


def tunes(r):
    """Four classes of series of 32 steps by their shape: sine, saw, square, two sines; with any phase and noise."""
    c, phase = r.randrange(4), r.random()

    def value(k):
        t = (k / 16 + phase) % 1
        return (1.3 * math.sin(2 * math.pi * t), 2.2 * t - 1.1, 1.1 if t < 0.5 else -1.1,
                math.sin(2 * math.pi * t) + 0.8 * math.sin(6 * math.pi * t))[c]
    return [value(k) + r.gauss(0, 0.25) for k in range(32)], c


def tribes(r):
    """Five classes of clouds in nine columns that touch, each of two clouds."""
    cloud = r.randrange(10)
    return [random.Random(7700 + 20 * cloud + k).gauss(0, 1) + r.gauss(0, 0.45) for k in range(9)], cloud % 5


def polls(r):
    """Four classes that overlap: drawn by scores of four of eight columns."""
    x = [r.gauss(0, 1) for _ in range(8)]
    scores = [1.2 * x[k] + 0.5 * abs(x[(k + 1) % 4]) - math.log(-math.log(r.random())) for k in range(4)]
    return x, scores.index(max(scores))


def seldom2(r):
    """Two classes, one in seven rows, in a ring of two of five columns."""
    y = int(r.random() < 1 / 7)
    angle, size = r.uniform(0, 2 * math.pi), r.uniform(1.1, 1.5) if y else r.choice((r.uniform(0, 0.9), r.uniform(1.7, 2.2)))
    return [size * math.cos(angle), size * math.sin(angle)] + [r.gauss(0, 1) for _ in range(3)], y


RULES = {"arm": arm, "wave": wave, "tails": tails, "claims": claims, "ratings": ratings, "spirals": spirals, "checker": checker,
         "answers0": answers0, "tunes": tunes, "tribes": tribes, "polls": polls, "seldom2": seldom2}
READ = {"strokes": strokes, "photos": photos, "ink": ink, "spectra": spectra, "kernels": kernels, "vines": vines, "birds": birds,
        "loans": loans, "red": red}
CLASSES = {"spectra": 0, "red": 0, "arm": 0, "wave": 0, "tails": 0, "claims": 0, "ratings": 0, "photos": 2, "ink": 2, "loans": 2,
           "checker": 2, "answers0": 2, "seldom2": 2, "kernels": 3, "vines": 3, "birds": 3, "spirals": 3, "tunes": 4, "polls": 4,
           "tribes": 5, "strokes": 16}
