"""The fifteenth set, of the same mind as the fourteenth, but with other tables, nets, strengths and, for a third, other kinds of
faults (fifteenth_faults.py, fifteenth_tables.py). It is for judging rules that were changed by the fourteenth: no rule was tried on
it, and none may be changed by it. As to its author, see fourteenth.py. A healthy net on a noisy table has the same net, stopped at
its best epoch, as its twin."""
import fifteenth_tables
from frame import Frame, fronted
from nets import HE, LECUN

PART = "fifteenth"
TABLES = list(fifteenth_tables.CLASSES)
NOISY = ["sprints", "sheets"]
BROAD = ["alloy", "boulders", "gaits", "flats", "dialects", "stains", "gauges"]
UNIFORM = "kernel_initializer=he_uniform"
HIDDEN = {
    "relu4": [f"4 * dense(48, activation=relu, {HE})"],
    "elu2": [f"2 * dense(76, activation=elu, {UNIFORM})"],
    "tanh4": ["4 * dense(40, activation=tanh)"],
    "swish3": [f"3 * dense(54, activation=swish, {HE})"],
    "celu2": [f"2 * dense(60, activation=celu, {HE})"],
    "prelu3": [f"3 * dense(44, {HE}) | prelu(constant(0.2))"],
    "selu14": [f"14 * dense(24, activation=selu, {LECUN})"],
    "reglu2": ["2 * dense(70) | activation(reglu)"],
    "rms norm relu5": [f"5 * dense(38, {HE}) | rms_normalization | relu"],
    "batch norm tanh3": ["3 * dense(50, use_bias=false) | batch_normalization | activation(tanh)"],
    "wedge": ["dense(16, activation=tanh)", f"dense(48, activation=gelu, {HE})", f"dense(96, activation=gelu, {HE})"],
    "all beside": [f"dense(44, activation=relu, {HE}, name=a)", f"dense(44, activation=relu, {HE}, name=b)",
                   f"dense(44, activation=relu, {HE}, name=c)", "concatenate() <- a b c"],
}
PLAIN = ["relu4", "elu2", "tanh4", "swish3"]
STOP = "early_stopping(patience=12, restore_best_weights=true)"
ONE = [f"dense(88, activation=relu, {UNIFORM})"]


def odd_training():
    """Optimizers, schedules and batches that look odd, and train."""
    h = HIDDEN
    return [
        ("adadelta, rate 1", dict(hidden=h["elu2"], optimizer="adadelta(1.0)", epochs=160), BROAD),
        ("adagrad .08", dict(hidden=h["relu4"], optimizer="adagrad(0.08)", epochs=60), BROAD),
        ("lamb", dict(hidden=h["swish3"], optimizer="lamb(8e-3)"), BROAD),
        ("amsgrad", dict(hidden=h["elu2"], optimizer="adam(2e-3, amsgrad=true, beta_1=0.8)"), BROAD),
        ("one cycle of cosines", dict(hidden=h["elu2"], optimizer="sgd(one_cycle_cosine(0.05, all), momentum=0.9)"), BROAD),
        ("restarts, ever longer", dict(hidden=h["tanh4"], optimizer="adam(cosine_decay_restarts(4e-3, 120))"), BROAD),
        ("rate of 8e-5, 200 epochs", dict(hidden=h["elu2"], optimizer="adam(8e-5)", epochs=200), ["boulders", "gaits", "alloy"]),
        ("rate .03 of adam, one layer", dict(hidden=["dense(40, activation=tanh)"], optimizer="adam(0.03)"), ["boulders", "gaits"]),
        ("batch 3, 8 epochs", dict(hidden=ONE, batch=3, optimizer="adam(4e-4)", epochs=8), BROAD),
        ("batch 500", dict(hidden=h["swish3"], batch=500, optimizer="adam(0.01)", epochs=150), BROAD),
        ("elements clipped at .01", dict(hidden=h["tanh4"], optimizer="sgd(0.4, clipvalue=0.01)", epochs=80), BROAD),
        ("averaged, overwritten", dict(hidden=h["elu2"], optimizer="adam(3e-3, use_ema=true, ema_momentum=0.95)"), BROAD),
        ("ahead by five", dict(hidden=h["relu4"], optimizer="adam(3e-3, lookahead_steps=5)"), BROAD),
    ]


