"""The tables of the thirteenth set: real tables, pictures and series of the folder of shared data, with other questions than the
sets before ask of them, and others made by rules. Real columns are scaled to mean 0 and deviation 1 by the training rows, but for
pictures, which are from 0 to 1; the rows are cut in training and validation rows, and test rows."""
import gzip
import math
import os
import random

from eighth_tables import FOLDER, cut, lines
from eleventh_tables import means, pictures


def sweetness():
    """White wine: the logarithm of its sugar by ten other measures, of which the density and the alcohol say most."""
    rows = [[float(v) for v in line[0].split(";")] for line in lines("winequality-white.csv", 1)]
    return cut([(row[:3] + row[4:11], round((math.log(row[3]) - 1.48) / 0.93, 4)) for row in rows], 900, 500)


def wealth():
    """California: the logarithm of a district's income by its map, its houses and their price; a third of the variance is noise."""
    rows = [row for row in lines("california-housing.csv", 1)[9000:] if "" not in row]
    return cut([([float(v) for v in row[:3]] + [math.log(float(v)) for v in row[3:7]] + [math.log(float(row[8]))],
                 round((math.log(float(row[7])) - 1.24) / 0.47, 4)) for row in rows], 1000, 500)


def colours():
    """Wine: the depth of its colour by twelve other measures and its grower; few rows."""
    return cut([([float(v) for v in row[:9] + row[10:13]] + [float(row[13] == "0"), float(row[13] == "1")],
                 round((float(row[9]) - 5.06) / 2.31, 4)) for row in lines("wine_data.csv", 1)], 120, 58)


def leaves():
    """Iris: the width of a petal by three other measures; few rows."""
    return cut([([float(v) for v in row[:3]], round((float(row[3]) - 1.2) / 0.76, 4)) for row in lines("iris.csv", 1)], 97, 45)


def seasons():
    """Temperatures: the warm or the cold half of the year, by fourteen days; the classes overlap a little."""
    rows = [(int(row[0][5:7]), float(row[1])) for row in lines("daily-min-temperatures.csv", 1) if len(row) > 1 and row[1]]
    return cut([([v for _, v in rows[i:i + 14]], int(rows[i + 7][0] in (11, 12, 1, 2, 3, 4))) for i in range(0, len(rows) - 14, 3)],
               700, 500)


def hearts():
    """ECG5000: normal beats, one kind of others, or the rest, by means of seven steps of 140; few rows are of the last class."""
    rows = [row[0].split() for row in lines("ECG5000_TRAIN.txt.gz")]
    return cut([([sum(float(v) for v in row[k:k + 4]) / 4 for k in range(1, 141, 4)], min(int(float(row[0])) - 1, 2))
                for row in rows], 340, 160)


def owners():
    """Credit: a house of one's own or not, by ten numbers; the classes overlap."""
    rows = []
    for row in lines("credit-data.csv", 1):
        numbers = [row[1], row[3], row[4], row[8], row[9], row[10], row[11], row[12], row[13]]
        if all(v.replace(".", "").isdigit() for v in numbers):
            x = [float(v) for v in numbers]
            rows.append((x[:4] + [math.log1p(v) for v in x[4:]] + [float(row[5] == "single")], int(row[2] == "owner")))
    return cut(rows[1500:], 800, 500)


def junk():
    """Spambase: spam or not, by which of 54 words and signs are there: columns of 0 and 1, of which most are 0."""
    rows = list({tuple(x): (list(x), y) for x, y in
                 ((tuple(int(float(v) > 0) for v in row[:54]), int(row[57] == "spam"))
                  for row in lines("spambase.csv", 1))}.values())
    random.Random(13).shuffle(rows)
    return rows[:1000], rows[1000:1500]


def alphabet():
    """Letters: all 26 by sixteen measures of their pictures."""
    return cut([([float(v) for v in row[:16]], ord(row[16]) - 65) for row in lines("letter-recognition.csv.gz", 1)[10000:13000]],
               1900, 600)


