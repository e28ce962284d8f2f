"""Faulty nets that can be repaired, each with its healthy twin: the same net without the fault. Healthy nets of small.py join
them in bench/doctor/repair: they must stay as they are."""
import small as nets
from small import CLASSES, NUMBER, YES, digits, table

# Those of small.py: name: twin
OF_NETS = {
    "vanishing, sigmoid 20": digits("20 * dense(50, activation=selu, kernel_initializer=lecun_normal)"),
    "vanishing, sigmoid 8": digits("8 * dense(50, activation=selu, kernel_initializer=lecun_normal)", optimizer="sgd(0.01)"),
    "exploding, relu 15": digits("15 * dense(50, activation=relu, kernel_initializer=he_normal)", optimizer="sgd(1e-3)"),
    "dead, bias": digits("dense(50, activation=relu)"),
    "dead, bias, 3": digits("3 * dense(50, activation=relu)"),
    "saturated tanh": digits("3 * dense(50, activation=tanh)"),
    "not finite": digits("3 * dense(50, activation=relu)", optimizer="sgd(0.1)"),
    "small weights": digits("6 * dense(50, activation=relu, kernel_initializer=he_normal)"),
    "large weights": digits("2 * dense(50, activation=relu, kernel_initializer=he_normal)"),
    "zeros": digits("2 * dense(50, activation=tanh)"),
    "constant": digits("dense(50, activation=relu)"),
    "rate 3": digits("2 * dense(100, activation=relu)", optimizer="sgd(0.1, momentum=0.9)"),
    "rate of adam 1": digits("3 * dense(60, activation=relu)", optimizer="adam(0.001)"),
    "rate of sgd 30": digits("2 * dense(60, activation=tanh)", optimizer="sgd(0.1)"),
    "rate 1e-7": digits("2 * dense(60, activation=relu)", optimizer="sgd(0.1)"),
    "rate of adam 1e-9": digits("2 * dense(60, activation=relu)", optimizer="adam(0.001)"),
    "mse for classes": digits("dense(50, activation=relu)"),
    "sigmoid for classes": digits("dense(50, activation=relu)"),
    "softmax of softmax": digits("dense(50, activation=relu)"),
    "no such activation": digits("dense(50, activation=relu)"),
}
# On tables. name: (faulty, twin)
SLOW = dict(optimizer="adam(1e-2)", epochs=60)
WINE = "csv('{tables}/wine_data.csv', skip=1) | shuffle | batch(16)"
CANCER = "csv('{tables}/breast_cancer.csv', skip=1) | shuffle | batch(16)"


def wine(*layers, **keys):
    return table("wine_data.csv", "dense(3, activation=softmax)", CLASSES, *layers, data=WINE, **keys)


def cancer(*layers, head="dense(1, activation=sigmoid)", **keys):
    return table("breast_cancer.csv", head, YES, *layers, data=CANCER, **keys)


