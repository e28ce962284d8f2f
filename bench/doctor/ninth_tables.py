"""The tables of the ninth judged set: real tables of the folder of shared data that the sets before do not have, and others
made by rules. Real columns are scaled to mean 0 and deviation 1 by the training rows; the rows are cut in training and
validation rows, and test rows."""
import math
import random

from eighth_tables import cut, lines

LETTERS = "AEGHKMRSTX"


def glyphs():
    """Letters: ten capital letters by sixteen measures of their pictures."""
    rows = [([float(v) for v in row[:16]], LETTERS.index(row[16])) for row in lines("letter-recognition.csv.gz", 1)
            if row[16] in LETTERS]
    return cut(rows, 900, 500)


def mails():
    """Spambase: spam or not, by the logarithms of 57 frequencies."""
    return cut([([math.log1p(20 * float(v)) for v in row[:57]], int(row[57] == "spam")) for row in lines("spambase.csv", 1)],
               700, 500)


def bills():
    """Banknotes: genuine or forged, by four numbers of a picture."""
    return cut([([float(v) for v in row[:4]], int(row[4])) for row in lines("banknote_authentication.csv")], 500, 500)


def cells():
    """Breast cancer: malignant or not, by thirty measures of cells."""
    return cut([([float(v) for v in row[:30]], int(row[30])) for row in lines("breast_cancer.csv", 1)], 360, 200)


def vintage():
    """White wine: its quality by eleven measures; most of the variance is noise."""
    rows = [line[0].split(";") for line in lines("winequality-white.csv", 1)]
    return cut([([float(v) for v in row[:11]], round((float(row[11]) - 5.9) / 0.9, 4)) for row in rows], 800, 500)


def incomes():
    """Adult: income above 50,000 by five numbers; the classes overlap."""
    def number(row):
        return [float(row[0]), float(row[4]), math.log1p(float(row[10])), math.log1p(float(row[11])), float(row[12])]
    rows = [(number(row), int(">" in row[14])) for row in lines("adult.data.gz") if len(row) > 14]
    return cut(rows[:6000], 800, 500)


# ---- made by rules ----

def tank(r):
    """A number: a flow that saturates, times a slope, with a little noise; five columns."""
    x = [r.uniform(-1.7, 1.7) for _ in range(5)]
    y = 1.5 * math.tanh(1.6 * x[0] + x[1]) + 0.5 * x[2] * abs(x[3]) + 0.4 * x[4] + r.gauss(0, 0.12)
    return x, round(y / 1.4, 5)


def knees(r):
    """A number: three bends over nine columns."""
    x = [r.gauss(0, 1) for _ in range(9)]
    y = max(x[0] + x[1], 0) - max(x[2] - x[3], 0.2) + 0.6 * abs(x[4]) + 0.3 * x[5] + r.gauss(0, 0.15)
    return x, round(y / 1.5, 5)


def echoes(r):
    """A number: the place of a bump in a series of 24 steps with noise."""
    at = r.uniform(4, 20)
    return [2 * math.exp(-((k - at) / 2.5) ** 2) - 0.5 + r.gauss(0, 0.2) for k in range(24)], round((at - 12) / 4.6, 5)


def queues(r):
    """A number: how many wait, whole numbers from 0 to about 9 that follow two columns."""
    x = [r.uniform(-1.7, 1.7) for _ in range(4)]
    return x, max(int(round(4 + 1.6 * x[0] + 1.3 * math.sin(1.8 * x[1]) + r.gauss(0, 0.25))), 0)


def circuit(r):
    """Two classes: a gate of three signs, two of seven columns are noise."""
    x = [r.uniform(0.1, 1.7) * r.choice((-1, 1)) for _ in range(7)]
    return x, int((x[0] > 0) != (x[1] > 0) if x[2] > 0 else x[3] > 0)


def sectors(r):
    """Five classes by the angle in two columns, numbered in no order; two columns are noise."""
    angle, radius = r.uniform(0, 2 * math.pi), r.uniform(0.5, 1.9)
    c = (0, 3, 1, 4, 2)[int(5 * angle / (2 * math.pi)) % 5]
    return [radius * math.cos(angle), radius * math.sin(angle), r.gauss(0, 1), r.gauss(0, 1)], c


def bumps(r):
    """Three classes of series of 28 steps: one bump, two bumps, or a step, at any place, with noise."""
    c, at = r.randrange(3), r.randrange(4, 14)

    def value(k):
        if c == 2:
            return 1.3 if k >= at + 4 else 0.0
        return 2 * math.exp(-((k - at) / 1.6) ** 2) + (2 * math.exp(-((k - at - 8) / 1.6) ** 2) if c == 1 else 0)
    return [value(k) - 0.4 + r.gauss(0, 0.25) for k in range(28)], c


def clans(r):
    """Six classes in twelve columns: a cloud each, some of which touch."""
    c = r.randrange(6)
    return [random.Random(3100 + 20 * c + k).gauss(0, 0.75) + r.gauss(0, 0.7) for k in range(12)], c


def dice(r):
    """Three classes that overlap: scores of three of six columns, and chance."""
    x = [r.gauss(0, 1) for _ in range(6)]
    scores = [1.3 * x[k] + 0.4 * x[k] * x[(k + 1) % 3] - math.log(-math.log(r.random())) for k in range(3)]
    return x, scores.index(max(scores))


RULES = {"tank": tank, "knees": knees, "echoes": echoes, "queues": queues, "circuit": circuit, "sectors": sectors,
         "bumps": bumps, "clans": clans, "dice": dice}
READ = {"glyphs": glyphs, "mails": mails, "bills": bills, "cells": cells, "vintage": vintage, "incomes": incomes}
CLASSES = {"vintage": 0, "tank": 0, "knees": 0, "echoes": 0, "queues": 0, "mails": 2, "bills": 2, "cells": 2, "incomes": 2,
           "circuit": 2, "bumps": 3, "dice": 3, "sectors": 5, "clans": 6, "glyphs": 10}
