"""The seventeenth set, by the author of the sixteenth and in the same way, with other tables, nets, strengths, and some other kinds
of faults. It is for judging rules that were changed by the sixteenth: no rule may be changed by it, and it is judged once."""
import seventeenth_tables
from frame import Frame, fronted
from nets import HE, LECUN, Net
from sixteenth import fair, residual

PART = "seventeenth"
TABLES = list(seventeenth_tables.CLASSES)
NOISY = ["chatter", "harvests"]
BROAD = ["cliques", "haulage", "initials", "swirls", "blips", "kettles", "postcodes", "pamphlets", "earners"]
UNIFORM = "kernel_initializer=he_uniform"
HIDDEN = {
    "relu3": [f"3 * dense(56, activation=relu, {UNIFORM})"],
    "tanh2": ["2 * dense(64, activation=tanh)"],
    "swish2": [f"2 * dense(60, activation=swish, {HE})"],
    "leaky4": [f"4 * dense(40, activation=leaky_relu, {HE})"],
    "selu6": [f"6 * dense(32, activation=selu, {LECUN})"],
    "one of relu": ["dense(120, activation=relu)"],
    "norm behind relu3": [f"3 * dense(50, activation=relu, {HE}) | batch_normalization"],
    "layer norm tanh3": ["3 * dense(44) | layer_normalization | activation(tanh)"],
    "group norm relu2": [f"2 * dense(64, {HE}) | group_normalization(groups=8) | relu"],
    "residual gelu": residual(5, 36, "gelu", ", kernel_initializer=zeros"),
    "residual, batch norm": residual(4, 40, "relu", ahead="batch_normalization | "),
    "dense skips": [f"dense(32, activation=relu, {HE}, name=a)", f"dense(32, activation=relu, {HE}, name=b)",
                    "concatenate(name=c) <- a b", f"dense(32, activation=relu, {HE}, name=d)", "concatenate() <- c d"],
    "hourglass": [f"dense(80, activation=elu, {HE})", f"dense(12, activation=elu, {HE})", f"dense(80, activation=elu, {HE})"],
    "alpha dropout": [f"3 * dense(64, activation=selu, {LECUN}) | alpha_dropout(0.1)"],
}
PLAIN = ["relu3", "tanh2", "swish2", "leaky4", "selu6"]
STOP = "early_stopping(patience=10, restore_best_weights=true)"


def odd_training():
    """Optimizers, schedules and batches that look odd, and train."""
    h = HIDDEN
    return [
        ("sgd at .25, relu", dict(hidden=h["relu3"], optimizer="sgd(0.25)"), ["cliques", "initials"]),
        ("rate 1e-4, 250 epochs", dict(hidden=h["swish2"], optimizer="adam(1e-4)", epochs=250), ["kettles", "blips"]),
        ("batch 1", dict(hidden=h["tanh2"], batch=1, optimizer="sgd(5e-3)", epochs=10), ["cliques", "initials"]),
        ("batch 400", dict(hidden=h["swish2"], batch=400, optimizer="adam(0.01)", epochs=150), ["cliques", "postcodes"]),
        ("halved every 8 epochs", dict(hidden=h["leaky4"], optimizer="adam(exponential_decay(4e-3, 240, 0.5, staircase=true))"),
         ["initials", "kettles"]),
        ("one cycle", dict(hidden=h["relu3"], optimizer="sgd(one_cycle(0.06, all), momentum=0.9)"), ["initials", "postcodes"]),
        ("rmsprop", dict(hidden=h["tanh2"], optimizer="rmsprop(1.5e-3)"), ["cliques", "kettles"]),
        ("nesterov, momentum .95", dict(hidden=h["swish2"], optimizer="sgd(5e-3, momentum=0.95, nesterov=true)"),
         ["postcodes", "kettles"]),
        ("clipped norm of 1", dict(hidden=h["leaky4"], optimizer="adam(2e-3, clipnorm=1)"), ["initials"]),
        ("best weights, long", dict(hidden=h["relu3"], epochs=90, keep="best"), ["blips"]),
        ("lion", dict(hidden=h["swish2"], optimizer="lion(3e-4)"), ["initials", "cliques"]),
        ("plateau with patience", dict(hidden=h["tanh2"], optimizer="sgd(0.2)", epochs=60,
                                       observers="reduce_lr_on_plateau(factor=0.5, patience=6)"), ["cliques", "blips"]),
    ]


