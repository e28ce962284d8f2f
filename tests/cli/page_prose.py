"""Figures in sentences of the guide, and what they come from.

PROSE: the page, a pattern with a group for each figure, the seeds, and for each figure the field and the arguments of train,
as in page_figures.py, and seeds of its own if it has others. A field may begin with min, max or mean in place of the median.
CHAPTER: the page, a pattern, and for each figure the experiment and the value of its line "ours" in docs/CHAPTER.md:
"first" and "last" validation accuracy, or the words before another figure of that line.
DOCUMENTS: the page, a pattern, another document, and for each figure the pattern of the place where that has the same.
gains: figures that follow from formulas.
"""
import math

from page_figures import hidden

DIGITS = ["digits", "epochs=3", "keep=last"]
THREE = (1, 2, 3)


def fashion(*layers):
    """The same net as on 359 digits, on 2,000 pictures: 30 epochs, the test pictures."""
    return ["digits", "data=fashion_mnist | take(2000) | shuffle | batch(32)", "test=fashion_mnist(test)", "validation=none",
            "epochs=30", f"model=[flatten, rescaling(1/255), {', '.join(layers)}, dense(10, activation=softmax)]"]


PLAIN = fashion("2 * " + hidden())
NORM = fashion("2 * " + hidden(", kernel_constraint=max_norm(1)"))
DROPOUT = fashion("dropout(0.2), " + hidden(), "dropout(0.5), " + hidden(), "dropout(0.5)")
L2 = fashion("2 * " + hidden(", kernel_regularizer=l2(0.001)"))
LIMIT = ["examples/papers/dropout-max-norm.yaml", "define=limit = max_norm(2)"]
LABELS = ["pretrain", "examples/papers/pseudo-labels.yaml", "pseudo_labels=none", "epochs=90"]


def rate(optimizer):
    return [("suggestion", ["lr-find", "digits", "--try", f"optimizer={optimizer}"])]



PROSE = [
    ("/README", r"`plummet train examples/fashion-mnist\.yaml` \(validation accuracy about ([\d.]+);", (0,),
     [("val_accuracy", ["examples/fashion-mnist.yaml"])]),
    ("optimizers", r"`adam\(0\.003, lookahead_steps=5\)` has a loss of ([\d.]+) and accuracy ([\d.]+)", THREE,
     [("loss", [*DIGITS, "optimizer=adam(0.003, lookahead_steps=5)"]),
      ("test_accuracy", [*DIGITS, "optimizer=adam(0.003, lookahead_steps=5)"])]),
    ("optimizers", r"recommends ([\d.]+) for `sgd`, ([\d.]+) with momentum, ([\d.]+) for `adam` and `rmsprop`, ([\d.]+) for "
     r"`adagrad` and ([\d.]+) for `lion`", (0,),
     rate("sgd(0.01)") + rate("sgd(0.01, momentum=0.9)") + rate("adam") + rate("adagrad") + rate("lion")),
    ("optimizers", r"([\d.]+) for `adam` and `rmsprop`", (0,), rate("rmsprop")),
    ("papers", r"with max_norm\(2\) ([\d.]+) to ([\d.]+)\)", (1, 2, 3, 4, 5),
     [("min test_accuracy", LIMIT), ("max test_accuracy", LIMIT)]),
    ("papers", r"without pseudo-labels ([\d.]+), ([\d.]+), ([\d.]+), ([\d.]+), ([\d.]+)\)", (),
     [("test_accuracy", LABELS, (seed,)) for seed in (1, 2, 3, 4, 5)]),
    ("optimizers", r"`ftrl` is not for such nets: it does not leave ([\d.]+)", THREE, [("loss", [*DIGITS, "optimizer=ftrl"])]),
    ("dropout", r"\(30 epochs, rate 0.5\) the test loss falls from ([\d.]+) to \*\*([\d.]+)\*\*, and the accuracy rises from "
     r"([\d.]+) to ([\d.]+)\.", THREE,
     [("test_loss", PLAIN), ("test_loss", DROPOUT), ("test_accuracy", PLAIN), ("test_accuracy", DROPOUT)]),
    ("l1-l2", r"on 2,000 rows of Fashion-MNIST, too, accuracy stays at ([\d.]+) with", THREE, [("test_accuracy", L2)]),
    ("l1-l2", r"after two epochs of SGD: [\d.]+, and ([\d.]+) for the same net", THREE,
     [("val_accuracy", ["examples/chapter/hml3-167-l2.yaml",
                        "model=[input(28, 28), flatten, rescaling(1/255), 2 * dense(100, activation=relu, "
                        "kernel_initializer=he_normal), dense(10, activation=softmax, kernel_initializer=glorot_normal)]"])]),
    ("max-norm", r"lowers the test loss from ([\d.]+) to ([\d.]+), with an accuracy of ([\d.]+) against ([\d.]+):", THREE,
     [("test_loss", PLAIN), ("test_loss", NORM), ("test_accuracy", NORM), ("test_accuracy", PLAIN)]),
]

