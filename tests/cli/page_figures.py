"""Figures of the guide's tables, and the runs on the built-in digits that they come from.

A row: the page, how the line of its table begins, the cells to compare, as {"column.number in the cell": field of the last
line of `plummet train --json`, or size of weights (WEIGHTS)}, the seeds whose median is printed, and the arguments of train.
The words "diverges" and "not finite" in a cell stand for runs that fail. The runs find the files that `write_files` makes.
"""
import gzip
import os
import re
import subprocess


def net(layers):
    return f"model=[input(64), rescaling(1/16), {layers}, dense(10, activation=softmax)]"


def write_files(root):
    """The tables and run files that runs need, in this folder: those that the pages make, made by the same commands."""
    with open(os.path.join(root, "docs/guide/scaling.md"), encoding="utf-8") as page:
        make = re.search(r"```sh\n(awk .*?)```", page.read(), re.S).group(1)
    subprocess.run(["sh", "-e", "-c", make], check=True)
    with gzip.open(os.path.join(root, "src/data/digits.csv.gz"), "rt") as digits, open("eights.csv", "w") as eights:
        for line in digits:
            cells = line.split(",")
            eights.write(",".join(cells[:64] + [str(int(int(cells[64]) == 8))]) + "\n")
    for blocks in (10, 20):
        for normalized in (False, True):
            for add in (False, True):
                with open(deep(blocks, normalized, add), "w") as file:
                    file.write("\n".join(deep_lines(blocks, normalized, add)) + "\n")


def deep(blocks, normalized, add):
    """The name of the run file of a net of skip-connections.md."""
    return f"deep-{blocks}-{int(normalized)}-{int(add)}.yaml"


def deep_lines(blocks, normalized, add):
    lines = ["data: digits | shuffle | batch(16)", "test: split(0.2, shuffle=true)", "epochs: 10", "model:", "  - rescaling(1/16)",
             "  - dense(64, kernel_initializer=he_normal, name=sum0)"]
    for i in range(1, blocks + 1):
        for half in "ab":
            lines += ["  - batch_normalization"] * normalized
            lines += ["  - activation(relu)", f"  - dense(64, kernel_initializer=he_normal, name={half}{i})"]
        lines += [f"  - add(name=sum{i}) <- sum{i - 1} b{i}"] * add
    return lines + ["  - dense(10, activation=softmax)"]


TWENTY = ["examples/twenty-layers.yaml"]
THREE = (1, 2, 3)
FIVE = (1, 2, 3, 4, 5)
ROWS = []


def add(page, start, cells, seeds, *words):
    ROWS.append((page, start, cells, seeds, list(words)))


# ---- twenty layers ----

for function, initializer, rate in (("sigmoid", "glorot_uniform", "0.1"), ("relu", "he_normal", "0.1"),
                                    ("relu", "he_normal", "0.01"), ("relu", "random_normal(stddev=1)", "0.01")):
    begin = f"| {function}, `{initializer}` | {rate} |"
    add("batch-normalization", begin, {"3.0": "test_accuracy"}, THREE, *TWENTY, f"optimizer=sgd({rate})",
        net(f"20 * dense(100, activation={function}, kernel_initializer={initializer})"))
    add("batch-normalization", begin, {"4.0": "test_accuracy"}, THREE, *TWENTY, f"optimizer=sgd({rate})",
        net(f"20 * dense(100, use_bias=false, kernel_initializer={initializer}) | batch_normalization | activation({function})"))

for optimizer in ("sgd(0.3)", "sgd(0.3, clipvalue=1)", "sgd(0.3, clipnorm=1)", "sgd(0.3, clipvalue=0.01)",
                  "sgd(0.3, global_clipnorm=1)"):
    for seed in THREE:
        add("gradient-clipping", f"| `{optimizer}` |", {f"{seed + 1}.0": "test_accuracy"}, (seed,), *TWENTY,
            f"optimizer={optimizer}", net("20 * dense(100, activation=relu, kernel_initializer=he_normal)"))

for function, initializer in (("sigmoid", "glorot_uniform"), ("tanh", "glorot_uniform"), ("relu", "he_normal"),
                              ("leaky_relu", "he_normal"), ("elu", "he_normal"), ("selu", "lecun_normal"), ("gelu", "he_normal")):
    add("activations", f"| {function} | `{initializer}` |", {"7.0": "test_accuracy"}, THREE, *TWENTY,
        net(f"20 * dense(100, activation={function}, kernel_initializer={initializer})"))

