"""The tables of the benchmark: made by rules, the same on every machine. Each has 600 rows for training and
validation and 500 for the test, a header, and the target in column y; columns have mean 0 and deviation near 1.

A fault of the data changes the training rows only (change, a function of the list of rows): the test has what new
rows look like."""
import csv
import gzip
import math
import os
import random

import set_tables

ROWS, TEST = 600, 500


def blobs(r):
    """Four classes, each of two clouds in 8 columns."""
    centre = [[random.Random(900 + 10 * c + k).gauss(0, 1.1) for k in range(8)] for c in range(8)]
    c = r.randrange(8)
    return [m + r.gauss(0, 0.6) for m in centre[c]], c // 2


def rings(r):
    """Three classes by the distance from the middle in two columns, with two columns of noise."""
    c, angle = r.randrange(3), r.uniform(0, 2 * math.pi)
    radius = 0.4 + 0.7 * c + r.gauss(0, 0.12)
    return [radius * math.cos(angle), radius * math.sin(angle), r.gauss(0, 1), r.gauss(0, 1)], c


def moons(r):
    """Two classes, two half circles that reach into each other."""
    c, angle = r.randrange(2), r.uniform(0, math.pi)
    x, y = (math.cos(angle), math.sin(angle)) if c == 0 else (1 - math.cos(angle), 0.5 - math.sin(angle))
    return [1.2 * (x - 0.5) + r.gauss(0, 0.15), 1.8 * (y - 0.25) + r.gauss(0, 0.15), r.gauss(0, 1)], c


def corners(r):
    """Two classes by the product of two signs, as in exclusive or; the third column helps a little."""
    x = [r.uniform(-1.7, 1.7) for _ in range(2)]
    c = int(x[0] * x[1] > 0)
    return x + [r.gauss(0.3 * c, 1), r.gauss(0, 1)], c


def curve(r):
    """A number: a sine, a product and a line, with noise."""
    x = [r.gauss(0, 1) for _ in range(6)]
    y = math.sin(2 * x[0]) + x[1] * x[2] + 0.7 * x[3] + r.gauss(0, 0.15)
    return x, round(y / 1.4, 5)


def waves(r):
    """A number: a sine over a distance."""
    x = [r.uniform(-1.7, 1.7) for _ in range(3)]
    y = math.sin(2 * math.hypot(x[0], x[1])) + 0.3 * x[2] + r.gauss(0, 0.1)
    return x, round(y / 0.7, 5)


# ---- tables of the second judged set ----

def spiral(r):
    """Two classes, two arms of a spiral in two columns; a third column is noise."""
    c, t = r.randrange(2), r.uniform(0.5, 3.2)
    angle = 2.1 * t + math.pi * c
    return [t / 1.4 * math.cos(angle) + r.gauss(0, 0.08), t / 1.4 * math.sin(angle) + r.gauss(0, 0.08), r.gauss(0, 1)], c


def slices(r):
    """Five classes by the angle in two columns; two columns are noise."""
    angle, radius = r.uniform(0, 2 * math.pi), r.uniform(0.6, 1.8)
    c = int(5 * angle / (2 * math.pi)) % 5
    return [radius * math.cos(angle), radius * math.sin(angle), r.gauss(0, 1), r.gauss(0, 1)], c


def clouds(r):
    """Three classes that overlap: no rule names more than about nine tenths right."""
    c = r.randrange(3)
    return [random.Random(70 + 10 * c + k).gauss(0, 0.8) + r.gauss(0, 0.75) for k in range(6)], c


def seldom(r):
    """Two classes, one with a sixth of the rows, that overlap a little."""
    c = int(r.random() < 1 / 6)
    return [r.gauss((1.7, 1.2, -1.2, 0, 0)[k] * c - 0.2, 0.8) for k in range(5)], c


def bits(r):
    """Three classes by votes of twelve columns that are 0 or 1."""
    x = [float(r.random() < 0.5) for _ in range(12)]
    votes = sum(x[:6]) - sum(x[6:])
    return x, 0 if votes < -0.5 else 1 if votes < 1.5 else 2


