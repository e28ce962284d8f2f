"""The tables of the twelfth set: real tables, pictures and a series of the folder of shared data, with other questions than the
sets before ask of them, and others made by rules. Real columns are scaled to mean 0 and deviation 1 by the training rows, but for
pictures, which are from 0 to 1; the rows are cut in training and validation rows, and test rows."""
import math
import random

from eighth_tables import cut, lines
from eleventh_tables import means, pictures


def infants():
    """Abalone: an infant or not, by seven measures and the rings; the classes overlap."""
    return cut([([float(v) for v in row[1:9]], int(row[0] == "I")) for row in lines("abalone.csv")[:2500]], 700, 500)


def alcohol():
    """Red wine: its alcohol by ten other measures, of which the density says most."""
    rows = [[float(v) for v in line[0].split(";")] for line in lines("winequality-red.csv", 1)]
    return cut([(row[:10], round((row[10] - 10.4) / 1.06, 4)) for row in rows], 800, 400)


def moisture():
    """Meats: the water by twenty channels of a spectrum, which are nearly the same; few rows."""
    return cut([([float(v) for v in row[2:100:5]], round((float(row[100]) - 63) / 9.9, 4)) for row in lines("meats.csv", 1)], 150, 65)


def tumours():
    """Breast cancer: malignant or not, by ten means."""
    return cut([([float(v) for v in row[:10]], int(row[30])) for row in lines("breast_cancer.csv", 1)], 360, 200)


def sexes():
    """Penguins: the sex, by four measures and the species; few rows."""
    return cut([([float(v) for v in row[2:6]] + [float(row[0] == "Gentoo"), float(row[0] == "Chinstrap")], int(row[6] == "male"))
                for row in lines("penguins.csv", 1) if "NA" not in row and "" not in row], 220, 110)


def meadows():
    """Satellite: six soils by the four bands of one point; some of them overlap."""
    names = {}
    rows = [([float(v) for v in row[16:20]], names.setdefault(row[36], len(names))) for row in lines("satellite.csv.gz", 1)]
    return cut(rows, 900, 500)


def vowels():
    """Letters: a vowel or a consonant, by sixteen measures of its picture."""
    return cut([([float(v) for v in row[:16]], int(row[16] in "AEIOUY")) for row in lines("letter-recognition.csv.gz", 1)[4000:9000]],
               1400, 600)


def flights():
    """Passengers of the next month by the twelve months before, as logarithms; few rows."""
    y = [(math.log(float(row[1])) - 5.54) / 0.44 for row in lines("airline-passengers.csv", 1) if len(row) > 1 and row[1]]
    return cut([(y[i:i + 12], round(y[i + 12], 4)) for i in range(len(y) - 12)], 90, 42)


def garments():
    """Fashion-MNIST: five kinds of what is worn above the knees, by 7 x 7 means; some are alike."""
    kinds = {0: 0, 2: 1, 3: 2, 4: 3, 6: 4}
    rows = [(means(p, 28, 4, 28), kinds[y]) for p, y in pictures("fashion-mnist", "train", 30000, 33200) if y in kinds]
    return rows[:1000], rows[1000:1500]


def curls():
    """MNIST: a three, a five or an eight, by 7 x 7 means."""
    kinds = {3: 0, 5: 1, 8: 2}
    rows = [(means(p, 28, 4, 28), kinds[y]) for p, y in pictures("mnist", "train", 40000, 45200) if y in kinds]
    return rows[:900], rows[900:1400]


# ---- made by rules: (rows for training and validation, for the test, the rule) ----

def crane(r):
    """A number: where a load hangs, of an angle, two lengths, a swing and two columns that do not matter."""
    x = [r.uniform(-1.7, 1.7) for _ in range(6)]
    y = (1.2 + 0.4 * x[1]) * math.sin(1.1 * x[0]) + (0.6 + 0.2 * x[2]) * math.cos(2 * x[3])
    return x, round(1.1 * (y - 0.1) + r.gauss(0, 0.06), 5)


def batteries(r):
    """A number with a long tail to the right, as times have: hours that a battery lasts."""
    x = [r.gauss(0, 1) for _ in range(5)]
    return x, round(0.55 * math.exp(0.6 * x[0] - 0.4 * x[1] + 0.3 * x[2] * (x[3] > 0) + r.gauss(0, 0.05)) - 0.8, 5)


def gauge(r):
    """A number of one column: a wave that becomes faster."""
    x = r.uniform(-1.7, 1.7)
    return [x], round(1.3 * math.sin(1.2 * (x + 1.9) ** 1.5) + r.gauss(0, 0.07), 5)


def calls(r):
    """How often a phone rings in an hour, mostly 0 to 4, of four columns; a large part of the variance is chance."""
    x, n, p = [r.gauss(0, 1) for _ in range(4)], 0, 1.0
    limit = math.exp(-math.exp(0.5 + 0.6 * x[0] - 0.4 * x[1] + 0.4 * math.sin(2 * x[2])))
    while (p := p * r.random()) > limit:
        n += 1
    return x, min(n, 20)