def profiles():
    """MNIST: ten digits by the means of 14 rows and of 14 columns."""
    def sums(p):
        return [round(sum(p[28 * i:28 * i + 56]) / 14280, 3) for i in range(0, 28, 2)] + \
            [round(sum(p[28 * i + j] + p[28 * i + j + 1] for i in range(28)) / 14280, 3) for j in range(0, 28, 2)]
    rows = [(sums(p), y) for p, y in pictures("mnist", "t10k", 5000, 6900)]
    return rows[:1400], rows[1400:]


def outfits():
    """Fashion-MNIST: a trouser, a dress, a coat, a bag or a shirt, by 14 x 7 means."""
    kinds = {1: 0, 3: 1, 4: 2, 8: 3, 6: 4}
    rows = [([(a + b) / 2 for a, b in zip(means(p, 28, 2, 28)[::2], means(p, 28, 2, 28)[1::2])], kinds[y])
            for p, y in pictures("fashion-mnist", "train", 50000, 53000) if y in kinds]
    return rows[:900], rows[900:1400]


def stables():
    """CIFAR-10: a horse or a plane, by 4 x 4 means of three colours; the classes overlap."""
    with gzip.open(os.path.join(FOLDER, "cifar10-subset", "data_batch_1_first3000.bin.gz"), "rb") as file:
        data = file.read()
    rows = [([v for c in range(3) for v in means(at[1 + 1024 * c:], 32, 8, 32)], int(at[0] == 7))
            for at in (data[3073 * k:3073 * (k + 1)] for k in range(3000)) if at[0] in (0, 7)]
    return rows[:400], rows[400:]


# ---- made by rules: (rows for training and validation, for the test, the rule) ----

def turbine(r):
    """A number: the power of a wheel, of wind, angle, age and two others: it rises, then stays."""
    x = [r.uniform(-1.7, 1.7) for _ in range(5)]
    y = 1.6 / (1 + math.exp(-2.4 * x[0])) * math.cos(0.7 * x[1]) - 0.25 * x[2] + 0.3 * abs(x[3]) * (x[4] > 0.4)
    return x, round(1.4 * (y - 0.75) + r.gauss(0, 0.06), 5)


def anchors(r):
    """A number of seven columns: a distance between two points, and a line."""
    x = [r.gauss(0, 1) for _ in range(7)]
    return x, round(0.9 * math.hypot(x[0] - x[1], x[2] - x[3]) - 1.6 + 0.4 * x[4] * x[5] + r.gauss(0, 0.08), 5)


def rivers(r):
    """A number by 48 columns, of which five matter."""
    x = [r.gauss(0, 1) for _ in range(48)]
    return x, round(0.7 * x[4] + 0.6 * abs(x[11]) - 0.48 - 0.6 * x[20] + 0.4 * x[33] - 0.3 * x[40] + r.gauss(0, 0.12), 5)


def lamp(r):
    """A number of one column: two hills of different width."""
    x = r.uniform(-1.7, 1.7)
    return [x], round(2.2 * math.exp(-8 * (x + 0.8) ** 2) + 1.5 * math.exp(-2 * (x - 0.7) ** 2) - 0.8 + r.gauss(0, 0.06), 5)


def parcels(r):
    """A price with a long tail to the right, of six columns."""
    x = [r.gauss(0, 1) for _ in range(6)]
    return x, round(0.5 * math.exp(0.5 * x[0] + 0.35 * abs(x[1]) + 0.3 * x[2] * x[3] + r.gauss(0, 0.05)) - 0.85, 5)


def meads(r):
    """A number of ten columns; half of its variance is noise."""
    x = [r.gauss(0, 1) for _ in range(10)]
    return x, round(0.55 * x[0] + 0.5 * abs(x[1]) - 0.4 + 0.4 * math.tanh(2 * x[2]) + r.gauss(0, 0.75), 5)


