"""The nets on which score.py measures plummet lr-find: a table, and the data that they learn.

A net is (name, data, layers, optimizer, loss, batch, epochs); % in the optimizer is the learning rate. Data are the
digits that are built in, MNIST and Fashion-MNIST (the first rows of each), and tables, which prepare() writes as numbers.
"""
import csv
import gzip
import math
import os

RELU = "activation=relu, kernel_initializer=he_normal"
ELU = "activation=elu, kernel_initializer=he_normal"


def dense(*widths, how=RELU):
    return [f"dense({w}, {how})" for w in widths]


def softmax(classes):
    return [f"dense({classes}, activation=softmax)"]


SIGMOID = ["dense(1, activation=sigmoid)"]
NUMBER = ["dense(1)"]
TABLE = ["normalization"]
DIGITS = ["rescaling(1/16)"]
PICTURE = ["flatten", "rescaling(1/255)"]
CLASSES = "sparse_categorical_crossentropy"

# The 20 nets that the rules were compared on.
NETS = [
    ("digits sgd", "digits", DIGITS + dense(256, 128) + softmax(10), "sgd(%)", CLASSES, 16, 10),
    ("digits adam", "digits", DIGITS + dense(256, 128) + softmax(10), "adam(%)", CLASSES, 16, 10),
    ("digits deep momentum", "digits", DIGITS + dense(*[50] * 6, how=ELU) + softmax(10), "sgd(%, momentum=0.9)", CLASSES,
     32, 10),
    ("digits tanh rmsprop", "digits", DIGITS + dense(100, 50, how="activation=tanh") + softmax(10), "rmsprop(%)", CLASSES,
     32, 10),
    ("fashion adam", "fashion_mnist", PICTURE + dense(300, 100, how=ELU) + softmax(10), "adam(%)", CLASSES, 32, 3),
    ("fashion sgd", "fashion_mnist", PICTURE + dense(100, 100, 100, how=ELU) + softmax(10), "sgd(%)", CLASSES, 32, 3),
    ("mnist momentum", "mnist", PICTURE + dense(100, 100) + softmax(10), "sgd(%, momentum=0.9)", CLASSES, 128, 5),
    ("mnist norm adamw", "mnist", PICTURE + [x for w in [100] * 4 for x in (f"dense({w}, use_bias=false)",
     "batch_normalization", "activation(relu)")] + softmax(10), "adamw(%)", CLASSES, 64, 3),
    ("iris adam", "iris", TABLE + dense(16) + softmax(3), "adam(%)", CLASSES, 16, 100),
    ("iris sgd", "iris", TABLE + dense(16, 16) + softmax(3), "sgd(%)", CLASSES, 16, 100),
    ("wine adam", "wine", TABLE + dense(32, 16) + softmax(3), "adam(%)", CLASSES, 16, 60),
    ("breast cancer momentum", "breast_cancer", TABLE + dense(32) + SIGMOID, "sgd(%, momentum=0.9)", "binary_crossentropy",
     32, 30),
    ("banknote adam", "banknote", TABLE + dense(16) + SIGMOID, "adam(%)", "binary_crossentropy", 32, 30),
    ("diabetes adam", "diabetes", TABLE + dense(32) + NUMBER, "adam(%)", "mse", 32, 80),
    ("concrete adam", "concrete", TABLE + dense(64, 64) + NUMBER, "adam(%)", "mse", 32, 60),
    ("concrete sgd", "concrete", TABLE + dense(64, 64) + NUMBER, "sgd(%)", "mae", 32, 60),
    ("abalone rmsprop", "abalone", TABLE + dense(32, 32) + NUMBER, "rmsprop(%)", "mse", 32, 12),
    ("ionosphere adamw", "ionosphere", dense(32, 32) + SIGMOID, "adamw(%)", "binary_crossentropy", 16, 50),
    ("sonar sgd", "sonar", TABLE + dense(32) + SIGMOID, "sgd(%)", "binary_crossentropy", 16, 80),
    ("housing adam", "california", TABLE + dense(50, 50) + NUMBER, "adam(%)", "mse", 64, 6),
]