def wide(r):
    """Three classes in 30 columns, of which six matter."""
    c = r.randrange(3)
    x = [random.Random(400 + 10 * c + k).gauss(0, 1) + r.gauss(0, 0.6) for k in range(6)]
    return x + [r.gauss(0, 1) for _ in range(24)], c


def friedman(r):
    """A number of ten columns, five of which matter (Friedman, 1991)."""
    x = [r.random() for _ in range(10)]
    y = 10 * math.sin(math.pi * x[0] * x[1]) + 20 * (x[2] - 0.5) ** 2 + 10 * x[3] + 5 * x[4] + r.gauss(0, 0.5)
    return [3.4 * (v - 0.5) for v in x], round((y - 14.4) / 4.9, 5)


def bend(r):
    """A number: a line with a bend and a product, in five columns."""
    x = [r.gauss(0, 1) for _ in range(5)]
    return x, round((1.5 * max(x[0] + 0.5 * x[1], 0) + 0.8 * x[2] * x[3] + 0.5 * x[4] + r.gauss(0, 0.1)) / 1.4, 5)


def skewed(r):
    """A number of four columns with a long tail on one side, as prices and incomes have."""
    z = [r.gauss(0, 1) for _ in range(4)]
    x = [(math.exp(0.8 * v) - 1.4) / 1.3 for v in z]
    return x, round(0.7 * z[0] - 0.5 * z[1] + 0.5 * z[2] * z[3] + r.gauss(0, 0.15), 5)


# ---- tables of the third judged set ----

def bands(r):
    """Three classes by bands that lie across two columns; two columns are noise."""
    x = [r.uniform(-1.7, 1.7) for _ in range(2)]
    c = int(math.floor(1.1 * (x[0] + 0.6 * x[1]) + 6)) % 3
    return x + [r.gauss(0, 1), r.gauss(0, 1)], c


def shells(r):
    """Four classes by the distance from the middle in three columns."""
    c = r.randrange(4)
    d = [r.gauss(0, 1) for _ in range(3)]
    size = (0.3 + 0.6 * c + r.gauss(0, 0.1)) / math.sqrt(sum(v * v for v in d))
    return [v * size for v in d], c


def answers(r):
    """Two classes by a sum of ten answers from 0 to 3, as in a questionnaire."""
    x = [float(r.randrange(4)) for _ in range(10)]
    score = sum(x[:5]) - sum(x[5:8]) + r.gauss(0, 0.7)
    return x, int(score > 2.9)


def faint(r):
    """Two classes that overlap much: no rule names more than about eight tenths right."""
    c = r.randrange(2)
    return [r.gauss(0.75 * c, 1) for _ in range(3)] + [r.gauss(0, 1) for _ in range(3)], c


def letters(r):
    """Six classes, each a cloud in ten columns."""
    c = r.randrange(6)
    return [random.Random(900 + 20 * c + k).gauss(0, 0.9) + r.gauss(0, 0.55) for k in range(10)], c


def hills(r):
    """A number: two hills and a slope over three columns."""
    x = [r.uniform(-1.7, 1.7) for _ in range(3)]
    hill = math.exp(-((x[0] - 0.7) ** 2 + (x[1] + 0.4) ** 2)) - math.exp(-((x[0] + 0.8) ** 2 + (x[1] - 0.6) ** 2) / 0.7)
    return x, round(2 * hill + 0.4 * x[2] + r.gauss(0, 0.1), 5)


def tariff(r):
    """A number with steps and slopes, as a price list has, of six columns."""
    x = [r.gauss(0, 1) for _ in range(6)]
    return x, round(0.8 * (x[0] > 0.3) + 0.5 * max(x[1], -0.5) + 0.4 * x[2] * (x[3] > 0) + r.gauss(0, 0.1), 5)


def counts(r):
    """A count from 0 to about 10: a whole number that is no class."""
    x = [r.gauss(0, 1) for _ in range(4)]
    mean = math.exp(1.0 + 0.45 * x[0] - 0.35 * x[1] + 0.2 * math.sin(2 * x[2]))
    return x, int(mean + 0.5 + r.gauss(0, 0.4)) if mean > 0.5 else 0


# ---- tables of the fourth judged set ----