def odd_nets():
    """Layers that look odd, and learn."""
    h = HIDDEN
    return [
        ("24 residual blocks", dict(hidden=residual(24, 24, "swish", ", kernel_initializer=zeros"), optimizer="adam(1e-3)"),
         ["cliques", "initials"]),
        ("18 layers with layer norm", dict(hidden=[f"18 * dense(28, {HE}) | layer_normalization | relu"], optimizer="adam(1e-3)",
                                           epochs=50), ["initials", "cliques"]),
        ("two sigmoids", dict(hidden=["2 * dense(64, activation=sigmoid)"], optimizer="adam(0.01)", epochs=60), ["initials"]),
        ("softsign, 5 layers", dict(hidden=["5 * dense(40, activation=softsign)"], optimizer="adam(2e-3)"), ["initials", "blips"]),
        ("800 units", dict(hidden=[f"dense(800, activation=relu, {HE})"], optimizer="adam(7e-4)", epochs=25), ["blips", "initials"]),
        ("6 units", dict(hidden=["dense(6, activation=tanh)"], optimizer="adam(0.01)", epochs=60), ["air", "kettles"]),
        ("dropout .6 of 400", dict(hidden=[f"dense(400, activation=relu, {HE}) | dropout(0.6)"], epochs=60), ["blips", "cliques"]),
        ("no hidden layer", dict(hidden=[], optimizer="adam(0.02)"), ["pamphlets"]),
        ("frozen first layer, wide", dict(hidden=[f"dense(700, activation=relu, {HE}, trainable=false)", "dense(40, activation=relu)"]),
         ["cliques"]),
        ("sine", dict(hidden=["2 * dense(48, activation=sin)"], optimizer="adam(2e-3)"), ["swirls"]),
        ("noise in training", dict(hidden=["gaussian_noise(0.2)", *h["swish2"]], epochs=50), ["cliques", "initials"]),
        ("weights within a norm of 3", dict(hidden=[f"2 * dense(64, activation=relu, {HE}, kernel_constraint=max_norm(3))"]),
         ["initials", "cliques"]),
    ]


def odd_data():
    """Losses and data that look odd, and can be learned."""
    h = HIDDEN
    return [
        ("stopped early", dict(hidden=["dense(40, activation=tanh)"], epochs=80, observers=STOP), NOISY),
        ("l2 on noise", dict(hidden=[f"dense(16, activation=relu, {HE}, kernel_regularizer=l2(0.02))"], epochs=30), ["harvests"]),
        ("90 roses", dict(hidden=["dense(5, activation=tanh)"], batch=8, optimizer="adam(4e-3)", epochs=40), ["cuttings"]),
        ("130 grains", dict(hidden=["dense(8, activation=tanh)"], batch=8, optimizer="adam(5e-3)", epochs=50), ["wheat"]),
        ("counts, exponential", dict(hidden=h["tanh2"], loss="poisson", last="dense(1, activation=exponential)",
                                     optimizer="adam(2e-3)"), ["callers"]),
        ("nights in their order", dict(hidden=["dense(24, activation=tanh)"], optimizer="adam(1e-3)", epochs=25,
                                       validation="split(0.2)"), ["nights"]),
        ("absolute errors", dict(hidden=h["swish2"], loss="mae"), ["kettles", "haulage"]),
        ("logits", dict(hidden=h["leaky4"], last="dense(10)", loss="sparse_categorical_crossentropy(from_logits=true)"),
         ["initials", "postcodes"]),
        ("one class in four, balanced", dict(hidden=["dense(24, activation=tanh)"], epochs=30), ["earners"]),
        ("noise beside", dict(hidden=h["tanh2"], change="noise columns"), ["cliques"]),
        ("a few missing, as the mean", dict(hidden=h["relu3"], change="means for gaps"), ["initials"]),
        ("some rows twice", dict(hidden=h["swish2"], change="a few twice"), ["cliques"]),
    ]


def special():
    """Embeddings, a denoising autoencoder and nets of two outputs."""
    import seventeenth_faults as f
    return [(f"{name} {PART}", table, made) for name, table, made in [
        ("codes as vectors", "meals", f.coded()), ("numbers without noise", "folds", f.cleaned()),
        ("three numbers between", "folds", f.cleaned(between=5, epochs=60)), ("two answers", "forms", f.two_answers())]]


def nets():
    import seventeenth_faults  # uses the lists above
    frame = Frame(PART, BROAD, HIDDEN, PLAIN, NOISY, STOP)
    plain = frame.plain_nets(lambda i, k: 2 * i + 3 * k)[::4]
    own = [Net(name, "hard negative", table, made, part=PART) for name, table, made in special()]
    return fronted(plain + frame.hard_negatives(odd_training() + odd_nets() + odd_data(), 4) + own +
                   fair(frame.faulty(seventeenth_faults.FAULTS, seventeenth_faults.PAIRS), seventeenth_faults.RATES),
                   seventeenth_tables.UNITS, seventeenth_faults.LEFT)