# 10 nets that no rule was chosen by.
HELD_OUT = [
    ("spambase adam", "spambase", TABLE + dense(64) + SIGMOID, "adam(%)", "binary_crossentropy", 32, 8),
    ("housing sgd", "california", TABLE + dense(50, 50) + NUMBER, "sgd(%)", "huber", 64, 6),
    ("wheat nadam", "wheat", TABLE + dense(24) + softmax(3), "nadam(%)", CLASSES, 16, 80),
    ("wine quality sgd", "wine_quality", TABLE + dense(32, 32) + NUMBER, "sgd(%)", "mse", 32, 25),
    ("satellite momentum", "satellite", TABLE + dense(64, 64) + softmax(6), "sgd(%, momentum=0.9, nesterov=true)", CLASSES,
     32, 8),
    ("letters adam", "letters", TABLE + dense(100, 100) + softmax(26), "adam(%)", CLASSES, 64, 6),
    ("digits lion", "digits", DIGITS + dense(128) + softmax(10), "lion(%)", CLASSES, 32, 10),
    ("fashion rmsprop", "fashion_mnist", PICTURE + dense(128) + softmax(10), "rmsprop(%)", CLASSES, 32, 3),
    ("meats adam", "meats", TABLE + dense(50) + ["dense(3)"], "adam(%)", "mse", 16, 150),
    ("digits adagrad", "digits", DIGITS + dense(128, 64) + softmax(10), "adagrad(%)", CLASSES, 32, 10),
]

# name: (file, lines of head, delimiter, columns of targets from the end, columns to turn into numbers)
TABLES = {
    "iris": ("iris.csv", 1, ",", 1), "wine": ("wine_data.csv", 1, ",", 1), "breast_cancer": ("breast_cancer.csv", 1, ",", 1),
    "banknote": ("banknote_authentication.csv", 0, ",", 1), "diabetes": ("diabetes.csv", 1, ",", 1),
    "concrete": ("concrete.csv", 1, ",", 1), "abalone": ("abalone.csv", 0, ",", 1), "ionosphere": ("ionosphere.csv", 0, ",", 1),
    "sonar": ("sonar.csv", 0, ",", 1), "california": ("california-housing.csv", 1, ",", 1),
    "spambase": ("spambase.csv", 1, ",", 1), "wheat": ("wheat-seeds.csv", 0, ",", 1),
    "wine_quality": ("winequality-red.csv", 1, ";", 1), "satellite": ("satellite.csv.gz", 1, ",", 1),
    "letters": ("letter-recognition.csv.gz", 1, ",", 1), "meats": ("meats.csv", 1, ",", 3),
}
PICTURES = {"mnist": 30000, "fashion_mnist": 30000}  # rows


def is_number(cell):
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def as_numbers(rows):
    """Words become numbers from 0 in the order of the alphabet; a row with an empty cell goes."""
    rows = [r for r in rows if r and all(c.strip() for c in r)]
    for k in range(len(rows[0])):
        if all(is_number(r[k]) for r in rows):
            continue
        word = {w: i for i, w in enumerate(sorted({r[k] for r in rows}))}
        for r in rows:
            r[k] = str(word[r[k]])
    return rows


def adapted(name, rows):
    if name == "california":  # the price in units of 100,000, last
        return [r[:8] + r[9:] + [str(float(r[8]) / 1e5)] for r in rows]
    if name == "wheat":  # the classes are 1 to 3
        return [r[:-1] + [str(int(float(r[-1])) - 1)] for r in rows]
    return rows


def prepare(tables, folder, wanted):
    """Writes the tables of these nets as numbers into folder."""
    for name in sorted({net[1] for net in wanted} & set(TABLES)):
        file, head, delimiter, _ = TABLES[name]
        path = os.path.join(tables, file)
        opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path, newline="")
        with opened as f:
            rows = list(csv.reader(f, delimiter=delimiter))[head:]
        with open(os.path.join(folder, name + ".csv"), "w", newline="") as f:
            csv.writer(f).writerows(adapted(name, as_numbers(rows)))


def pipeline(net, folder):
    """The key data of a net."""
    _, data, _, _, _, batch, _ = net
    if data in TABLES:
        count = TABLES[data][3]
        target = "-1" if count == 1 else "[" + ", ".join(str(-i) for i in range(count, 0, -1)) + "]"
        path = os.path.join(folder, data + ".csv")
        data = f"csv('{path}', header=false, target={target})"
    elif data in PICTURES:
        data = f"{data} | take({PICTURES[data]})"
    return f"{data} | shuffle | batch({batch})"


def trivial_loss(net, folder):
    """The loss of the best constant answer: what a net that learned nothing reaches."""
    _, data, _, _, loss, _, _ = net
    if data not in TABLES:
        return math.log(10)
    count = TABLES[data][3]
    with open(os.path.join(folder, data + ".csv")) as f:
        rows = [[float(c) for c in r[-count:]] for r in csv.reader(f)]
    if "crossentropy" in loss:
        share = [sum(r[0] == k for r in rows) / len(rows) for k in sorted({r[0] for r in rows})]
        return -sum(p * math.log(p) for p in share)
    total = 0
    for k in range(count):
        y = sorted(r[k] for r in rows)
        mean, middle = sum(y) / len(y), y[len(y) // 2]
        total += sum((v - mean) ** 2 if loss == "mse" else abs(v - middle) if loss == "mae" else huber(v - mean) for v in y)
    return total / len(rows) / count


def huber(error):
    return error * error / 2 if abs(error) < 1 else abs(error) - 0.5
