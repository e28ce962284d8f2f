"""The fourteenth set: faults as people meet them in courses, forums and bug studies (fourteenth_faults.py), and nets that are healthy
though they look odd, on tables in their units (fourteenth_tables.py). Its author had read no rule, no threshold and no test of the
doctor, and chose strengths by measured harm only. It is a set to change rules by; the fifteenth, of the same mind, is for judging
them. A healthy net on a noisy table has the same net, stopped at its best epoch, as its twin."""
import fourteenth_tables
from frame import Frame, fronted
from nets import HE, LECUN

PART = "fourteenth"
TABLES = list(fourteenth_tables.CLASSES)
NOISY = ["yields", "credits"]
BROAD = ["kiln", "bearings", "tablets", "solar", "phones", "signs", "sleep"]
UNIFORM = "kernel_initializer=he_uniform"
HIDDEN = {
    "relu3": [f"3 * dense(64, activation=relu, {UNIFORM})"],
    "tanh2": ["2 * dense(62, activation=tanh)"],
    "gelu4": [f"4 * dense(38, activation=gelu, {HE})"],
    "mish2": [f"2 * dense(72, activation=mish, {UNIFORM})"],
    "hard silu3": [f"3 * dense(45, activation=hard_silu, {HE})"],
    "leaky5": [f"5 * dense(40, {HE}) | leaky_relu(0.2)"],
    "selu11": [f"11 * dense(26, activation=selu, {LECUN})"],
    "geglu2": ["2 * dense(84) | activation(geglu)"],
    "layer norm silu4": [f"4 * dense(42, {HE}) | layer_normalization | activation(silu)"],
    "batch norm elu4": [f"4 * dense(36, {HE}, use_bias=false) | batch_normalization | elu"],
    "hourglass": [f"dense(80, activation=relu, {HE})", f"dense(14, activation=relu, {HE})", f"dense(80, activation=relu, {HE})"],
    "greatest of three": [f"dense(40, activation=elu, {HE}, name=h)", "dense(32, name=a) <- h", "dense(32, name=b) <- h",
                          "dense(32, name=c) <- h", "maximum() <- a b c"],
}
PLAIN = ["relu3", "tanh2", "gelu4", "mish2"]
STOP = "early_stopping(patience=9, restore_best_weights=true)"
ONE = [f"dense(104, activation=relu, {HE})"]


def odd_training():
    """Optimizers, schedules and batches that look odd, and train."""
    h = HIDDEN
    return [
        ("lion", dict(hidden=h["tanh2"], optimizer="lion(4e-4)", epochs=50), BROAD),
        ("muon", dict(hidden=h["relu3"], optimizer="muon(3e-3)"), BROAD),
        ("schedule-free", dict(hidden=h["mish2"], optimizer="schedule_free_adamw(6e-3, warmup_steps=40)"), BROAD),
        ("up and down", dict(hidden=h["gelu4"], optimizer="adam(cyclical(5e-4, 5e-3, step_size=60))"), BROAD),
        ("waves of the rate", dict(hidden=h["relu3"], optimizer="adam(coslog(6e-3))"), BROAD),
        ("a tenth in ten epochs", dict(hidden=h["tanh2"], optimizer="adam(per_epoch('6e-3 * 0.1 ** (epoch / 20)'))"), BROAD),
        ("rate .4 of sgd", dict(hidden=["dense(48, activation=tanh)"], optimizer="sgd(0.4)"), ["tablets", "sleep", "bearings"]),
        ("rate .05 of adam", dict(hidden=["dense(32, activation=relu)"], optimizer="adam(0.05)", epochs=30), ["tablets", "sleep"]),
        ("batch 1, 3 epochs", dict(hidden=ONE, batch=1, optimizer="sgd(4e-3)", epochs=4), ["tablets", "grains", "bearings"]),
        ("batch 400", dict(hidden=h["tanh2"], batch=400, optimizer="adam(0.012)", epochs=140), BROAD),
        ("clipped at .05", dict(hidden=h["relu3"], optimizer="sgd(1.0, global_clipnorm=0.05)", epochs=70), BROAD),
        ("decay .2 of adamw", dict(hidden=h["gelu4"], optimizer="adamw(2e-3, weight_decay=0.2)"), BROAD),
    ]