def orchard(r):
    """A number of fourteen columns; half of its variance is noise."""
    x = [r.gauss(0, 1) for _ in range(14)]
    return x, round(0.5 * x[0] - 0.4 * x[3] + 0.45 * max(x[5], x[6]) + 0.35 * x[8] * x[9] + r.gauss(0, 0.7), 5)


def sieve(r):
    """Two classes: inside or outside of an ellipsoid in five columns; two columns do not matter."""
    x = [r.gauss(0, 1) for _ in range(7)]
    return x, int(x[0] ** 2 + 0.7 * x[1] ** 2 + 0.5 * x[2] ** 2 + 1.2 * (x[3] - 0.5) ** 2 + 0.4 * x[4] ** 2 < 3.6)


def locks(r):
    """Two classes by rules over 24 columns of 0 and 1, of which most are 0."""
    x = [int(r.random() < (0.5 if k < 10 else 0.12)) for k in range(24)]
    score = 2 * (x[0] & x[1]) + 2 * (x[2] ^ x[3]) + x[4] - x[5] + 2 * (x[10] | x[11] | x[12]) - (x[6] & x[7])
    return x, int(score > 1)


def clinic(r):
    """Two classes that overlap, one of which has one row in five."""
    x = [r.gauss(0, 1) for _ in range(9)]
    return x, int(0.9 * x[0] + 0.7 * max(x[1], x[2]) + 0.5 * x[3] * (x[4] > 0) + r.gauss(0, 0.7) > 1.5)


def menus(r):
    """Five kitchens by the ingredients of a dish: 90 columns of 0 and 1, of which about eight are 1."""
    c = r.randrange(5)
    return [float(r.random() < (0.3 if k % 5 == c and k < 60 else 0.12 if k % 7 == c else 0.05)) for k in range(90)], c


def alarms(r):
    """Three classes of series of 36 steps: two short bells, one long one, or one that fades, at any place, with noise."""
    c, at = r.randrange(3), r.randrange(2, 20)

    def value(k):
        if k < at:
            return 0.0
        return (1.5 * (k - at in (0, 1, 2, 7, 8, 9)), 1.4 * (k - at < 10), 2.2 * 0.82 ** (k - at))[c]
    return [value(k) - 0.3 + r.gauss(0, 0.22) for k in range(36)], c


def tiles(r):
    """Eight classes in six columns, two clouds each; the numbers of the classes are names."""
    cloud = r.randrange(16)
    return [random.Random(12100 + 20 * cloud + k).gauss(0, 1.1) + r.gauss(0, 0.36) for k in range(6)], (3 * cloud) % 8


def islets(r):
    """Four classes: the sea and three islands with bays in two columns; a third column does not matter."""
    x = [r.uniform(-1.7, 1.7) for _ in range(3)]
    for k, (a, b) in enumerate(((-0.8, -0.7), (0.9, -0.3), (-0.2, 1.0))):
        if math.hypot(x[0] - a, x[1] - b) < 0.75 + 0.15 * math.sin(3 * math.atan2(x[1] - b, x[0] - a)):
            return x, k + 1
    return x, 0


def stamps2(r):
    """Three classes by rules over five columns of codes from 0 to 5, whose order means nothing."""
    x = [r.randrange(6) for _ in range(5)]
    return x, (int(x[0] in (0, 3, 4)) + int(x[1] in (1, 5)) * 2 + int(x[2] in (2, 4) and x[3] != 1)) % 3


MADE = {"crane": (900, 500, crane), "batteries": (800, 500, batteries), "gauge": (350, 400, gauge), "calls": (800, 500, calls),
        "orchard": (700, 500, orchard), "sieve": (1000, 500, sieve), "locks": (1000, 500, locks), "clinic": (800, 500, clinic),
        "menus": (1100, 500, menus), "alarms": (800, 500, alarms), "tiles": (1100, 500, tiles), "islets": (900, 500, islets),
        "stamps2": (1200, 500, stamps2)}


def made(name):
    """The rows of a table that is made by a rule."""
    training, test, rule = MADE[name]
    r = random.Random(f"{name} 12")
    rows = [rule(r) for _ in range(training + test)]
    return rows[:training], rows[training:]


READ = {"infants": infants, "alcohol": alcohol, "moisture": moisture, "tumours": tumours, "sexes": sexes, "meadows": meadows,
        "vowels": vowels, "flights": flights, "garments": garments, "curls": curls,
        **{name: lambda name=name: made(name) for name in MADE}}
CLASSES = {"alcohol": 0, "moisture": 0, "flights": 0, "crane": 0, "batteries": 0, "gauge": 0, "calls": 0, "orchard": 0,
           "infants": 2, "tumours": 2, "sexes": 2, "vowels": 2, "sieve": 2, "locks": 2, "clinic": 2, "curls": 3, "alarms": 3,
           "stamps2": 3, "islets": 4, "garments": 5, "menus": 5, "meadows": 6, "tiles": 8}
