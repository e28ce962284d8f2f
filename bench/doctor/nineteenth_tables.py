"""The tables of the nineteenth set: real ones of the folder of shared data (heartbeats, mail, abalones, incomes, written digits,
concrete, red wine, tumours, seeds, radar, letters, spectra of meat) and others made by rules. Those of UNITS stay in their units, and
their nets begin with a normalization; the others are scaled to mean 0 and deviation 1 but for pictures, counts and codes."""
import csv
import gzip
import math
import os
import random

from eighth_tables import FOLDER, lines, scaled
from sixteenth_tables import cut, numbers


# ---- real tables ----

def heartbeats():
    """Normal or not, by 35 of the 140 points of an electrocardiogram; few rows."""
    with gzip.open(os.path.join(FOLDER, "tabular", "ECG5000_TRAIN.txt.gz"), "rt") as file:
        rows = [numbers(line.split()) for line in file if line.strip()]
    return cut([([round(v, 3) for v in row[1::4]], int(row[0] > 1)) for row in rows], 340, 160)


def mail():
    """Spam or not, by 57 shares of words and signs, most of them 0."""
    return cut([(numbers(row[:57]), int(row[57] == "spam")) for row in lines("spambase.csv", 1)], 1200, 500)


def limpets():
    """Abalones: the rings of a shell by seven measures; half of the variance is noise."""
    return cut([(numbers(row[1:8]), round((float(row[8]) - 9.93) / 3.22, 4)) for row in lines("abalone.csv")], 1100, 500, units=False)


def payslips():
    """More or less than 50,000 a year, by numbers and yes or no questions; one in four earns more."""
    with gzip.open(os.path.join(FOLDER, "tabular", "adult.data.gz"), "rt") as file:
        rows = [[c.strip() for c in row] for row in csv.reader(file) if len(row) == 15][3000:6000]
    return cut([([float(v[0]), float(v[4]), float(v[12]), float("Married" in v[5]), float(v[9] == "Male"),
                  float(v[6] in ("Exec-managerial", "Prof-specialty")), float(v[1] == "Private")],
                 int(v[14].startswith(">"))) for v in rows], 1200, 500)


def postmarks():
    """Ten written digits of MNIST, 7 x 7 means of 4 x 4 pixels, from 0 to 1."""
    folder = os.path.join(FOLDER, "mnist")
    with gzip.open(os.path.join(folder, "train-images-idx3-ubyte.gz")) as file:
        pixels = file.read(16 + 2300 * 784)[16:]
    with gzip.open(os.path.join(folder, "train-labels-idx1-ubyte.gz")) as file:
        kinds = file.read(8 + 2300)[8:]
    rows = []
    for k in range(400, 2300):
        at = [k * 784 + 112 * i + 4 * j for i in range(7) for j in range(7)]
        rows.append(([round(sum(sum(pixels[a + 28 * i:a + 28 * i + 4]) for i in range(4)) / 16 / 255, 3) for a in at], kinds[k]))
    return cut(rows, 1300, 500)


def cement():
    """Concrete: the strength by the kilograms of seven parts of a cubic metre, and by its age in days."""
    return cut([(numbers(row[:8]), round((float(row[8]) - 35.8) / 16.7, 4)) for row in lines("concrete.csv", 1)], 700, 290)


def reds():
    """Red wine: the mark by eleven measures; more than half of the variance is noise."""
    with open(os.path.join(FOLDER, "tabular", "winequality-red.csv"), newline="") as file:
        rows = [numbers(row) for row in list(csv.reader(file, delimiter=";"))[1:]]
    return cut([(row[:11], round((row[11] - 5.64) / 0.81, 4)) for row in rows], 900, 400, units=False)


def smears():
    """Tumours: benign or not, by the ten means of measures of cells; few rows."""
    return cut([(numbers(row[:10]), int(row[30])) for row in lines("breast_cancer.csv", 1)], 380, 180, units=False)


def pods():
    """Three kinds of wheat by seven measures of a seed; very few rows."""
    return cut([(numbers(row[:7]), int(row[7]) - 1) for row in lines("wheat-seeds.csv")], 140, 70, units=False)