def peaks(r):
    """A number: a wave times a wave over two of four columns, and a bend."""
    x = [r.uniform(-1.7, 1.7) for _ in range(4)]
    return x, round(1.3 * math.sin(1.8 * x[0]) * math.cos(1.2 * x[1]) + 0.5 * abs(x[2]) + r.gauss(0, 0.1), 5)


def grades(r):
    """Four classes, the steps of a bent score over five columns."""
    x = [r.gauss(0, 1) for _ in range(5)]
    score = x[0] + 0.8 * x[1] * x[2] + 0.5 * max(x[3], 0) + r.gauss(0, 0.15)
    return x, 0 if score < -0.7 else 1 if score < 0.2 else 2 if score < 1.1 else 3


def cross(r):
    """Two classes: which of two columns is further from 0; two columns are noise."""
    x = [r.uniform(-1.7, 1.7) for _ in range(2)]
    return x + [r.gauss(0, 1), r.gauss(0, 1)], int(abs(x[0]) > abs(x[1]) + r.gauss(0, 0.05))


def petals(r):
    """Three classes, each two petals of a flower in two columns; one column is noise."""
    c, side = r.randrange(3), r.randrange(2)
    angle = (c + 3 * side) * math.pi / 3 + r.gauss(0, 0.16)
    radius = r.uniform(0.5, 1.9)
    return [radius * math.cos(angle), radius * math.sin(angle), r.gauss(0, 1)], c


def quotient(r):
    """A number: a quotient and a product, in six columns."""
    x = [r.gauss(0, 1) for _ in range(6)]
    return x, round(2 * x[0] / (1 + x[1] ** 2) + 0.6 * x[2] * x[3] + r.gauss(0, 0.1), 5)


def swarm(r):
    """Five classes, each three clouds in seven columns."""
    cloud = r.randrange(15)
    return [random.Random(1700 + 20 * cloud + k).gauss(0, 1) + r.gauss(0, 0.45) for k in range(7)], cloud % 5


def tones(r):
    """Two classes: a low or a high tone of unknown phase, in 16 samples with noise."""
    c, phase = r.randrange(2), r.uniform(0, 2 * math.pi)
    return [1.3 * math.sin((0.45 + 0.5 * c) * k + phase) + r.gauss(0, 0.35) for k in range(16)], c


def plant(r):
    """A number of twelve columns, of which four matter, with much noise."""
    x = [r.gauss(0, 1) for _ in range(12)]
    return x, round(0.6 * x[0] + 0.5 * max(x[1], x[2]) + 0.4 * x[3] * x[0] + r.gauss(0, 0.4), 5)


def survey(r):
    """Three classes by five answers from 0 to 4 and three measured columns."""
    x = [float(r.randrange(5)) for _ in range(5)] + [r.gauss(0, 1) for _ in range(3)]
    score = x[0] + x[1] - x[2] - x[3] + 1.5 * x[5] - x[6] + r.gauss(0, 0.4)
    return x, 0 if score < -1.5 else 1 if score < 1.5 else 2


# ---- noisy tables of the calibration half ----

def drift(r):
    """A number of nine columns, of which three matter; more than a third of its variance is noise."""
    x = [r.gauss(0, 1) for _ in range(9)]
    return x, round(0.7 * x[0] + 0.4 * x[1] * x[2] + r.gauss(0, 0.6), 5)


def murk(r):
    """Three classes of clouds in seven columns that overlap, with one label in eight drawn at random."""
    c = r.randrange(3)
    x = [random.Random(310 + 10 * c + k).gauss(0, 0.9) + r.gauss(0, 0.8) for k in range(7)]
    return x, c if r.random() > 1 / 8 else r.randrange(3)


# ---- tables of the fifth judged set; harvest, votes and species are noisy ----

def tides(r):
    """A number: a wave whose length depends on a second of five columns, and a slope."""
    x = [r.uniform(-1.7, 1.7) for _ in range(5)]
    return x, round(math.sin((1.5 + 0.5 * x[1]) * x[0]) + 0.5 * x[2] * (x[3] > 0) + r.gauss(0, 0.08), 5)


def torque(r):
    """A number: a product, a distance and a line over six columns."""
    x = [r.gauss(0, 1) for _ in range(6)]
    return x, round(0.8 * x[0] * x[1] + 0.6 * math.hypot(x[2], x[3]) - 0.5 * x[4] + r.gauss(0, 0.1), 5)