CHAPTER = [
    ("activations", r"validation accuracy: selu ([\d.]+) and ([\d.]+), relu ([\d.]+) in both",
     [("hml3-037-selu-100", "last"), ("hml2-048-selu-100", "last"), ("hml3-042-relu-100", "last")]),
    ("activations", r"relu ([\d.]+) in both", [("hml2-053-relu-100", "last")]),
    ("batch-normalization", r"validation accuracy ([\d.]+) after the first epoch against ([\d.]+) without, ([\d.]+) against "
     r"([\d.]+) after ten", [("hml2-061-after-activation", "first validation accuracy"), ("hml2-023-leaky-relu", "first"),
                             ("hml2-061-after-activation", "last"), ("hml2-023-leaky-relu", "last")]),
    ("optimizers", r"plain descent reaches after ten \(([\d.]+)\), Adagrad ends at ([\d.]+), all others between ([\d.]+) and "
     r"([\d.]+)\.", [("hml3-080-sgd", "last"), ("hml3-089-adagrad", "last"), ("hml3-083-momentum", "last"),
                     ("hml3-095-adam", "last")]),
    ("schedules", r"constant 0\.01 give ([\d.]+); 25 epochs ([\d.]+) with a rule for each epoch, and ([\d.]+) with",
     [("hml3-083-momentum", "last"), ("hml3-124-epoch-exponential", "last"), ("hml3-143-plateau", "last")]),
    ("dropout", r"test accuracy is ([\d.]+) as the mean of 100 samples and ([\d.]+) by one prediction",
     [("hml3-171-dropout", "Monte Carlo accuracy"), ("hml3-171-dropout", "test accuracy")]),
    ("dropout", r"one prediction gives ([\d.]+) for its class; the mean is ([\d.]+), with a deviation of ([\d.]+):",
     [("hml3-171-dropout", "one prediction"), ("hml3-171-dropout", "mean"), ("hml3-171-dropout", "deviation")]),
    ("l1-l2", r"after two epochs of SGD: ([\d.]+), and", [("hml3-167-l2", "last")]),
    ("transfer", r"median of three seeds: ([\d.]+) from scratch and ([\d.]+) on A; ([\d.]+) and ([\d.]+)\.",
     [("hml3-064-task-b", "test accuracy"), ("hml3-072-b-on-a", "test accuracy"), ("hml2-085-task-b", "test accuracy"),
      ("hml2-091-b-on-a", "test accuracy")]),
]

DOCUMENTS = [
    ("tables", r"airline-passengers ([\d.]+), ([\d.]+); daily-min-temperatures ([\d.]+), ([\d.]+); monthly-sunspots ([\d.]+), "
     r"([\d.]+) \(", "docs/TABLES.md",
     [start + step for start in (r"airline-passengers: [^|]*\| one step", r"daily-min-temperatures: [^|]*\| one step",
                                 r"monthly-sunspots: [^|]*\| one step")
      for step in (r" \| \**([\d.]+)", r" \| [*\d.]+ \| \**([\d.]+)")]),
    ("doctor", r"it found (\d+) of (\d+) faulty trainings \((\d+) %\), named the right first cause for (\d+) \((\d+) %\), and "
     r"warned of (\d+) of (\d+) healthy ones", "bench/doctor/RESULTS.md",
     [r"faulty runs found +(\d+) of", r"faulty runs found +\d+ of +(\d+)", None, r"first root right +(\d+) of", None,
      r"healthy runs with a warning or error +(\d+) of", r"healthy runs with a warning or error +\d+ of +(\d+)"]),
]


def gelu(x):
    return x * 0.5 * (1 + math.erf(x / math.sqrt(2)))


def silu(x):
    return x / (1 + math.exp(-x))


def mish(x):
    return x * math.tanh(math.log1p(math.exp(x)))


def expectation(of):
    """The mean of a function of a standard normal number."""
    points = [-8 + 16 * (i + 0.5) / 2000 for i in range(2000)]
    return sum(math.exp(-z * z / 2) * of(z) for z in points) * 16 / 2000 / math.sqrt(2 * math.pi)


def variance_map(f, q):
    """E[f(z sqrt(q))^2], its derivative by q, and E[f'(z sqrt(q))^2]."""
    def square(v):
        return expectation(lambda z: f(z * math.sqrt(v)) ** 2)

    slope = expectation(lambda z: ((f(z * math.sqrt(q) + 1e-4) - f(z * math.sqrt(q) - 1e-4)) / 2e-4) ** 2)
    return square(q), (square(q * 1.0001) - square(q * 0.9999)) / (0.0002 * q), slope


def gains():
    """[(page, pattern, figures)] of initializers.md: gains of activations and what they do to variances."""
    own, to = variance_map(gelu, 1)[:2]
    square, farther, slope = variance_map(gelu, 10)
    tanh = 1 / expectation(lambda z: math.tanh(z) ** 2)
    others = [variance_map(f, 1) for f in (silu, mish)]
    return [
        ("initializers", r"and ([\d.]+) for tanh", [tanh]),
        ("initializers", r"gelu's own gain, ([\d.]+), keeps q = 1: what lies above 1 is ([\d.]+) times", [1 / own, to / own]),
        ("initializers", r"For silu the factor is ([\d.]+), for mish ([\d.]+)\.", [one[1] / one[0] for one in others]),
        ("initializers", r"for gelu g = ([\d.]+) and b = ([\d.]+) keep q = 10", [1 / slope, 10 - square / slope]),
        ("initializers", r"becomes smaller, ([\d.]+) times", [farther / slope])]