def odd_nets():
    """Layers that look odd, and learn."""
    return [
        ("frozen features, wide", dict(hidden=["dense(1200, activation=cos, trainable=false, "
         "kernel_initializer=random_normal(stddev=0.25), bias_initializer=random_uniform(-3, 3))"],
            optimizer="adam(5e-3)", epochs=60), ["kiln", "tablets", "bearings"]),
        ("24 layers of selu, smaller and smaller", dict(hidden=[f"8 * dense(40, activation=selu, {LECUN})",
         f"8 * dense(24, activation=selu, {LECUN})", f"8 * dense(12, activation=selu, {LECUN})"], optimizer="adam(6e-4)", epochs=60),
         ["sleep", "tablets"]),
        ("8 normalized sigmoids", dict(hidden=["8 * dense(36) | batch_normalization | activation(sigmoid)"],
                                       optimizer="adam(4e-3)", epochs=60), ["sleep", "bearings", "tablets"]),
        ("no hidden layer", dict(hidden=[], optimizer="adam(0.02)", epochs=60), ["tablets", "sleep"]),
        ("begins at 0 behind", dict(hidden=["dense(60, activation=softsign)"], last="zeros"), BROAD),
        ("spectral", dict(hidden=["3 * spectral_normalization(dense(56, activation=elu))"], epochs=60), BROAD),
        ("noise of .3", dict(hidden=["gaussian_noise(0.3)", f"dense(120, activation=relu, {HE})"], epochs=60), ["sleep", "phones"]),
        ("3 units between", dict(hidden=[f"dense(60, activation=elu, {HE})", "dense(3)", f"dense(60, activation=elu, {HE})"],
                                 epochs=60), ["kiln", "solar", "grains"]),
        ("6 of softsign", dict(hidden=["6 * dense(40, activation=softsign)"], optimizer="adam(2e-3)", epochs=50), BROAD),
        ("product of seven", dict(hidden=[f"dense(48, activation=relu, {HE}, name=h)"] + [
            f"dense(30, activation=sigmoid, name=p{k}) <- h" for k in range(7)] + [
            "multiply() <- p0 p1 p2 p3 p4 p5 p6", "dense(30, activation=tanh)"], optimizer="adam(5e-3)"), ["phones", "solar"]),
        ("wide 3000, frozen below", dict(hidden=["dense(3000, activation=relu, trainable=false)"], optimizer="adam(4e-4)"),
         ["tablets", "bearings"]),
    ]


def odd_data():
    """Losses, outputs and data that look odd, and can be learned."""
    h = HIDDEN
    return [
        ("stopped early", dict(hidden=[f"dense(40, activation=elu, {HE}, kernel_regularizer=l2(0.02))"], epochs=70,
                               observers=STOP), NOISY),
        ("three units on noise", dict(hidden=["dense(3, activation=tanh)"], optimizer="adam(4e-3)", epochs=25), ["yields"]),
        ("90 loaves", dict(hidden=["dense(9, activation=tanh)"], batch=8, optimizer="adam(8e-3)", epochs=80), ["bread"]),
        ("80 moths", dict(hidden=["dense(8, activation=tanh)"], batch=8, optimizer="adam(5e-3)", epochs=60), ["moths"]),
        ("millimetres as they are", dict(hidden=["dense(40, activation=tanh)"], optimizer="adam(5e-3)", epochs=90), ["grains"]),
        ("middle and quartiles", dict(hidden=["normalization(method=robust)", "smooth_clip", *h["relu3"]], change="one far"),
         ["phones"]),
        ("thousands, put back", dict(hidden=h["tanh2"], last="dense(1) | normalization(invert=true)", change="target 4e4"),
         ["kiln"]),
        ("ten to one", dict(hidden=h["mish2"], change="ten to one", epochs=60), ["tablets"]),
        ("each column twice", dict(hidden=h["relu3"], change="columns twice"), ["kiln"]),
        ("a column that is always 1", dict(hidden=h["gelu4"], change="column of 1"), ["sleep"]),
        ("weights of the rows", dict(hidden=h["relu3"], change="weights", data="csv('bearings.csv', target=y, weight=x24) | shuffle"
         " | batch(32)", test="csv('bearings_test.csv', target=y, weight=x24)"), ["bearings"]),
        ("probabilities by squares", dict(hidden=h["tanh2"], loss="mse", data="csv('tablets.csv', target=y) | one_hot | shuffle"
         " | batch(32)", test="csv('tablets_test.csv', target=y) | one_hot"), ["tablets"]),
        ("codes, embedded from 0", dict(hidden=["embedding(8, 5, embeddings_initializer=zeros)", "flatten", *h["tanh2"]],
                                        epochs=40), ["recipes"]),
    ]


def nets():
    import fourteenth_faults  # uses the lists above
    frame = Frame(PART, BROAD, HIDDEN, PLAIN, NOISY, STOP)
    plain = frame.plain_nets(lambda i, k: 3 * i + 2 * k)[::3]
    return fronted(plain + frame.hard_negatives(odd_training() + odd_nets() + odd_data(), 5) +
                   frame.faulty(fourteenth_faults.FAULTS, fourteenth_faults.PAIRS), fourteenth_tables.UNITS, fourteenth_faults.LEFT)
