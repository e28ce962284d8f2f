"""The eighteenth set, by another author, with other tables, nets and strengths: the faults that users ask about most often have the
most configurations. It is for judging rules that were changed by the sets before: no rule may be changed by it."""
import eighteenth_tables
from frame import Frame, fronted
from nets import HE, LECUN, Net
from sixteenth import fair, residual

PART = "eighteenth"
TABLES = list(eighteenth_tables.CLASSES)
NOISY = ["churn", "gusts"]
BROAD = ["capitals", "quotes", "pollen", "tilts", "numerals", "boilers", "tracks", "plots", "coins", "wardrobe"]
HIDDEN = {
    "relu2": [f"2 * dense(52, activation=relu, {HE})"],
    "relu 128, 64, 32": ["dense(128, activation=relu)", "dense(64, activation=relu)", "dense(32, activation=relu)"],
    "tanh3": ["3 * dense(40, activation=tanh)"],
    "gelu2": [f"2 * dense(56, activation=gelu, {HE})"],
    "elu3": [f"3 * dense(44, activation=elu, {HE})"],
    "selu5": [f"5 * dense(36, activation=selu, {LECUN})"],
    "norm ahead of relu": [f"2 * dense(60, {HE}) | batch_normalization | relu"],
    "layer norm gelu": ["3 * dense(48) | layer_normalization | activation(gelu)"],
    "residual swish": residual(4, 32, "swish", ", kernel_initializer=zeros"),
    "drop of .3": [f"2 * dense(96, activation=relu, {HE}) | dropout(0.3)"],
    "widening": ["dense(16, activation=tanh)", "dense(32, activation=tanh)", "dense(64, activation=tanh)"],
    "beside the inputs": ["identity(name=in)", f"2 * dense(40, activation=relu, {HE})", "identity(name=up)",
                          "concatenate() <- in up"],
}
PLAIN = ["relu2", "tanh3", "gelu2", "elu3", "selu5"]
STOP = "early_stopping(patience=9, restore_best_weights=true)"


def odd_training():
    """Optimizers, schedules and batches that look odd, and train."""
    h = HIDDEN
    return [
        ("sgd at .3", dict(hidden=h["tanh3"], optimizer="sgd(0.3)"), ["capitals", "pollen"]),
        ("adam at .01", dict(hidden=["dense(32, activation=tanh)"], optimizer="adam(0.01)"), ["coins", "pollen"]),
        ("rate 1.5e-4, 200 epochs", dict(hidden=h["gelu2"], optimizer="adam(1.5e-4)", epochs=200), ["tilts", "pollen"]),
        ("batch 3", dict(hidden=h["tanh3"], batch=3, optimizer="sgd(8e-3)", epochs=12), ["pollen", "capitals"]),
        ("batch 500", dict(hidden=h["relu2"], batch=500, optimizer="adam(0.01)", epochs=160), ["capitals", "tilts"]),
        ("cosine over all steps", dict(hidden=h["elu3"], optimizer="sgd(cosine_decay(0.08, all), momentum=0.9)"),
         ["numerals", "capitals"]),
        ("warmed up", dict(hidden=h["selu5"], optimizer="adam(warmup(200, constant(2e-3)))"), ["quotes", "capitals"]),
        ("clipped elements of .5", dict(hidden=h["relu2"], optimizer="adam(2e-3, clipvalue=0.5)"), ["quotes", "pollen"]),
        ("decay of .01", dict(hidden=h["gelu2"], optimizer="adamw(3e-3, weight_decay=0.01)"), ["tilts", "plots"]),
        ("plateau, patience of 5", dict(hidden=h["tanh3"], optimizer="adam(6e-3)", epochs=60,
                                        observers="reduce_lr_on_plateau(factor=0.3, patience=5)"), ["boilers", "plots"]),
    ]


