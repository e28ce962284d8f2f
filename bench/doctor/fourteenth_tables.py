"""The tables of the fourteenth set: all are made by rules, and look like what people have: columns in their units, skewed and tied to
each other, words as columns of 0 and 1, pictures, spectra and series. Those of UNITS stay in their units, and their nets begin with
a normalization; the others are scaled to mean 0 and deviation 1, but for pictures and codes."""
import math
import random

from eighth_tables import scaled


def bounded(v, low, high):
    return max(low, min(high, v))


# ---- numbers ----

def kiln(r):
    """The strength of bricks by the fire (degrees, hours), moisture, the share of clay and the size of grains in micrometres."""
    heat = r.uniform(930, 1290)
    hours = bounded(4 + (heat - 930) / 60 + r.gauss(0, 1.6), 3, 13)
    wet, clay, grain = 2 + r.gammavariate(2, 1.1), r.betavariate(6, 7), math.exp(r.gauss(3.5, 0.6))
    y = 1.4 * math.tanh((heat - 1090) / 70 + (hours - 7) / 4) - 0.45 * abs(math.log(grain / 30)) + 3 * (clay - 0.46) - 0.1 * wet
    return [round(heat), round(hours, 1), round(wet, 2), round(clay, 3), round(grain, 1)], round(y + 0.5 + r.gauss(0, 0.1), 4)


def freight(r):
    """The days a parcel takes, by kilometres, kilograms, stops, express or not, and its day of the week as five columns."""
    km, kg, stops = math.exp(r.gauss(5.2, 0.9)), math.exp(r.gauss(1.6, 1.0)), int(r.expovariate(0.5))
    express, day = float(r.random() < 0.35), r.randrange(5)
    y = 0.7 * math.log(km) + 0.22 * min(stops, 6) - 0.9 * express * (km > 120) + 0.6 * (day == 4) + 0.15 * math.log(kg + 1)
    return [round(km, 1), round(kg, 2), float(stops), express] + [float(day == k) for k in range(5)], \
        round(y - 3.8 + r.gauss(0, 0.12), 4)


def solar(r):
    """Kilowatts of a roof: sun in watts, degrees, tilt, dust, and the hour; it stops at what the inverter can do."""
    hour, tilt, dust = r.uniform(6, 20), r.uniform(5, 60), r.betavariate(1.5, 8)
    sun = max(0.0, 1000 * math.sin(math.pi * (hour - 6) / 14)) * r.betavariate(4, 1.6)
    heat = 8 + 0.018 * sun + r.gauss(0, 5)
    y = min(5.2 * sun / 800 * math.cos(math.radians(tilt - 30)) * (1 - dust) * (1 - 0.005 * (heat - 20)), 4.2)
    return [round(sun, 1), round(heat, 1), round(tilt, 1), round(dust, 3), round(hour, 2)], \
        round((y - 2.3) / 1.3 + r.gauss(0, 0.05), 4)


def bread(r):
    """How high a loaf rises, by four columns; few rows."""
    x = [r.gauss(0, 1) for _ in range(4)]
    return x, round(0.9 * x[0] - 0.6 * x[1] ** 2 + 0.6 + 0.4 * x[2] + r.gauss(0, 0.15), 4)


def yields(r):
    """A number of nine columns that go together; half of its variance is noise."""
    common = r.gauss(0, 1)
    x = [0.6 * common + 0.8 * r.gauss(0, 1) for _ in range(9)]
    return x, round(0.6 * x[0] + 0.5 * max(x[1], 0) - 0.4 * x[2] * (x[3] > 0) + r.gauss(0, 0.75), 4)


def trams():
    """Passengers of the next hour by the eighteen before: a day of twelve hours, a week, and what stays of the hour before."""
    r, rows, series, stays = random.Random("trams 14"), [], [], 0.0
    for t in range(1500):
        stays = 0.6 * stays + r.gauss(0, 0.2)
        series.append(math.sin(2 * math.pi * t / 12) * (1.2 + 0.5 * math.sin(2 * math.pi * t / 84)) + 0.5 * (t % 12 == 2) + stays)
    for t in range(18, len(series)):
        rows.append(([round(v, 4) for v in series[t - 18:t]], round(series[t], 4)))
    return rows[:900], rows[900:]


# ---- classes ----

def credits(r):
    """Paid back or not: income, debt, age, months, home or not, and the purpose as four columns; the classes overlap."""
    age, home, purpose = bounded(r.gauss(42, 12), 19, 80), float(r.random() < 0.55), r.randrange(4)
    income = math.exp(r.gauss(7.7 + 0.2 * home, 0.45))
    debt, months = income * r.gammavariate(1.2, 2.0), r.choice((6, 12, 24, 36, 48, 60))
    score = 0.9 * math.log(debt / income + 0.1) - 0.8 * home + 0.03 * months + 0.7 * (purpose == 3) - 0.02 * (age - 40)
    return [round(income), round(debt), round(age), float(months), home] + [float(purpose == k) for k in range(4)], \
        int(score + r.gauss(0, 0.9) > 1.3)


def sluices(r):
    """Open or shut, by two levels whose difference turns with a third; a fourth column is noise."""
    x = [r.uniform(-1.7, 1.7) for _ in range(3)]
    return x + [r.gauss(0, 1)], int((x[0] - x[1]) * (1 if x[2] > 0 else -1) > r.gauss(0, 0.1))