def harvest(r):
    """A number of eight columns, of which four matter; nearly half of its variance is noise."""
    x = [r.gauss(0, 1) for _ in range(8)]
    return x, round(0.6 * x[0] - 0.4 * abs(x[1]) + 0.4 * x[2] * x[3] + r.gauss(0, 0.7), 5)


def stars(r):
    """A number: grades from 1 to 5, in their order, by a bent score over five columns."""
    x = [r.gauss(0, 1) for _ in range(5)]
    score = 1.1 * x[0] + 0.7 * max(x[1], 0) - 0.6 * x[2] + 0.4 * x[3] * x[0] + r.gauss(0, 0.2)
    return x, max(1, min(5, int(math.floor(score + 3.2))))


def votes(r):
    """Two classes that overlap: no rule names more than about eight tenths right. Six columns, of which three matter."""
    x = [r.gauss(0, 1) for _ in range(6)]
    return x, int(x[0] - 0.7 * x[1] + 0.5 * x[2] * x[0] + r.gauss(0, 0.9) > 0)


def species(r):
    """Four classes of clouds in nine columns that overlap, with one label in ten drawn at random."""
    c = r.randrange(4)
    x = [random.Random(5100 + 20 * c + k).gauss(0, 0.9) + r.gauss(0, 0.8) for k in range(9)]
    return x, c if r.random() > 0.1 else r.randrange(4)


def lattice(r):
    """Two classes, the fields of a board in two columns, with one column of noise."""
    x = [r.uniform(-1.7, 1.7) for _ in range(2)]
    return x + [r.gauss(0, 1)], (int(math.floor(1.1 * x[0])) + int(math.floor(1.1 * x[1]))) % 2


def orbits(r):
    """Three classes by the size of an ellipse around a point, in four columns."""
    c, angle = r.randrange(3), r.uniform(0, 2 * math.pi)
    size = 0.35 + 0.55 * c + r.gauss(0, 0.08)
    return [0.3 + 1.2 * size * math.cos(angle), -0.2 + 0.8 * size * math.sin(angle), r.gauss(0, 1), r.gauss(0, 1)], c


def makers(r):
    """Five classes, each two clouds in eight columns."""
    cloud = r.randrange(10)
    return [random.Random(2900 + 20 * cloud + k).gauss(0, 1) + r.gauss(0, 0.5) for k in range(8)], cloud % 5


# ---- tables of the sixth judged set; rents, cough and moods are noisy ----

def glacier(r):
    """A number: a bump and a product over five columns."""
    x = [r.uniform(-1.7, 1.7) for _ in range(5)]
    return x, round(1.6 * math.exp(-x[0] ** 2 - 0.5 * x[1] ** 2) + 0.5 * x[2] * x[3] + r.gauss(0, 0.08), 5)


def engine(r):
    """A number: a power of a distance, a wave and a line over six columns, far from 0."""
    x = [r.gauss(0, 1) for _ in range(6)]
    return x, round(2.5 + 0.5 * (x[0] ** 2 + x[1] ** 2) ** 0.7 + 0.6 * math.sin(1.5 * x[2]) - 0.4 * x[3] + r.gauss(0, 0.1), 5)


def rents(r):
    """A number of ten columns, of which four matter; half of its variance is noise."""
    x = [r.gauss(0, 1) for _ in range(10)]
    return x, round(0.5 * x[0] + 0.5 * max(x[1], -0.5) - 0.4 * x[2] * x[3] + r.gauss(0, 0.75), 5)


def goals(r):
    """A count from 0 to about 8."""
    x = [r.gauss(0, 1) for _ in range(4)]
    return x, int(max(0, 2.2 + 1.1 * x[0] - 0.8 * abs(x[1]) + 0.5 * x[2] + r.gauss(0, 0.3)) + 0.5)


def cough(r):
    """Two classes that overlap much, in seven columns, of which three matter."""
    x = [r.gauss(0, 1) for _ in range(7)]
    return x, int(0.9 * x[0] + 0.6 * abs(x[1]) - 0.5 + 0.5 * x[2] + r.gauss(0, 1) > 0)