for function, initializer in (("tanh", "glorot_uniform"), ("tanh", "random_normal(stddev=1)"), ("relu", "he_normal"),
                              ("relu", "glorot_uniform"), ("relu", "random_uniform"), ("relu", "random_normal(stddev=1)"),
                              ("selu", "lecun_normal")):
    add("initializers", f"| {function} | `{initializer}` |", {"4.0": "test_accuracy"}, THREE, *TWENTY,
        net(f"20 * dense(100, activation={function}, kernel_initializer={initializer})"))

for function, scale, deviation in (("gelu", 1.956, 0.57), ("silu", 1.968, 0.93), ("mish", 1.949, 0.45)):
    for depth, column in ((20, 2), (50, 3)):
        own = f"variance_scaling(activation={function})"
        biases = f"random_normal(stddev={deviation})"
        for begin, words in ((f"| {function}, `he_normal` |", "kernel_initializer=he_normal"),
                             (f"| {function}, `{own}` |", f"kernel_initializer={own}"),
                             (f"| {function}, `variance_scaling({scale})`, of biases `{biases}` |",
                              f"kernel_initializer=variance_scaling({scale}), bias_initializer={biases}")):
            if function != "mish" or own not in begin:
                add("initializers", begin, {f"{column}.0": "test_accuracy"}, THREE, *TWENTY,
                    net(f"{depth} * dense(100, activation={function}, {words})"))

# ---- optimizers and schedules ----

for column, optimizers in ((1, ("sgd(0.01)", "sgd(0.01, momentum=0.9)", "adagrad(0.01)", "rmsprop", "adafactor(0.02)",
                                "schedule_free_adamw", "lamb(0.01)")),
                           (5, ("adam", "adamw", "nadam", "adamax", "adadelta(1)", "lion(3e-4)", "muon(0.003)", "adam(0.003)"))):
    for optimizer in optimizers:
        add("optimizers", (column, f"`{optimizer}`"), {f"{column + 1}.0": "test_accuracy", f"{column + 2}.0": "loss"}, THREE,
            "digits", "epochs=3", "keep=last", f"optimizer={optimizer}")
add("optimizers", "| the same with `nesterov=true` |", {"2.0": "test_accuracy", "3.0": "loss"}, THREE, "digits", "epochs=3",
    "keep=last", "optimizer=sgd(0.01, momentum=0.9, nesterov=true)")
for optimizer in ("sgd(0.1)", "sgd(0.2)", "sgd(exponential_decay(0.2, 400, 0.1))", "sgd(cosine_decay(0.2, 810))",
                  "sgd(one_cycle(0.4, steps=810))"):
    add("schedules", f"| `{optimizer}`", {"2.0": "loss", "3.0": "test_accuracy"}, THREE, "digits", "epochs=10", "keep=last",
        f"optimizer={optimizer}")

# ---- leaks: median and range of five seeds; nets to begin with ----

for function in ("relu", "leaky_relu(0.01)", "leaky_relu(0.2)", "prelu", "random_leaky_relu"):
    cells = {".0": "test_accuracy", ".1": "min test_accuracy", ".2": "max test_accuracy"}
    words = ["examples/leaky.yaml", f"define=slope = {function}"]
    add("activations", f"| `{function}` | 0", {"2" + place: field for place, field in cells.items()}, FIVE, *words)
    add("activations", f"| `{function}` | 0", {"3" + place: field for place, field in cells.items()}, FIVE, *words,
        "data=fashion_mnist | take(12000) | shuffle | batch(32)", "test=fashion_mnist(test)", "epochs=5",
        "optimizer=sgd(cosine_decay(0.05, 1875))", "model=[flatten, rescaling(1/255), "
        "4 * dense(100, kernel_initializer=he_normal) | slope, dense(10, activation=softmax)]")
