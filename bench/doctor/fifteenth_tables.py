"""The tables of the fifteenth set: made by rules, as people have them: homes, alloys, doses, gauges of a river, textures, steps that a
phone measures, counts of words, quakes, rocks. Those of UNITS stay in their units, and their nets begin with a normalization; the
others are scaled to mean 0 and deviation 1, but for pictures, counts and codes."""
import math
import random

from eighth_tables import scaled


def draw(r, shares):
    """The number of a class, drawn by shares."""
    at, k = r.random() * sum(shares), 0
    while k + 1 < len(shares) and at >= shares[k]:
        at, k = at - shares[k], k + 1
    return k


def poisson(r, mean):
    """A count (Knuth)."""
    k, product, limit = 0, r.random(), math.exp(-mean)
    while product > limit:
        k, product = k + 1, product * r.random()
    return k


# ---- numbers ----

def flats(r):
    """The logarithm of a rent by square metres, rooms, floor, metres to a station, year, and one of six quarters."""
    size, quarter, year = math.exp(r.gauss(4.2, 0.4)), draw(r, (5, 4, 3, 3, 2, 1)), r.randrange(1905, 2024)
    rooms = max(1, round(size / 27 + r.gauss(0, 0.6)))
    way, floor = math.exp(r.gauss(6.2, 0.7)), poisson(r, 2.2)
    y = 0.85 * (math.log(size) - 4.2) / 0.4 + 0.35 * quarter - 0.3 * math.log(way / 490) * (quarter > 1) + \
        0.000035 * (year - 1968) ** 2 * (1 if year > 1968 else 0.6) - 0.06 * abs(rooms - size / 27) + 0.04 * floor
    return [round(size, 1), float(rooms), float(floor), round(way), float(year)] + [float(quarter == k) for k in range(6)], \
        round(y - 0.6 + r.gauss(0, 0.1), 4)


def alloy(r):
    """The hardness of a metal by five shares in percent, which make up 100, and the degrees of its tempering."""
    parts = [r.gammavariate(a, 1) for a in (16, 4, 3, 2, 1.5)]
    whole = sum(parts)
    share = [100 * v / whole for v in parts]
    heat = r.uniform(180, 650)
    peak = math.exp(-((heat - 380 - 6 * share[2]) / 110) ** 2)
    y = 0.05 * (share[1] - 14) + 1.7 * peak + 0.06 * share[3] * (1 - math.tanh((heat - 400) / 80)) - 0.06 * abs(share[4] - 3)
    return [round(v, 2) for v in share] + [round(heat)], round(y - 1.1 + r.gauss(0, 0.08), 4)


def dosage(r):
    """The logarithm of what is left of a dose in the blood: milligrams, kilograms, hours, age, and how well the kidneys work."""
    dose, weight, hours = r.choice((50, 100, 200, 400)), r.gauss(74, 13), r.uniform(0.5, 14)
    age, kidney = r.uniform(18, 88), max(0.15, r.gauss(1.0, 0.25))
    rate = 0.19 * kidney * (1 - 0.005 * (age - 40)) * (70 / weight) ** 0.25
    y = math.log(dose / weight) + math.log((math.exp(-rate * hours) - math.exp(-1.4 * hours)) + 0.02)
    return [float(dose), round(weight, 1), round(hours, 2), round(age), round(kidney, 2)], round(0.9 * (y - 0.1) + r.gauss(0, 0.06), 4)


def gauges():
    """The level of a river in three hours by ten levels and ten sums of rain before: it rises after rain, and falls slowly."""
    r, level, rain, levels, rains, rows = random.Random("gauges 15"), 0.5, 0.0, [], [], []
    for t in range(20000):
        rain = r.gammavariate(0.9, 1.2) if r.random() < (0.65 if rain > 0 else 0.07) else 0.0
        wet = sum(rains[-4:]) if t > 4 else 0.0
        level = 0.9 * level + 0.05 * wet * (0.4 + 0.6 * (level > 0.7)) + r.gauss(0, 0.012)
        levels.append(level)
        rains.append(rain)
    mean = sum(levels) / len(levels)
    size = math.sqrt(sum((v - mean) ** 2 for v in levels) / len(levels))
    for t in range(40, len(levels) - 3, 13):
        rows.append(([round((v - mean) / size, 4) for v in levels[t - 9:t + 1]] + [round(v, 3) for v in rains[t - 9:t + 1]],
                     round((levels[t + 3] - mean) / size, 4)))
    return rows[:1000], rows[1000:1500]