def antennas():
    """Radar returns of the upper air: good or not, by 33 numbers; few rows."""
    return cut([(numbers(row[:34]), int(row[34] == "g")) for row in lines("ionosphere.csv")], 230, 120, units=False)


def monograms():
    """Seven letters by sixteen whole numbers of their pictures."""
    return cut([(numbers(row[:16]), "BEHKRSX".index(row[16])) for row in lines("letter-recognition.csv.gz", 1)
                if row[16] in "BEHKRSX"], 1300, 500, units=False)


def mince():
    """Meat: the share of fat by every fifth point of a spectrum; very few rows, and columns that nearly agree."""
    return cut([(numbers(row[:100:5]), round((float(row[101]) - 18.1) / 12.7, 4)) for row in lines("meats.csv", 1)], 140, 53,
               units=False)


# ---- made by rules ----

def lorries(r):
    """Litres on 100 kilometres: tonnes, kilowatts, face in square metres, speed, slope in per mille, year, tyres, degrees."""
    mass, power, face = r.uniform(3000, 40000), r.uniform(110, 520), r.uniform(5, 11)
    speed, slope, year, tyres = r.uniform(35, 95), r.gauss(0, 6), r.randrange(1985, 2024), r.randrange(4, 19, 2)
    need = 0.0006 * mass + 0.0011 * face * speed ** 2 / 2 + 0.00009 * mass * max(slope, -4) + 0.01 * power
    need *= 1.25 if year < 2000 else 1.0
    return [round(mass), round(power, 1), round(face, 2), round(speed, 1), round(slope, 2), float(year), float(tyres),
            round(r.gauss(9, 8), 1)], round((need - 42) / 17 + r.gauss(0, 0.08), 4)


def arms(r):
    """How far the hand of a robot is from its foot: the angles of three joints and two lengths."""
    a, b, c = (r.uniform(-1.5, 1.5) for _ in range(3))
    m, n = r.uniform(0.5, 1.3), r.uniform(0.3, 1.0)
    x = math.cos(a) + m * math.cos(a + b) + n * math.cos(a + b + c)
    y = math.sin(a) + m * math.sin(a + b) + n * math.sin(a + b + c)
    return [a, b, c, m, n], round((math.hypot(x, y) - 2.0) / 0.45 + r.gauss(0, 0.06), 4)


def ripples(r):
    """A number of eight columns with a wave, a quotient, a product and a line."""
    x = [r.gauss(0, 1) for _ in range(8)]
    y = 0.7 * math.cos(1.7 * x[0]) + x[1] / (1 + x[2] ** 2) + 0.5 * x[3] * x[4] - 0.4 * x[5]
    return x, round(y + r.gauss(0, 0.1), 4)


def repairs(r):
    """How many machines fail in a week, a count: age, load, heat, whether they were looked after."""
    age, load, heat, kept = r.uniform(0, 15), r.uniform(0.2, 1), r.gauss(22, 6), float(r.random() < 0.6)
    mean = math.exp(0.1 + 0.1 * age + 0.9 * load + 0.03 * (heat - 22) - 0.7 * kept)
    k, product, limit = 0, r.random(), math.exp(-mean)
    while product > limit:
        k, product = k + 1, product * r.random()
    return [(age - 7.5) / 4.3, (load - 0.6) / 0.23, (heat - 22) / 6, kept], k


def quilts(r):
    """Two classes: the squares of a board in two columns; two more columns do not matter."""
    x = [r.uniform(-1.4, 1.4) for _ in range(2)]
    return x + [r.gauss(0, 1) for _ in range(2)], (int(x[0] + 5.5) + int(x[1] + 5.5)) % 2


def perfumes(r):
    """Five classes of three clouds each in ten columns."""
    c, cloud = r.randrange(5), r.randrange(3)
    own = random.Random(f"perfume {c} {cloud}")
    return [round(own.gauss(0, 1) + r.gauss(0, 0.5), 4) for _ in range(10)], c