ON_TABLES = {
    "concrete, raw, sgd": (table("concrete.csv", "dense(1)", NUMBER, "dense(30, activation=relu)", scaled=False,
                                 optimizer="sgd(0.001)", epochs=60),
                           table("concrete.csv", "dense(1)", NUMBER, "dense(30, activation=relu)", optimizer="sgd(0.001)",
                                 epochs=60)),
    "concrete, zeros": (table("concrete.csv", "dense(1)", NUMBER, "2 * dense(30, activation=relu, kernel_initializer=zeros)",
                              **SLOW), table("concrete.csv", "dense(1)", NUMBER, "2 * dense(30, activation=relu)", **SLOW)),
    "wine, raw, sgd": (wine("dense(16, activation=relu)", scaled=False, optimizer="sgd(0.01)", epochs=60),
                       wine("dense(16, activation=relu)", optimizer="sgd(0.01)", epochs=60)),
    "cancer, rate 10": (cancer("2 * dense(16, activation=relu)", optimizer="sgd(10)", epochs=40),
                        cancer("2 * dense(16, activation=relu)", optimizer="sgd(0.1)", epochs=40)),
    "cancer, sigmoid 8": (cancer("8 * dense(16, activation=sigmoid)", epochs=40),
                          cancer("8 * dense(16, activation=selu, kernel_initializer=lecun_normal)", epochs=40)),
    "cancer, one softmax": (cancer("dense(16, activation=relu)", head="dense(1, activation=softmax)", epochs=40),
                            cancer("dense(16, activation=relu)", epochs=40)),
}
# Others, some with two faults. name: (faulty, twin)
MORE = {
    "sigmoid 6, small rate": (digits("6 * dense(50, activation=sigmoid)", optimizer="sgd(1e-5)"),
                              digits("6 * dense(50, activation=selu, kernel_initializer=lecun_normal)", optimizer="sgd(0.05)")),
    "zeros, rate 3": (digits("2 * dense(60, activation=relu, kernel_initializer=zeros)", optimizer="sgd(3, momentum=0.9)"),
                      digits("2 * dense(60, activation=relu)", optimizer="sgd(0.1, momentum=0.9)")),
    "tanh 12, large": (digits("12 * dense(50, activation=tanh, kernel_initializer=random_normal(stddev=1))"),
                       digits("12 * dense(50, activation=tanh)")),
    "tanh 10, small": (digits("10 * dense(50, activation=tanh, kernel_initializer=random_normal(stddev=0.01))",
                              optimizer="sgd(0.05)"), digits("10 * dense(50, activation=tanh)", optimizer="sgd(0.05)")),
    "selu 10, uniform": (digits("10 * dense(50, activation=selu, kernel_initializer=random_uniform(-1, 1))"),
                         digits("10 * dense(50, activation=selu, kernel_initializer=lecun_normal)")),
    "softmax inside": (digits("3 * dense(50, activation=softmax)"), digits("3 * dense(50, activation=relu)")),
    "dropout 0.95": (digits("dense(50, activation=relu)", "dropout(0.95)"),
                     digits("dense(50, activation=relu)", "dropout(0.3)")),
    "l2(10)": (digits("2 * dense(50, activation=relu, kernel_regularizer=l2(10))"),
               digits("2 * dense(50, activation=relu, kernel_regularizer=l2(1e-4))")),
    "clipnorm 1e-6": (digits("2 * dense(50, activation=relu)", optimizer="sgd(0.1, clipnorm=1e-6)"),
                      digits("2 * dense(50, activation=relu)", optimizer="sgd(0.1)")),
    "rmsprop 1": (digits("3 * dense(50, activation=elu)", optimizer="rmsprop(1)"),
                  digits("3 * dense(50, activation=elu)", optimizer="rmsprop(0.001)")),
    "nadam 0.5": (digits("3 * dense(50, activation=gelu)", optimizer="nadam(0.5)"),
                  digits("3 * dense(50, activation=gelu)", optimizer="nadam(0.001)")),
    "adam 1e-6": (digits("2 * dense(50, activation=relu)", optimizer="adam(1e-6)"),
                  digits("2 * dense(50, activation=relu)", optimizer="adam(0.001)")),
    "leaky 12, stddev 0.5": (digits("12 * dense(50, activation=leaky_relu, kernel_initializer=random_normal(stddev=0.5))",
                                    optimizer="sgd(0.01)"),
                             digits("12 * dense(50, activation=leaky_relu, kernel_initializer=he_normal)",
                                    optimizer="sgd(0.01)")),
    "hard_sigmoid 10": (digits("10 * dense(50, activation=hard_sigmoid)"),
                        digits("10 * dense(50, activation=selu, kernel_initializer=lecun_normal)")),
}


def repairable(tables):
    """name: (faulty, twin)"""
    both = {name: (nets.FAULTY[name][1], twin) for name, twin in OF_NETS.items()}
    both.update(MORE)
    if tables:
        both.update(ON_TABLES)
    return both