def odd_nets():
    """Layers that look odd, and learn."""
    h = HIDDEN
    return [
        ("20 residual blocks", dict(hidden=residual(20, 20, "relu", ", kernel_initializer=zeros"), optimizer="adam(1e-3)"),
         ["pollen", "tracks"]),
        ("12 layers of tanh", dict(hidden=["12 * dense(32, activation=tanh)"], optimizer="adam(1e-3)"), ["plots", "capitals"]),
        ("two sigmoids, rate .01", dict(hidden=["2 * dense(48, activation=sigmoid)"], optimizer="adam(0.01)", epochs=50),
         ["pollen", "numerals"]),
        ("1000 units", dict(hidden=[f"dense(1000, activation=relu, {HE})"], optimizer="adam(5e-4)", epochs=20),
         ["numerals", "pollen"]),
        ("dropout .5 of 300", dict(hidden=[f"dense(300, activation=relu, {HE}) | dropout(0.5)"], epochs=50), ["pollen", "tracks"]),
        ("no hidden layer", dict(hidden=[], optimizer="adam(0.02)"), ["numerals"]),
        ("ten numbers between", dict(hidden=[f"dense(64, activation=elu, {HE})", "dense(10)", f"dense(64, activation=elu, {HE})"]),
         ["capitals", "pollen"]),
        ("random first layer of 600", dict(hidden=[f"dense(600, activation=relu, {HE}, trainable=false)",
                                                   "dense(32, activation=relu)"]), ["pollen"]),
        ("relu6", dict(hidden=["2 * dense(60, activation=relu6)"]), ["numerals", "tilts"]),
        ("last layer begins with 0", dict(hidden=h["relu2"], last="zeros"), ["quotes", "pollen"]),
    ]


def odd_data():
    """Losses and data that look odd, and can be learned."""
    h = HIDDEN
    return [
        ("stopped early", dict(hidden=["dense(32, activation=tanh)"], epochs=80, observers=STOP), NOISY),
        ("small and short", dict(hidden=["dense(8, activation=tanh)"], optimizer="adam(2e-3)", epochs=15), ["gusts"]),
        ("one loan in four", dict(hidden=["dense(12, activation=tanh)"], optimizer="adam(1e-3)", epochs=25), ["lenders"]),
        ("300 patients", dict(hidden=["dense(6, activation=tanh)"], batch=16, optimizer="adam(2e-3)", epochs=30), ["patients"]),
        ("100 pebbles", dict(hidden=["dense(6, activation=tanh)"], batch=8, optimizer="adam(5e-3)", epochs=40), ["pebbles"]),
        ("ships, exponential", dict(hidden=["dense(32, activation=tanh)"], loss="poisson", last="dense(1, activation=exponential)",
                                    optimizer="adam(2e-3)", epochs=30), ["arrivals"]),
        ("huber", dict(hidden=h["gelu2"], loss="huber"), ["boilers"]),
        ("logits of clothes", dict(hidden=["dense(32, activation=relu)"], last="dense(10)", epochs=20, optimizer="adam(2e-3)",
                                   loss="sparse_categorical_crossentropy(from_logits=true)"), ["wardrobe"]),
        ("a constant beside", dict(hidden=h["relu2"], change="constant beside"), ["pollen"]),
        ("classes three to one", dict(hidden=h["tanh3"], change="three to one"), ["capitals"]),
        ("pixels less their mean", dict(hidden=["normalization", *h["relu2"]], epochs=30), ["numerals"]),
    ]


def special():
    """Embeddings and nets of two outputs."""
    import eighteenth_faults as f
    return [(f"{name} {PART}", table, made) for name, table, made in [
        ("codes as vectors", "routes", f.coded()), ("two answers", "duties", f.two_answers())]]


def nets():
    import eighteenth_faults  # uses the lists above
    frame = Frame(PART, BROAD, HIDDEN, PLAIN, NOISY, STOP)
    plain = frame.plain_nets(lambda i, k: 3 * i + 4 * k + i // 3)[::3]
    own = [Net(name, "hard negative", table, made, part=PART) for name, table, made in special()]
    return fronted(plain + frame.hard_negatives(odd_training() + odd_nets() + odd_data(), 4) + own +
                   fair(frame.faulty(eighteenth_faults.FAULTS, eighteenth_faults.PAIRS), eighteenth_faults.RATES),
                   eighteenth_tables.UNITS, eighteenth_faults.LEFT)
