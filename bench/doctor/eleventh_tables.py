"""The tables of the eleventh judged set: real tables and pictures of the folder of shared data, or other questions about them,
that the sets before do not have, and others made by rules. Real columns are scaled to mean 0 and deviation 1 by the training
rows, but for pictures, which are from 0 to 1; the rows are cut in training and validation rows, and test rows. Tables made by
rules have 240 to 1,500 rows for training and validation."""
import gzip
import math
import os
import random

from eighth_tables import FOLDER, cut, lines


def means(points, side, size, width):
    """The means of squares of a picture in greys or of one colour, from 0 to 1."""
    return [round(sum(points[width * (top + i) + left + j] for i in range(size) for j in range(size)) / (255 * size * size), 3)
            for top in range(0, side, size) for left in range(0, side, size)]


def pictures(folder, name, begin, end):
    """Pictures of 28 x 28 points and their classes."""
    def read(file):
        with gzip.open(os.path.join(FOLDER, folder, file), "rb") as opened:
            return opened.read(16 + end * 784)
    points, labels = read(f"{name}-images-idx3-ubyte.gz")[16:], read(f"{name}-labels-idx1-ubyte.gz")[8:]
    return [(points[784 * k:784 * (k + 1)], labels[k]) for k in range(begin, end)]


def flowers():
    """Iris: three species by four measures."""
    return cut([([float(v) for v in row[:4]], int(row[4])) for row in lines("iris.csv", 1)], 100, 47)


def rocks():
    """Sonar: a rock or a mine, by sixty bands of an echo; few rows."""
    return cut([([float(v) for v in row[:60]], int(row[60] == "M")) for row in lines("sonar.csv")], 148, 60)


def census():
    """Adult, the test part: a high income or not, by ten columns; the classes overlap, and one in four is high."""
    def number(row):
        w = [cell.strip() for cell in row]
        return [float(w[0]), float(w[4]), math.log1p(float(w[10])), float(w[12]), float(w[5].startswith("Married-civ")),
                float(w[7] == "Own-child"), float(w[6] == "Exec-managerial"), float(w[6] == "Prof-specialty"),
                float(w[9] == "Male"), float(w[1] == "Private")]
    rows = [(number(row), int(">" in row[14])) for row in lines("adult.test.gz", 1) if len(row) > 14]
    return cut(rows[:6000], 1000, 500)


def shoes():
    """Fashion-MNIST, the test part: sandal, sneaker, bag or boot, by 7 x 7 means."""
    kinds = {5: 0, 7: 1, 8: 2, 9: 3}
    rows = [(means(p, 28, 4, 28), kinds[y]) for p, y in pictures("fashion-mnist", "t10k", 0, 3000) if y in kinds]
    return rows[:700], rows[700:1150]


def zips():
    """MNIST, rows of the middle of the training part: ten digits by 7 x 7 means."""
    rows = [(means(p, 28, 4, 28), y) for p, y in pictures("mnist", "train", 20000, 21700)]
    return rows[:1200], rows[1200:]


def ships():
    """CIFAR-10: a ship or a frog, by 4 x 4 means of three colours."""
    with gzip.open(os.path.join(FOLDER, "cifar10-subset", "data_batch_1_first3000.bin.gz"), "rb") as file:
        data = file.read()
    rows = [([v for c in range(3) for v in means(at[1 + 1024 * c:], 32, 8, 32)], int(at[0] == 8))
            for at in (data[3073 * k:3073 * (k + 1)] for k in range(3000)) if at[0] in (6, 8)]
    return rows[:400], rows[400:]


def cellars():
    """Wine: red or white, by ten measures; one in four is red."""
    def colour(name, y, count):
        return [([float(v) for v in line[0].split(";")[:10]], y) for line in lines(name, 1)[:count]]
    return cut(colour("winequality-red.csv", 1, 400) + colour("winequality-white.csv", 0, 1200), 700, 500)


def bodies():
    """Penguins: the mass, by three measures, the species and the sex."""
    rows = [([float(row[2]), float(row[3]), float(row[4]), float(row[0] == "Gentoo"), float(row[0] == "Chinstrap"),
              float(row[6] == "male")], round((float(row[5]) - 4200) / 800, 4))
            for row in lines("penguins.csv", 1) if "NA" not in row and "" not in row]
    return cut(rows, 220, 110)


def coasts():
    """California: four kinds of places, by the map and six other numbers."""
    kinds = {"INLAND": 0, "<1H OCEAN": 1, "NEAR BAY": 2, "NEAR OCEAN": 3}
    rows = [([float(v) for v in row[:8]], kinds[row[9]]) for row in lines("california-housing.csv", 1)
            if "" not in row and row[9] in kinds]
    return cut(rows, 1100, 500)


# ---- made by rules: (rows for training and validation, for the test, the rule) ----

def pendulum(r):
    """A number: where a damped pendulum is, of length, time, push and damping."""
    x = [r.uniform(-1.7, 1.7) for _ in range(4)]
    y = (1 + 0.4 * x[2]) * math.exp(-0.25 * (1 + 0.4 * x[3]) * (x[1] + 1.7)) * math.cos((1.4 + 0.3 * x[0]) * (x[1] + 1.7))
    return x, round(1.8 * y + r.gauss(0, 0.05), 5)


def lens(r):
    """A number of two columns, with hardly any noise."""
    x = [r.uniform(-1.7, 1.7) for _ in range(2)]
    return x, round(1.5 / (0.6 + (x[0] - 0.4 * x[1]) ** 2) - 1.2 + 0.3 * x[1] + r.gauss(0, 0.03), 5)