def sprints(r):
    """A number of eleven columns that go together in two groups; more than half of its variance is noise."""
    a, b = r.gauss(0, 1), r.gauss(0, 1)
    x = [0.7 * (a if k < 5 else b) + 0.7 * r.gauss(0, 1) for k in range(11)]
    return x, round(0.55 * x[0] + 0.5 * x[6] * (x[1] > 0) + 0.3 * abs(x[8]) + r.gauss(0, 0.85), 4)


def wax(r):
    """How long a candle burns, by three columns; few rows."""
    x = [r.uniform(-1.7, 1.7) for _ in range(3)]
    return x, round(math.tanh(1.2 * x[0]) + 0.5 * x[1] * x[2] + r.gauss(0, 0.1), 4)


# ---- classes ----

def stains(r):
    """Six textures of 9 x 9 greys from 0 to 1, in any place and brightness: lines across, down and aslant, checks, spots, none."""
    c, dy, dx, low, ink = r.randrange(6), r.randrange(4), r.randrange(4), r.uniform(0, 0.3), r.uniform(0.3, 0.65)
    marks = [lambda i, j: i % 4 < 2, lambda i, j: j % 4 < 2, lambda i, j: (i + j) % 4 < 2, lambda i, j: (i // 2 + j // 2) % 2 == 0,
             lambda i, j: i % 3 == 0 and j % 3 == 0, lambda i, j: False][c]
    return [round(max(0.0, min(1.0, low + ink * marks(i + dy, j + dx) + r.gauss(0, 0.12))), 3) for i in range(9) for j in range(9)], c


def gaits(r):
    """Walking, running, stairs, sitting or cycling, by 2 x 14 measures of a phone in units of gravity, from any time of a step."""
    c, at = r.randrange(5), r.uniform(0, 2 * math.pi)
    pace, up, side = ((0.55, 0.35, 0.2), (0.95, 1.1, 0.4), (0.5, 0.5, 0.5), (0.1, 0.04, 0.03), (0.8, 0.2, 0.6))[c]
    pace, size = pace * math.exp(r.gauss(0, 0.07)), math.exp(r.gauss(0, 0.2))
    noise = 0.05 + 0.1 * up
    return [round(1 + size * (up * math.sin(pace * k + at) + 0.3 * up * math.sin(2 * pace * k + 2 * at)) + r.gauss(0, noise), 3)
            for k in range(14)] + [round(size * side * math.cos(pace * k / 2 + at / 2) + r.gauss(0, noise), 3) for k in range(14)], c


def notices(r):
    """Two kinds of notices by the counts of 36 words, of which most are 0."""
    c, length = r.randrange(2), math.exp(r.gauss(0, 0.4))
    own = random.Random("notices")
    x = []
    for _ in range(36):
        seldom, lift = own.uniform(0.05, 0.6), own.choice((0, 0, 0, 1, -1)) * own.uniform(0.6, 1.6)
        x.append(float(poisson(r, length * seldom * math.exp(lift * (c - 0.5)))))
    return x, c


def quakes(r):
    """Felt or not, nearly one in four is: magnitude, kilometres of depth and distance, rock or soil, hour."""
    size, deep, far = 1.5 + r.expovariate(0.9), math.exp(r.gauss(2.5, 0.8)), math.exp(r.gauss(3.6, 0.9))
    soil, hour = float(r.random() < 0.4), r.randrange(24)
    shaken = 1.7 * size - 2.2 * math.log10(math.hypot(deep, far) + 1) * 1.6 + 0.9 * soil + 0.3 * (hour < 6)
    return [round(size, 2), round(deep, 1), round(far, 1), soil, float(hour)], int(shaken + r.gauss(0, 0.2) > 0.15)


def dialects(r):
    """Nine classes in fourteen columns, three clouds each, turned so that all columns go together."""
    c, cloud = r.randrange(9), r.randrange(3)
    own, turn = random.Random(f"dialect {c} {cloud}"), random.Random("dialects")
    z = [own.gauss(0, 1) + r.gauss(0, 0.4) for _ in range(14)]
    return [round(sum(turn.gauss(0, 1) * v for v in z) / 3.7, 4) for _ in range(14)], c


def boulders(r):
    """Eight kinds of rocks by seven oxides in percent and the density; some kinds are seldom."""
    c = draw(r, (6, 5, 4, 4, 3, 3, 2, 1))
    own = random.Random(f"boulders {c}")
    shares = [math.exp(own.gauss(0, 0.9) + base + r.gauss(0, 0.22)) for base in (4.1, 2.7, 2.0, 1.6, 1.6, 1.0, 0.2)]
    return [round(100 * v / sum(shares), 2) for v in shares] + [round(2.6 + own.gauss(0.1, 0.15) + r.gauss(0, 0.05), 3)], c


def eddies(r):
    """Three classes, the arms of a whirl in two columns; a third column does not matter."""
    c, t = r.randrange(3), r.uniform(0.35, 2.2)
    angle = 1.9 * t + 2 * math.pi * c / 3
    return [t * math.cos(angle) + r.gauss(0, 0.07), t * math.sin(angle) + r.gauss(0, 0.07), r.gauss(0, 1)], c


def sheets(r):
    """Four parties by fifteen answers from 1 to 5; the classes overlap much."""
    c = draw(r, (4, 3, 2, 2))
    own = random.Random(f"sheets {c}")
    return [float(max(1, min(5, round(3 + own.gauss(0, 0.5) + r.gauss(0, 1.2))))) for _ in range(15)], c


def tickets(r):
    """Four classes by rules over six columns of codes from 0 to 9."""
    x = [r.randrange(10) for _ in range(6)]
    return x, 2 * int(x[0] in (0, 3, 4, 8)) + int((x[1] in (1, 2, 7)) or (x[2] in (5, 9)))


def newts(r):
    """Two kinds by five measures; few rows."""
    c = r.randrange(2)
    return [r.gauss((0.8, -0.7, 0.5, 0.0, 0.9)[k] * (2 * c - 1), 0.8) for k in range(5)], c


# name: (rows for training and validation, for the test, the rule, classes)
MADE = {"flats": (1000, 500, flats, 0), "alloy": (900, 500, alloy, 0), "dosage": (800, 500, dosage, 0),
        "sprints": (700, 500, sprints, 0), "wax": (70, 300, wax, 0), "stains": (1300, 500, stains, 6),
        "gaits": (1100, 500, gaits, 5), "notices": (900, 500, notices, 2), "quakes": (1000, 500, quakes, 2),
        "dialects": (1500, 500, dialects, 9), "boulders": (1000, 500, boulders, 8), "eddies": (900, 500, eddies, 3),
        "sheets": (800, 500, sheets, 4), "tickets": (1300, 500, tickets, 4), "newts": (100, 300, newts, 2)}
UNITS = ["flats", "alloy", "dosage", "quakes", "boulders"]
AS_THEY_ARE = UNITS + ["stains", "gaits", "notices", "tickets"]


def made(name):
    """The rows of a table that is made by a rule."""
    training, test, rule, _ = MADE[name]
    r = random.Random(f"{name} 15")
    rows = [rule(r) for _ in range(training + test)]
    rows = rows if name in AS_THEY_ARE else scaled(rows, training)
    return rows[:training], rows[training:]


READ = {"gauges": gauges, **{name: lambda name=name: made(name) for name in MADE}}
CLASSES = {"gauges": 0, **{name: kind[3] for name, kind in MADE.items()}}