def odd_nets():
    """Layers that look odd, and learn."""
    h = HIDDEN
    return [
        ("30 layers of selu", dict(hidden=[f"30 * dense(20, activation=selu, {LECUN})"], optimizer="adam(5e-4)", epochs=60),
         ["gaits", "boulders"]),
        ("15 layers, each normalized", dict(hidden=[f"15 * dense(32, {HE}) | layer_normalization | relu"],
                                            optimizer="adam(1e-3)", epochs=50), ["gaits", "flats"]),
        ("orthogonal, 9 of tanh", dict(hidden=["9 * dense(36, activation=tanh, kernel_initializer=orthogonal)"],
                                       optimizer="adam(8e-4)", epochs=60), BROAD),
        ("two hard sigmoids", dict(hidden=["2 * dense(60, activation=hard_sigmoid)"], optimizer="adam(8e-3)", epochs=70),
         ["gaits", "boulders", "alloy"]),
        ("biases of 1", dict(hidden=[f"2 * dense(66, activation=relu, {HE}, bias_initializer=ones)"]), BROAD),
        ("softplus, wide", dict(hidden=["dense(300, activation=softplus)"], optimizer="adam(4e-3)", epochs=80), BROAD),
        ("dropout .6 of 500", dict(hidden=[f"dense(500, activation=relu, {HE}) | dropout(0.6)"], epochs=50), ["gaits", "stains"]),
        ("unit norm of weights", dict(hidden=["2 * dense(64, activation=elu, kernel_constraint=unit_norm)"]), BROAD),
        ("two units between", dict(hidden=[f"dense(50, activation=elu, {HE})", "dense(2)", f"dense(50, activation=elu, {HE})"],
                                   epochs=70), ["eddies", "alloy"]),
        ("no hidden layer", dict(hidden=[], optimizer="adam(0.02)", epochs=60), ["notices", "boulders"]),
        ("lower half frozen, wide", dict(hidden=[f"dense(900, activation=tanh, {LECUN}, trainable=false)", *h["elu2"]]), BROAD),
        ("squares of relu", dict(hidden=["2 * dense(50, activation=relu_squared)"], optimizer="adam(1e-3)"), ["gaits", "boulders"]),
    ]


def odd_data():
    """Losses, outputs and data that look odd, and can be learned."""
    h = HIDDEN
    return [
        ("stopped early", dict(hidden=[f"dense(48, activation=relu, {HE}, kernel_regularizer=l2(0.02))"], epochs=80,
                               observers=STOP), NOISY),
        ("two units on noise", dict(hidden=["dense(2, activation=tanh)"], optimizer="adam(4e-3)", epochs=25), ["sprints"]),
        ("70 candles", dict(hidden=["dense(8, activation=tanh)"], batch=7, optimizer="adam(6e-3)", epochs=90), ["wax"]),
        ("100 newts", dict(hidden=["dense(6, activation=tanh)"], batch=10, optimizer="adam(5e-3)", epochs=40), ["newts"]),
        ("counts as they are", dict(hidden=["dense(48, activation=relu)", "dropout(0.4)"], optimizer="adam(1e-3)", epochs=25),
         ["notices"]),
        ("gravity as it is, sgd", dict(hidden=h["elu2"], optimizer="sgd(0.05, momentum=0.9)"), ["gaits"]),
        ("seldom felt, weighed", dict(hidden=h["tanh4"], class_weight="balanced", epochs=50), ["quakes"]),
        ("percent, absolute", dict(hidden=h["swish3"], loss="mae", epochs=60), ["alloy"]),
        ("rents with their logarithm", dict(hidden=h["elu2"], loss="log_cosh"), ["flats"]),
        ("minus twelve", dict(hidden=h["swish3"], last="dense(1, bias_initializer=constant(-12))", change="target -12"), ["alloy"]),
        ("classes smoothed", dict(hidden=h["relu4"], loss="categorical_crossentropy(label_smoothing=0.1)",
                                  data="csv('dialects.csv', target=y) | one_hot | shuffle | batch(32)",
                                  test="csv('dialects_test.csv', target=y) | one_hot"), ["dialects"]),
        ("columns in another order", dict(hidden=h["relu4"], change="backwards"), ["gaits"]),
        ("noise beside", dict(hidden=h["elu2"], change="noise beside"), ["gaits"]),
        ("six to one, still learned", dict(hidden=h["tanh4"], change="six to one", epochs=60), ["gaits"]),
        ("codes, one-hot", dict(hidden=["category_encoding(10, one_hot)", "flatten", *h["elu2"]], epochs=30), ["tickets"]),
        ("some pixels are lost", dict(hidden=h["relu4"], change="lost pixels", epochs=50), ["stains"]),
    ]


def nets():
    import fifteenth_faults  # uses the lists above
    frame = Frame(PART, BROAD, HIDDEN, PLAIN, NOISY, STOP)
    plain = frame.plain_nets(lambda i, k: 2 * i + 3 * k)[1::4]
    return fronted(plain + frame.hard_negatives(odd_training() + odd_nets() + odd_data(), 4) +
                   frame.faulty(fifteenth_faults.FAULTS, fifteenth_faults.PAIRS), fifteenth_tables.UNITS, fifteenth_faults.LEFT)