def sensors(r):
    """A number by 64 sensors that measure six causes, so that many are nearly alike."""
    z = [r.gauss(0, 1) for _ in range(6)]
    mix = random.Random(4100)
    x = [sum(v * mix.gauss(0, 0.41) for v in z) + r.gauss(0, 0.15) for _ in range(64)]
    return x, round(0.7 * z[0] + 0.6 * math.tanh(2 * z[1]) + 0.5 * abs(z[2]) - 0.4 + r.gauss(0, 0.08), 5)


def shares(r):
    """A share from 0 to 1, of five columns."""
    x = [r.uniform(-1.7, 1.7) for _ in range(5)]
    score = 1.5 * x[0] - 0.9 * x[1] * x[2] + 0.8 * abs(x[3]) - 0.7 + r.gauss(0, 0.1)
    return x, round(1 / (1 + math.exp(-score)), 5)


def crops(r):
    """A number of eleven columns, two of which are 0 or 1; half of its variance is noise."""
    x = [r.gauss(0, 1) for _ in range(9)] + [float(r.randrange(2)), float(r.randrange(2))]
    return x, round(0.5 * x[0] + 0.5 * max(x[1], x[2]) * (2 * x[9] - 1) + 0.3 * x[10] + r.gauss(0, 0.5), 5)


def knights(r):
    """Two classes by rules over six columns of codes 0 to 3; some rows are alike by nature."""
    x = [r.randrange(4) for _ in range(6)]
    return x, int((x[0] == x[1]) + (x[2] in (0, 3)) + (x[3] > 1) * (x[4] < 2) >= 2)


def words(r):
    """Four topics by counts of 60 words, most of which are 0."""
    c = r.randrange(4)
    x = []
    for k in range(60):
        rate = 0.15 + (0.75 if k % 4 == c and k < 40 else 0.0) + (0.4 if k % 5 == c and k > 30 else 0.0)
        n, p, limit = 0, 1.0, math.exp(-rate)
        while (p := p * r.random()) > limit:
            n += 1
        x.append(float(n))
    return x, c


def rhythms(r):
    """Three classes of series of 40 steps: beats every 5, 7 or 9 steps, that begin anywhere, with noise."""
    c, at = r.randrange(3), r.random() * 9
    return [(1.6 if (k + at) % (5 + 2 * c) < 1 else -0.3) + r.gauss(0, 0.25) for k in range(40)], c


def flags(r):
    """Twelve classes in seven columns, a cloud each, which touch."""
    c = r.randrange(12)
    return [random.Random(5300 + 20 * c + k).gauss(0, 1) + r.gauss(0, 0.32) for k in range(7)], c


def levels(r):
    """Three classes by steps of one column, of which the last has one row in eight."""
    x = r.uniform(-1.7, 1.7)
    return [x], 2 if 0.1 < x < 0.52 else int(math.sin(3.4 * x) > 0)


def helix(r):
    """Two classes, two threads that wind around each other in three columns; a fourth column is noise."""
    c, t = r.randrange(2), r.uniform(-1.7, 1.7)
    angle = 3.2 * t + math.pi * c
    return [1.2 * math.cos(angle) + r.gauss(0, 0.12), 1.2 * math.sin(angle) + r.gauss(0, 0.12), t, r.gauss(0, 1)], c


def wards(r):
    """Three classes that overlap much: severity by three of ten columns, and chance."""
    x = [r.gauss(0, 1) for _ in range(10)]
    score = 0.9 * x[0] + 0.7 * x[1] - 0.5 * x[2] * x[3] + r.gauss(0, 0.8)
    return x, 0 if score < -0.6 else 1 if score < 0.6 else 2


def genes(r):
    """Two classes by 120 columns, of which ten matter a little each; few rows."""
    c = r.randrange(2)
    return [r.gauss((0.75 if k % 12 == 3 else 0) * (2 * c - 1), 1) for k in range(120)], c


MADE = {"pendulum": (800, 500, pendulum), "lens": (300, 400, lens), "sensors": (700, 400, sensors), "shares": (800, 500, shares),
        "crops": (700, 500, crops), "knights": (900, 500, knights), "words": (900, 500, words), "rhythms": (900, 500, rhythms),
        "flags": (1500, 600, flags), "levels": (400, 500, levels), "helix": (600, 500, helix), "wards": (600, 500, wards),
        "genes": (240, 400, genes)}


def made(name):
    """The rows of a table that is made by a rule."""
    training, test, rule = MADE[name]
    r = random.Random(name)
    rows = [rule(r) for _ in range(training + test)]
    return rows[:training], rows[training:]


READ = {"flowers": flowers, "rocks": rocks, "census": census, "shoes": shoes, "zips": zips, "ships": ships, "cellars": cellars,
        "bodies": bodies, "coasts": coasts, **{name: lambda name=name: made(name) for name in MADE}}
CLASSES = {"bodies": 0, "pendulum": 0, "lens": 0, "sensors": 0, "shares": 0, "crops": 0, "rocks": 2, "census": 2, "ships": 2,
           "cellars": 2, "knights": 2, "helix": 2, "genes": 2, "flowers": 3, "rhythms": 3, "levels": 3, "wards": 3, "shoes": 4,
           "coasts": 4, "words": 4, "zips": 10, "flags": 12}
