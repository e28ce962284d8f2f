"""Figures of the guide's tables, and the runs on the built-in digits that they come from.

A row: the page, how the line of its table begins, the cells to compare, as {"column.number in the cell": field of the last
line of `plummet train --json`}, the seeds whose median is printed, and the arguments of train. The field "diverges" stands
for a run that fails.
"""


def net(layers):
    return f"model=[input(64), rescaling(1/16), {layers}, dense(10, activation=softmax)]"


TWENTY = ["examples/twenty-layers.yaml"]
THREE = (1, 2, 3)
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

# ---- few rows ----


def few(rows, epochs, first, more=""):
    part = {359: "0.8", 89: "0.95"}[rows]
    return ["digits", f"test=split({part}, shuffle=true)", "validation=none", f"epochs={epochs}",
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
        *few(359, 200, "2 * " + hidden()), "validation=split(0.2, shuffle=true)", *words)
for smoothing in ("0", "0.1", "0.2"):
    add("label-smoothing", f"| {smoothing} |", {"2.0": "test_accuracy", "3.0": "test_categorical_crossentropy"}, (1, 2, 3, 4, 5),
        *few(359, 100, "2 * " + hidden()), "data=digits | one_hot | shuffle | batch(32)",
        f"loss=categorical_crossentropy(label_smoothing={smoothing})", "metrics=accuracy, categorical_crossentropy")