for begin, words in (
        ("| sigmoid, Glorot's initializer, `sgd(0.01)`", [
            "begin/default.yaml", "optimizer=sgd(0.01)", "model=[flatten, dense(200, activation=sigmoid), "
            "dense(100, activation=sigmoid), dense(50, activation=sigmoid), dense(10, activation=softmax)]"]),
        ("| `default.yaml` without batch normalization |", [
            "begin/default.yaml", "model=[flatten, dense(200, activation=relu, kernel_initializer=he_normal), "
            "dense(100, activation=relu, kernel_initializer=he_normal), dense(50, activation=relu, "
            "kernel_initializer=he_normal), dense(10, activation=softmax)]"]),
        ("| `selu.yaml` |", ["begin/selu.yaml"]), ("| `default.yaml` |", ["begin/default.yaml"]),
        ("| `default.yaml` with `adam(one_cycle(0.002, 5630))` |", [
            "begin/default.yaml", "optimizer=adam(one_cycle(0.002, 5630))"])):
    for seed in THREE:
        add("begin", begin, {f"2.{seed - 1}": "test_accuracy"}, (seed,), "examples/" + words[0], *words[1:])

# ---- few rows ----


def few(rows, epochs, first, more="", validation="none"):
    part = {359: "0.8", 89: "0.95"}[rows]
    return ["digits", f"test=split({part}, shuffle=true)", f"validation={validation}", f"epochs={epochs}",
            f"model=[rescaling(1/16), {first}, {more}dense(10, activation=softmax)]"]


def hidden(words=""):
    return f"dense(300, activation=relu, kernel_initializer=he_normal{words})"


for rows, epochs, rate in ((359, 60, "0.2"), (89, 100, "0.5")):
    add("dropout", f"| {rows} |", {"2.0": "test_loss", "2.1": "test_accuracy"}, THREE, *few(rows, epochs, "2 * " + hidden()))
    add("dropout", f"| {rows} |", {"3.0": "test_loss", "3.1": "test_accuracy"}, THREE,
        *few(rows, epochs, f"dropout(0.2), {hidden()}, dropout({rate}), {hidden()}", f"dropout({rate}), "))
for begin, words in (("| none |", ""), ("| `l2(0.001)` |", "l2(0.001)"), ("| `l1(0.0003)` |", "l1(0.0003)"),
                     ("| `l2(0.01)` |", "l2(0.01)")):
    add("l1-l2", begin, {"4.0": "accuracy", "5.0": "test_accuracy"}, THREE,
        *few(359, 60, "2 * " + hidden(words and f", kernel_regularizer={words}")))
for begin, words in (("| none |", ""), ("| `max_norm(2)` |", "max_norm(2)"), ("| `max_norm(1)` |", "max_norm(1)"),
                     ("| `max_norm(0.5)` |", "max_norm(0.5)")):
    constrained = "2 * " + hidden(words and f", kernel_constraint={words}")
    add("max-norm", begin, {"2.0": "test_accuracy"}, THREE, *few(359, 60, constrained))
    if words != "max_norm(0.5)":
        add("max-norm", begin, {"3.0": "test_accuracy"}, THREE, *few(89, 100, constrained))
STOP = "observers=early_stopping(patience=10, restore_best_weights=true)"
for begin, words in (("| `epochs: 200`, `keep: last` |", ["keep=last"]),
                     ("| `early_stopping(patience=10, restore_best_weights=true)` |", [STOP])):
    add("early-stopping", begin, {"2.0": "epochs", "3.0": "test_loss", "4.0": "test_accuracy"}, THREE,
        *few(359, 200, "2 * " + hidden(), validation="split(0.2, shuffle=true)"), *words)
for smoothing in ("0", "0.1", "0.2"):
    add("label-smoothing", f"| {smoothing} |", {"2.0": "test_accuracy", "3.0": "test_categorical_crossentropy"}, FIVE,
        *few(359, 100, "2 * " + hidden()), "data=digits | one_hot | shuffle | batch(32)",
        f"loss=categorical_crossentropy(label_smoothing={smoothing})", "metrics=accuracy, categorical_crossentropy")
for data in ("one_hot", "one_hot | mixup(0.2)", "one_hot | mixup(1)", "label_noise(0.3) | one_hot",
             "label_noise(0.3) | one_hot | mixup(1)"):
    cells = {"2.0": "test_accuracy", "3.0": "test_categorical_crossentropy", "4.0": "accuracy"}
    add("label-smoothing", "| `" + data.replace("|", "\\|") + "` |", cells, FIVE,
        *few(359, 100, "2 * " + hidden()), f"data=digits | {data} | shuffle | batch(32)", "loss=categorical_crossentropy",
        "metrics=accuracy, categorical_crossentropy")