def grains(r):
    """Three kinds of grain by seven measures in millimetres and grams, which go together."""
    c = r.randrange(3)
    length = (5.6, 6.1, 5.2)[c] + r.gauss(0, 0.25)
    width = length * ((0.56, 0.53, 0.50)[c] + r.gauss(0, 0.012))
    area = 0.785 * length * width * (1 + r.gauss(0, 0.01))
    edge = math.pi * (length + width) / 2 * (1 + r.gauss(0, 0.01))
    return [round(v, 3) for v in (area, edge, 12.57 * area / edge ** 2, length, width, 2 + (0.4, 1.4, 2.2)[c] + r.gauss(0, 0.8),
                                  length * (0.93, 0.96, 0.9)[c] + r.gauss(0, 0.08))], c


def moths(r):
    """Three kinds of moths by four measures; few rows."""
    c = r.randrange(3)
    return [r.gauss((-1.2, 0.1, 1.1)[c] * (1, 0.8, -0.6, 0.3)[k], 0.5) for k in range(4)], c


def bearings(r):
    """A pump that is sound, bent, worn or short of water, by 24 levels of its sound in decibels, at any loudness."""
    c, loud = r.randrange(4), r.gauss(0, 5)
    at, step = r.randrange(2, 7), r.randrange(3, 6)
    lift = [11 * math.exp(-(k - at) ** 2 / 2) if c == 1 else 9 * (k > 6 and (k + at) % step == 0) if c == 2 else
            7 * math.exp(-(k - 19) ** 2 / 18) if c == 3 else 0 for k in range(24)]
    return [round(-28 - 0.9 * k + loud + lift[k] + r.gauss(0, 2.2), 1) for k in range(24)], c


ROW = range(8)
SHAPES = [lambda i, j: i == abs(j - 3), lambda i, j: i == 4 - abs(j - 3), lambda i, j: j == abs(i - 3),
          lambda i, j: j == 4 - abs(i - 3), lambda i, j: i in (1, 5) and 1 <= j <= 5 or j in (1, 5) and 1 <= i <= 5,
          lambda i, j: i == 3 or j == 3, lambda i, j: i == j]


def signs(r):
    """Seven signs in pictures of 8 x 8 from 0 to 1, each in any place, with grey dirt: four arrows, a frame, a cross, a line."""
    c, dy, dx, ink = r.randrange(7), r.randrange(-1, 2), r.randrange(-1, 2), r.uniform(0.55, 1)
    return [round(bounded(ink * bool(0 <= i - dy < 7 and 0 <= j - dx < 7 and SHAPES[c](i - dy, j - dx)) +
                          abs(r.gauss(0, 0.16)), 0, 1), 3) for i in ROW for j in ROW], c


def sleep(r):
    """Five stages of sleep by twelve levels of bands, which go together within a stage and a person."""
    c, person = r.randrange(5), r.gauss(0, 0.5)
    own = random.Random(f"sleep {c}")
    return [round(own.gauss(0, 1) + person * (1 - k / 11) + r.gauss(0, 0.75), 4) for k in range(12)], c


def tablets(r):
    """Six kinds of pills by their colour (0 to 255), weight in milligrams, width in millimetres, and a notch or none."""
    c = r.randrange(6)
    light = bounded(r.gauss(0.85, 0.08), 0.5, 1)
    colour = ((235, 235, 230), (230, 180, 170), (240, 225, 150), (235, 235, 230), (160, 190, 225), (240, 225, 150))[c]
    weight = (310, 240, 500, 480, 150, 260)[c] * math.exp(r.gauss(0, 0.13))
    return [float(int(bounded(v * light + r.gauss(0, 7), 0, 255))) for v in colour] + \
        [round(weight, 1), round(2.1 * weight ** 0.28 + r.gauss(0, 0.4), 2), float(r.random() < (0.8, 0.1, 0.7, 0.3, 0.1, 0.2)[c])], c


def phones(r):
    """Twelve sounds, each said in two ways, by thirteen numbers that go together."""
    c, way = r.randrange(12), r.randrange(2)
    own, mixed = random.Random(f"phone {c} {way}"), random.Random("phones")
    z = [own.gauss(0, 1) + r.gauss(0, 0.45) for _ in range(13)]
    return [round(v + 0.5 * mixed.gauss(0, 1) * z[(k + 3) % 13], 4) for k, v in enumerate(z)], c


def recipes(r):
    """Three classes by rules over five columns of codes from 0 to 7."""
    x = [r.randrange(8) for _ in range(5)]
    return x, (int(x[0] in (1, 4, 6)) + int(x[1] in (0, 3, 5, 7)) + int(x[2] == 2 or x[3] in (6, 7))) % 3


# name: (rows for training and validation, for the test, the rule, classes)
MADE = {"kiln": (900, 500, kiln, 0), "freight": (1000, 500, freight, 0), "solar": (900, 500, solar, 0), "bread": (90, 300, bread, 0),
        "yields": (700, 500, yields, 0), "credits": (800, 500, credits, 2), "sluices": (1000, 500, sluices, 2),
        "grains": (700, 500, grains, 3), "moths": (80, 300, moths, 3), "bearings": (900, 500, bearings, 4),
        "signs": (1200, 500, signs, 7), "sleep": (900, 500, sleep, 5), "tablets": (900, 500, tablets, 6),
        "phones": (1500, 500, phones, 12), "recipes": (1300, 500, recipes, 3)}
UNITS = ["kiln", "freight", "solar", "credits", "grains", "bearings", "tablets"]
AS_THEY_ARE = UNITS + ["signs", "recipes"]


def made(name):
    """The rows of a table that is made by a rule."""
    training, test, rule, _ = MADE[name]
    r = random.Random(f"{name} 14")
    rows = [rule(r) for _ in range(training + test)]
    rows = rows if name in AS_THEY_ARE else scaled(rows, training)
    return rows[:training], rows[training:]


READ = {"trams": trams, **{name: lambda name=name: made(name) for name in MADE}}
CLASSES = {"trams": 0, **{name: kind[3] for name, kind in MADE.items()}}
