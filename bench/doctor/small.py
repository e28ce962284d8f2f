"""Small nets that repairs are measured with: healthy ones, in which nothing above a note may be found, and faulty ones with
the code that must be found. Each is a list of key=value for `plummet doctor`. A net belongs to the calibration half or to
the judged half by a checksum of its name: thresholds may be changed for the first half only."""
import zlib

SOFTMAX = "dense(10, activation=softmax)"


def digits(*layers, **keys):
    """A run on the digits: layers between the scaling and the softmax."""
    return ["digits", f"model=[rescaling(1/16), {''.join(l + ', ' for l in layers)}{SOFTMAX}]"] + pairs(keys)


def table(name, head, loss, *layers, scaled=True, source="csv", **keys):
    """A run on a table of the folder of tables; head: of the last layer."""
    norm = ["normalization"] if scaled else []
    model = ", ".join(norm + list(layers) + [head])
    return [f"data={source}('{{tables}}/{name}') | shuffle | batch(32)", "validation=split(0.2, shuffle=true)",
            f"model=[{model}]", f"loss={loss}"] + pairs({"epochs": 20, **keys})


def pairs(keys):
    return [f"{key}={value}" for key, value in keys.items()]


CLASSES, YES, NUMBER = "sparse_categorical_crossentropy", "binary_crossentropy", "mse"