def outlines(r):
    """A disc, a ring, a cross or a square, in a picture of 8 x 8 greys from 0 to 1, in any place."""
    c, ink, x0, y0, size = r.randrange(4), r.uniform(0.5, 0.9), r.uniform(3, 4), r.uniform(3, 4), r.uniform(2.0, 2.8)
    out = []
    for i in range(8):
        for j in range(8):
            a, b = abs(j - x0), abs(i - y0)
            far = (math.hypot(a, b), abs(math.hypot(a, b) - size) + 0.6, min(a, b) + max(0, max(a, b) - size), max(a, b))[c]
            edge = (size, 1.2, 0.8, size)[c]
            out.append(round(max(0.0, min(1.0, 0.1 + r.gauss(0, 0.1) + ink / (1 + math.exp(4 * (far - edge))))), 3))
    return out, c


def barcodes(r):
    """Five rhythms of bars at 24 points, begun anywhere, with noise."""
    c, at = r.randrange(5), r.uniform(0, 24)
    length = (3.0, 4.5, 6.5, 10.0, 18.0)[c]
    return [round(math.tanh(2 * math.sin(2 * math.pi * (t + at) / length)) + r.gauss(0, 0.7), 3) for t in range(24)], c


def stalls(r):
    """One of three answers by four codes from 0 to 17 without an order."""
    x, own = [r.randrange(18) for _ in range(4)], random.Random("stalls")
    worth = [[[own.gauss(0, 1) for _ in range(3)] for _ in range(18)] for _ in range(4)]
    sums = [sum(worth[k][v][c] for k, v in enumerate(x)) + r.gauss(0, 0.25) for c in range(3)]
    return x, sums.index(max(sums))


def defects(r):
    """Two classes, one row in twelve has the second one, by six columns; the classes can be told apart."""
    c = int(r.random() < 1 / 12)
    return [round((1.6, -1.2, 0, 1.1, 0, -0.9)[k] * c + r.gauss(0, 0.8), 4) for k in range(6)], c


def donors(r):
    """Two classes of twelve columns that overlap much: people who give again or do not."""
    c = r.randrange(2)
    return [round((0.5, 0, 0.4, -0.5, 0, 0, 0.3, -0.2, 0, 0.3, 0, 0)[k] * (c - 0.5) * 1.3 + r.gauss(0, 1), 4) for k in range(12)], c


def orchards(r):
    """A number of twelve columns; more than half of its variance is noise."""
    x = [r.gauss(0, 1) for _ in range(12)]
    return x, round(0.6 * x[0] + 0.5 * abs(x[1]) - 0.45 * x[2] + 0.25 * x[3] * x[4] - 0.4 + r.gauss(0, 0.6), 4)


# name: (rows for training and validation, for the test, the rule, classes)
MADE = {"lorries": (1100, 500, lorries, 0), "arms": (1200, 500, arms, 0), "ripples": (1300, 500, ripples, 0),
        "repairs": (1200, 500, repairs, 0), "quilts": (1300, 500, quilts, 2), "perfumes": (1200, 500, perfumes, 5),
        "outlines": (1200, 500, outlines, 4), "barcodes": (1300, 500, barcodes, 5), "stalls": (1600, 500, stalls, 3),
        "defects": (1200, 500, defects, 2), "donors": (900, 500, donors, 2), "orchards": (1400, 500, orchards, 0)}
REAL = {"heartbeats": (heartbeats, 2), "mail": (mail, 2), "limpets": (limpets, 0), "payslips": (payslips, 2),
        "postmarks": (postmarks, 10), "cement": (cement, 0), "reds": (reds, 0), "smears": (smears, 2), "pods": (pods, 3),
        "antennas": (antennas, 2), "monograms": (monograms, 7), "mince": (mince, 0)}
UNITS = ["mail", "payslips", "cement", "lorries"]
AS_THEY_ARE = ["lorries", "repairs", "outlines", "barcodes", "stalls"]


def made(name):
    """The rows of a table that is made by a rule."""
    training, test, rule, _ = MADE[name]
    r = random.Random(f"{name} 19")
    rows = [rule(r) for _ in range(training + test)]
    rows = rows if name in AS_THEY_ARE else scaled(rows, training)
    return rows[:training], rows[training:]


READ = {**{name: kind[0] for name, kind in REAL.items()}, **{name: lambda name=name: made(name) for name in MADE}}
CLASSES = {**{name: kind[1] for name, kind in REAL.items()}, **{name: kind[3] for name, kind in MADE.items()}}