def moods(r):
    """Three classes of clouds in eight columns, with one label in seven drawn at random."""
    c = r.randrange(3)
    x = [random.Random(7300 + 20 * c + k).gauss(0, 0.8) + r.gauss(0, 0.8) for k in range(8)]
    return x, c if r.random() > 1 / 7 else r.randrange(3)


def knots(r):
    """Two classes: inside or outside of three discs in two columns; one column is noise."""
    x = [r.uniform(-1.7, 1.7) for _ in range(2)]
    near = min(math.hypot(x[0] - a, x[1] - b) for a, b in ((-0.9, 0.8), (0.8, 0.9), (0.1, -0.8)))
    return x + [r.gauss(0, 1)], int(near < 0.7 + r.gauss(0, 0.03))


def sails(r):
    """Four classes by two angles in two pairs of columns."""
    a, b = r.uniform(0, 2 * math.pi), r.uniform(0, 2 * math.pi)
    c = 2 * int(a < math.pi) + int(b < math.pi)
    return [math.cos(a) + r.gauss(0, 0.1), math.sin(a) + r.gauss(0, 0.1), math.cos(b) + r.gauss(0, 0.1),
            math.sin(b) + r.gauss(0, 0.1)], c


def stamps(r):
    """Six classes, each two clouds in nine columns; the numbers of the classes are names."""
    cloud = r.randrange(12)
    return [random.Random(8100 + 20 * cloud + k).gauss(0, 1) + r.gauss(0, 0.5) for k in range(9)], (5 * cloud) % 6


# ---- tables of the seventh judged set; wages, fever and tastes are noisy ----

def dunes(r):
    """A number: two waves across four columns, and a bend."""
    x = [r.uniform(-1.7, 1.7) for _ in range(4)]
    return x, round(math.sin(1.6 * x[0] + 0.8 * x[1]) + 0.6 * max(x[2], 0) * x[3] + r.gauss(0, 0.08), 5)


def pulse(r):
    """A number: a ratio, a product and a line over seven columns."""
    x = [r.gauss(0, 1) for _ in range(7)]
    return x, round(1.2 * x[0] / (1 + 0.5 * x[1] ** 2) + 0.5 * x[2] * x[3] + 0.5 * x[4] + r.gauss(0, 0.1), 5)


def wages(r):
    """A number of nine columns, of which three matter; half of its variance is noise."""
    x = [r.gauss(0, 1) for _ in range(9)]
    return x, round(0.6 * x[0] + 0.5 * x[1] * (x[2] > 0) + r.gauss(0, 0.7), 5)


def visits(r):
    """A count from 0 to about 12."""
    x = [r.gauss(0, 1) for _ in range(5)]
    return x, int(math.exp(1.0 + 0.4 * x[0] - 0.3 * x[1] + 0.2 * x[2] * x[3]) + r.random())


def fever(r):
    """Two classes that overlap, in eight columns, of which four matter."""
    x = [r.gauss(0, 1) for _ in range(8)]
    return x, int(0.8 * x[0] - 0.6 * x[1] + 0.6 * x[2] * x[3] + r.gauss(0, 0.9) > 0.2)


def tastes(r):
    """Five classes of clouds in ten columns, with one label in six drawn at random."""
    c = r.randrange(5)
    x = [random.Random(9100 + 20 * c + k).gauss(0, 0.9) + r.gauss(0, 0.7) for k in range(10)]
    return x, c if r.random() > 1 / 6 else r.randrange(5)


def strips(r):
    """Two classes by bent strips over two columns; one column is noise."""
    x = [r.uniform(-1.7, 1.7) for _ in range(2)]
    return x + [r.gauss(0, 1)], int(math.floor(1.3 * (x[1] - 0.5 * x[0] ** 2) + 8)) % 2


def petals2(r):
    """Three classes by the angle and the distance in two columns; two columns are noise."""
    angle, size = r.uniform(0, 2 * math.pi), r.uniform(0.5, 1.8)
    return [size * math.cos(angle), size * math.sin(angle), r.gauss(0, 1), r.gauss(0, 1)], \
        0 if size < 1 else 1 + int(angle < math.pi)