# name: arguments
HEALTHY = {
    "relu 1": digits("dense(64, activation=relu)"),
    "relu 5 he sgd": digits("5 * dense(60, activation=relu, kernel_initializer=he_normal)", optimizer="sgd(0.05)"),
    "relu 10 he momentum": digits("10 * dense(50, activation=relu, kernel_initializer=he_normal)",
                                  optimizer="sgd(0.01, momentum=0.9)"),
    "relu 30 batch_normalization": digits(
        "30 * dense(50, activation=relu, kernel_initializer=he_normal) | batch_normalization", optimizer="adam(1e-3)"),
    "selu 20": digits("20 * dense(60, activation=selu, kernel_initializer=lecun_normal)", optimizer="sgd(0.01)"),
    "selu 50 adam": digits("50 * dense(40, activation=selu, kernel_initializer=lecun_normal)", optimizer="adam(5e-4)"),
    "elu 8 nesterov": digits("8 * dense(50, activation=elu, kernel_initializer=he_normal)",
                             optimizer="sgd(0.01, momentum=0.9, nesterov=true)"),
    "tanh 5": digits("5 * dense(50, activation=tanh)", optimizer="sgd(0.05)"),
    "tanh 10 adam": digits("10 * dense(50, activation=tanh)"),
    "sigmoid 1": digits("dense(50, activation=sigmoid)"),
    "sigmoid 2 adam": digits("2 * dense(50, activation=sigmoid)", optimizer="adam(3e-3)"),
    "swish 6": digits("6 * dense(50, activation=swish, kernel_initializer=he_normal)"),
    "gelu 4 adamw": digits("4 * dense(64, activation=gelu, kernel_initializer=he_normal)",
                           optimizer="adamw(1e-3, weight_decay=0.01)"),
    "relu dropout": digits("3 * dense(100, activation=relu, kernel_initializer=he_normal) | dropout(0.3)"),
    "selu alpha_dropout": digits("5 * dense(60, activation=selu, kernel_initializer=lecun_normal) | alpha_dropout(0.1)"),
    "leaky 12 rmsprop": digits("12 * dense(40, activation=leaky_relu, kernel_initializer=he_normal)",
                               optimizer="rmsprop(5e-4)"),
    "exponential schedule": digits("3 * dense(60, activation=relu)", optimizer="sgd(exponential_decay(0.1, 100, 0.9))"),
    "one cycle": digits("3 * dense(60, activation=relu)", optimizer="sgd(one_cycle(0.2, 2160), momentum=0.9)"),
    "clipped": digits("4 * dense(60, activation=relu)", optimizer="sgd(0.1, clipnorm=1)"),
    "linear": digits(optimizer="sgd(0.1)"),
    "batch 256": digits("2 * dense(60, activation=relu)", data="digits | shuffle | batch(256)", optimizer="adam(1e-2)"),
    "layer_normalization 20": digits("20 * dense(40, activation=relu) | layer_normalization", optimizer="adam(1e-3)"),
    "small rate, many epochs": digits("dense(64, activation=relu)", optimizer="adam(1e-4)", epochs=100),
}
TABLES = {
    "diabetes": table("diabetes.csv", "dense(1)", NUMBER, "dense(30, activation=relu)", optimizer="adam(1e-2)", epochs=60),
    "concrete": table("concrete.csv", "dense(1)", NUMBER, "2 * dense(30, activation=relu)", optimizer="adam(1e-2)", epochs=60),
    "winequality-red": table("winequality-red.csv", "dense(1)", NUMBER, "dense(30, activation=elu)", epochs=40),
    "winequality-white": table("winequality-white.csv", "dense(1)", NUMBER, "2 * dense(30, activation=swish)"),
    "banknote": table("banknote_authentication.csv", "dense(1, activation=sigmoid)", YES, "dense(16, activation=tanh)"),
    "wine": table("wine_data.csv", "dense(3, activation=softmax)", CLASSES, "dense(16, activation=relu)", source="csv",
                  optimizer="adam(1e-2)", data="csv('{tables}/wine_data.csv', skip=1) | shuffle | batch(16)"),
    "iris": table("iris.csv", "dense(3, activation=softmax)", CLASSES, "dense(16, activation=relu)", optimizer="adam(1e-2)",
                  epochs=50, data="csv('{tables}/iris.csv', skip=1) | shuffle | batch(16)"),
    "breast_cancer": table("breast_cancer.csv", "dense(1, activation=sigmoid)", YES, "2 * dense(16, activation=relu)",
                           data="csv('{tables}/breast_cancer.csv', skip=1) | shuffle | batch(16)"),
    "breast_cancer selu": table("breast_cancer.csv", "dense(1, activation=sigmoid)", YES,
                                "10 * dense(16, activation=selu, kernel_initializer=lecun_normal)",
                                data="csv('{tables}/breast_cancer.csv', skip=1) | shuffle | batch(16)"),
}
# name: (codes that are right, arguments)
FAULTY = {
    "vanishing, sigmoid 20": ("G101", digits("20 * dense(50, activation=sigmoid)")),
    "vanishing, sigmoid 8": ("G101", digits("8 * dense(50, activation=sigmoid)", optimizer="sgd(0.01)")),
    "exploding, relu 15": ("G102 S303", digits(
        "15 * dense(50, activation=relu, kernel_initializer=random_normal(stddev=0.5))", optimizer="sgd(1e-3)")),
    "dead, bias": ("G103", digits("dense(50, activation=relu, bias_initializer=constant(-20))")),
    "dead, bias, 3": ("G103", digits("3 * dense(50, activation=relu, bias_initializer=constant(-9))")),
    "saturated tanh": ("G104 S303", digits("3 * dense(50, activation=tanh, kernel_initializer=random_normal(stddev=3))")),
    "not finite": ("G110 S305", digits("3 * dense(50, activation=relu)", optimizer="sgd(1e9)")),
    "small weights": ("S303", digits("6 * dense(50, activation=relu, kernel_initializer=random_normal(stddev=0.01))")),
    "large weights": ("S303", digits("2 * dense(50, activation=relu, kernel_initializer=random_normal(stddev=3))")),
    "zeros": ("S304", digits("2 * dense(50, activation=tanh, kernel_initializer=zeros)")),
    "constant": ("S304", digits("dense(50, activation=relu, kernel_initializer=constant(0.1))")),
    "rate 3": ("S305", digits("2 * dense(100, activation=relu)", optimizer="sgd(3, momentum=0.9)")),
    "rate of adam 1": ("S305", digits("3 * dense(60, activation=relu)", optimizer="adam(1)")),
    "rate of sgd 30": ("S305", digits("2 * dense(60, activation=tanh)", optimizer="sgd(30)")),
    "rate 1e-7": ("S306", digits("2 * dense(60, activation=relu)", optimizer="sgd(1e-7)")),
    "rate of adam 1e-9": ("S306", digits("2 * dense(60, activation=relu)", optimizer="adam(1e-9)")),
    "mse for classes": ("S301", digits("dense(50, activation=relu)", loss="mse")),
    "sigmoid for classes": ("S301", ["digits", "model=[rescaling(1/16), dense(50, activation=relu), "
                                     "dense(10, activation=sigmoid)]"]),
    "softmax of softmax": ("S301", digits("dense(50, activation=relu)", loss=f"{CLASSES}(from_logits=true)")),
    "no such activation": ("S300", digits("dense(50, activation=rellu)")),
    "shapes": ("S300", digits("reshape(7, 9)", "flatten")),
}
FAULTY_TABLES = {
    "concrete as it is": ("D202", table("concrete.csv", "dense(1)", NUMBER, "dense(30, activation=relu)", scaled=False)),
    "wine as it is": ("D202", table("wine_data.csv", "dense(3, activation=softmax)", CLASSES, "dense(16, activation=relu)",
                                    scaled=False, data="csv('{tables}/wine_data.csv', skip=1) | shuffle | batch(16)")),
    "diabetes, one unit of softmax": ("S301 S300", table("diabetes.csv", "dense(1, activation=softmax)", NUMBER)),
    "iris, text for data": ("D200 S300", table("iris.csv", "dense(3, activation=softmax)", CLASSES,
                                               data="csv('{tables}/penguins.csv') | batch(16)")),
}

# Judged nets on which a rule was changed after a look at them: they judge no more. The gradient of deep nets with
# normalization behind each layer grows, and they train (G102 is a note there).
SEEN = {"relu 30 batch_normalization", "layer_normalization 20"}

# What is true of a table, whatever the net: rows that are there twice, and that the split parts.
TRUE = {"winequality-red": "D208 D209", "winequality-white": "D208 D209", "banknote": "D208 D209"}


def half(name):
    """'calibration' or 'judged'."""
    if name in SEEN:
        return "calibration"
    return ("calibration", "judged")[zlib.crc32(name.encode()) & 1]