def rounds(r):
    """Two classes: the black and the white rings of a target in two columns; a third does not matter."""
    x = [r.uniform(-1.7, 1.7) for _ in range(3)]
    return x, int(1.25 * math.hypot(x[0] + 0.2, x[1])) % 2


def juries(r):
    """Two classes by votes of 30 columns of -1, 0 and 1, of which most are 0."""
    x = [r.choice((-1, 1)) * int(r.random() < 0.25) for _ in range(30)]
    return x, int(sum(x[:9]) - sum(x[9:15]) + 2 * (x[15] * x[16]) + 0.5 > 0)


def referrals(r):
    """Three classes that overlap much: drawn by scores of four of twelve columns."""
    x = [r.gauss(0, 1) for _ in range(12)]
    means_of = (1.3 * x[0] + 0.4 * x[3], 1.3 * x[1] - 0.5 * abs(x[3]), 1.3 * x[2])
    scores = [v - math.log(-math.log(r.random())) for v in means_of]
    return x, scores.index(max(scores))


def gestures(r):
    """Four classes of paths of 20 points, up or down first, once or twice, with any size and noise."""
    c, size = r.randrange(4), r.uniform(0.9, 1.6)
    return [size * (1 - 2 * (c % 2)) * math.sin(2 * math.pi * (1 + c // 2) * (k + 0.5) / 20 + 0.4 * size) + r.gauss(0, 0.75)
            for k in range(20)], c


def bottles(r):
    """Nine classes in eight columns, a cloud each, of different sizes."""
    c = r.randrange(9)
    return [random.Random(13300 + 20 * c + k).gauss(0, 0.9) + r.gauss(0, 0.3 + 0.05 * c) for k in range(8)], c


def corridors(r):
    """Three classes by a maze: strips that bend in two columns; a third column helps a little."""
    x = [r.uniform(-1.7, 1.7) for _ in range(2)]
    c = int(math.floor(1.2 * (x[1] + 0.7 * math.sin(1.8 * x[0])) + 9)) % 3
    return x + [r.gauss(0.3 * c, 1)], c


def dominoes(r):
    """Four classes by rules over six columns of codes from 0 to 4."""
    x = [r.randrange(5) for _ in range(6)]
    return x, 2 * int((x[0] in (1, 2)) != (x[1] in (0, 4))) + int(x[2] == x[3] or x[4] in (2, 3))


MADE = {"turbine": (900, 500, turbine), "anchors": (1000, 500, anchors), "rivers": (900, 500, rivers), "lamp": (300, 400, lamp),
        "parcels": (900, 500, parcels), "meads": (700, 500, meads), "rounds": (1000, 500, rounds), "juries": (1000, 500, juries),
        "referrals": (700, 500, referrals), "gestures": (700, 500, gestures), "bottles": (1200, 500, bottles),
        "corridors": (1000, 500, corridors), "dominoes": (1500, 500, dominoes)}


def made(name):
    """The rows of a table that is made by a rule."""
    training, test, rule = MADE[name]
    r = random.Random(f"{name} 13")
    rows = [rule(r) for _ in range(training + test)]
    return rows[:training], rows[training:]


READ = {"sweetness": sweetness, "wealth": wealth, "colours": colours, "leaves": leaves, "seasons": seasons, "hearts": hearts,
        "owners": owners, "junk": junk, "alphabet": alphabet, "profiles": profiles, "outfits": outfits, "stables": stables,
        **{name: lambda name=name: made(name) for name in MADE}}
CLASSES = {"sweetness": 0, "wealth": 0, "colours": 0, "leaves": 0, "turbine": 0, "anchors": 0, "rivers": 0, "lamp": 0, "parcels": 0,
           "meads": 0, "seasons": 2, "owners": 2, "junk": 2, "stables": 2, "rounds": 2, "juries": 2, "hearts": 3, "referrals": 3,
           "corridors": 3, "gestures": 4, "dominoes": 4, "outfits": 5, "bottles": 9, "profiles": 10, "alphabet": 26}