def seals(r):
    """Seven classes, each two clouds in eight columns; the numbers of the classes are names."""
    cloud = r.randrange(14)
    return [random.Random(6500 + 20 * cloud + k).gauss(0, 1) + r.gauss(0, 0.4) for k in range(8)], (3 * cloud) % 7


RULES = {**set_tables.RULES,
         "dunes": dunes, "pulse": pulse, "wages": wages, "visits": visits, "fever": fever, "tastes": tastes, "strips": strips,
         "petals2": petals2, "seals": seals,
         "glacier": glacier, "engine": engine, "rents": rents, "goals": goals, "cough": cough, "moods": moods, "knots": knots,
         "sails": sails, "stamps": stamps,
         "tides": tides, "torque": torque, "harvest": harvest, "stars": stars, "votes": votes, "species": species,
         "lattice": lattice, "orbits": orbits, "makers": makers,
         "drift": drift, "murk": murk, "blobs": blobs, "rings": rings, "moons": moons, "corners": corners, "curve": curve, "waves": waves,
         "spiral": spiral, "slices": slices, "clouds": clouds, "seldom": seldom, "bits": bits, "wide": wide,
         "friedman": friedman, "bend": bend, "skewed": skewed, "bands": bands, "shells": shells, "answers": answers,
         "faint": faint, "letters": letters, "hills": hills, "tariff": tariff, "counts": counts,
         "peaks": peaks, "grades": grades, "cross": cross, "petals": petals, "quotient": quotient, "swarm": swarm,
         "tones": tones, "plant": plant, "survey": survey}
FIRST = {"blobs": 4, "rings": 3, "moons": 2, "corners": 2, "digits": 10, "curve": 0, "waves": 0}
SECOND = {"spiral": 2, "slices": 5, "clouds": 3, "seldom": 2, "bits": 3, "wide": 3, "friedman": 0, "bend": 0, "skewed": 0}
THIRD = {"bands": 3, "shells": 4, "answers": 2, "faint": 2, "letters": 6, "hills": 0, "tariff": 0, "counts": 0}
FOURTH = {"peaks": 0, "grades": 4, "cross": 2, "petals": 3, "quotient": 0, "swarm": 5, "tones": 2, "plant": 0, "survey": 3}
NOISY = {"drift": 0, "murk": 3}
FIFTH = {"tides": 0, "torque": 0, "harvest": 0, "stars": 0, "votes": 2, "species": 4, "lattice": 2, "orbits": 3, "makers": 5}
SEVENTH = {"dunes": 0, "pulse": 0, "wages": 0, "visits": 0, "fever": 2, "tastes": 5, "strips": 2, "petals2": 3, "seals": 7}
SIXTH = {"glacier": 0, "engine": 0, "rents": 0, "goals": 0, "cough": 2, "moods": 3, "knots": 2, "sails": 4, "stamps": 6}
CLASSES = {**FIRST, **NOISY, **SECOND, **THIRD, **FOURTH, **FIFTH, **SIXTH, **SEVENTH,
           **set_tables.CLASSES}


def digits():
    """The digits that are built in, divided by 16."""
    here = os.path.dirname(os.path.abspath(__file__))
    with gzip.open(os.path.join(here, "..", "..", "src", "data", "digits.csv.gz"), "rt") as file:
        rows = [[float(x) for x in line.split(",")] for line in file if line.strip()]
    random.Random(7).shuffle(rows)
    rows = [([round(x / 16, 4) for x in row[:-1]], int(row[-1])) for row in rows]
    return rows[:1200], rows[1200:]


def rows_of(name):
    """(training and validation rows, test rows), each a list of (inputs, target)."""
    if name == "digits":
        return digits()
    if name in set_tables.READ:
        return set_tables.READ[name]()
    r = random.Random(name)
    rows = [RULES[name](r) for _ in range(ROWS + TEST)]
    return rows[:ROWS], rows[ROWS:]


def write(path, rows, names=None):
    """Writes rows as a table; names: of the input columns."""
    names = names or [f"x{i}" for i in range(len(rows[0][0]))]
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(names + ["y"])
        for x, y in rows:
            out.writerow([f"{v:.6g}" if isinstance(v, float) else v for v in x] + [y])