for begin, words in (("| no `class_weight` |", []), ("| `class_weight: [1, 9]` |", ["class_weight=1,9"])):
    cells = {"2.0": "test_accuracy", "3.0": "test_precision", "4.0": "test_recall", "5.0": "test_auc"}
    add("class-weights", begin, cells, FIVE, "digits", "data=csv('eights.csv') | shuffle | batch(32)",
        "test=split(0.5, shuffle=true)", "validation=none", "epochs=30", "loss=binary_crossentropy",
        "metrics=accuracy, precision, recall, auc", "model=[rescaling(1/16), dense(1, activation=sigmoid)]", *words)

# ---- scales and depth ----

ROBUST = "normalization(method=robust) | smooth_clip"
for inputs, begin in (("normalization", "| `normalization` |"), (ROBUST, "| `normalization(method=robust)`, `smooth_clip` |")):
    for last, end in (("dense(1)", " `dense(1)` |"), ("dense(1) | normalization(invert=true)", " and `normalization(invert=true)` |")):
        for column, optimizer in ((3, "adam(0.01)"), (4, "sgd(0.05, momentum=0.9)")):
            add("scaling", begin + end, {f"{column}.0": "test_mae"}, THREE, "flats.yaml",
                f"model={inputs} | dense(32, activation=relu) | {last}", f"optimizer={optimizer}")
for blocks, normalized, optimizer in ((10, False, "sgd(0.01)"), (10, False, "adam(1e-3)"), (20, False, "adam(1e-3)"),
                                      (20, False, "sgd(0.003)"), (20, True, "adam(1e-3)"), (20, True, "sgd(0.01)")):
    for column, joined in ((4, False), (5, True)):
        begin = f"| {2 * blocks} | {'batch normalization ' if normalized else ''}| `{optimizer}` |"
        add("skip-connections", begin, {f"{column}.0": "test_accuracy"}, THREE, deep(blocks, normalized, joined),
            f"optimizer={optimizer}")

# ---- sizes of weights, of the run of seed 1 ----

for begin, words in (("| none |", ""), ("| `l2(0.001)` |", "l2(0.001)"), ("| `l1(0.0003)` |", "l1(0.0003)")):
    add("l1-l2", begin, {"2.0": "size of dense_1/kernel", "3.0": "percent below 0.001 of dense_1/kernel"}, (1,),
        *few(359, 60, "2 * " + hidden(words and f", kernel_regularizer={words}")))
for begin, words in (("| none |", ""), ("| `max_norm(1)` |", "max_norm(1)")):
    add("max-norm", begin, {"4.0": "largest of dense/kernel"}, (1,),
        *few(359, 60, "2 * " + hidden(words and f", kernel_constraint={words}")))

# ---- 200 labelled pictures and 10,000 without labels ----

PRETRAINED = "examples/pretraining/few-labels.yaml"
HE = ", kernel_initializer=he_normal"
for begin, widths, function, noise in (("| 300-100 sigmoid |", (300, 100), "sigmoid", "dropout(0.5)"),
                                       ("| the same, no noise |", (300, 100), "sigmoid", None),
                                       ("| 300-100 relu |", (300, 100), "relu" + HE, "dropout(0.5)"),
                                       ("| 5 x 100 sigmoid |", (100,) * 5, "sigmoid", "dropout(0.3)"),
                                       ("| 5 x 100 relu |", (100,) * 5, "relu" + HE, "dropout(0.3)")):
    layers = ", ".join(f"dense({width}, activation={function})" for width in widths)
    words = [PRETRAINED, f"model=[flatten, rescaling(1/255), {layers}, dense(10, activation=softmax)]",
             "unlabelled=fashion_mnist | take(10000) | shuffle | batch(100)"]
    if noise:
        add("pretraining", begin, {"2.0": "test_accuracy"}, THREE, *words)
    add("pretraining", begin, {"3.0": "test_accuracy"}, THREE, "pretrain", *words,
        f"pretraining=autoencoder(5{', noise=' + noise if noise else ''})")
    if widths == (300, 100) and noise:
        add("pretraining", begin, {"4.0": "test_accuracy"}, THREE, "pretrain", *words,
            f"pretraining=autoencoder(5, noise={noise})", "pseudo_labels=0.9")
