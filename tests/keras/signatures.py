#!/usr/bin/env python3
"""Writes signatures.tsv: every argument of every class of Keras, with its default, and every entry
of its get_config(). Needs Keras (tools/need keras); tests/reference/keras_values.py compares the
table with what Keras has.

    build/keras/bin/python tests/keras/signatures.py > tests/keras/signatures.tsv

A line is FAMILY CLASS FROM ARGUMENT VALUE, separated by tabs. FROM: "required" is an argument without
a default, for which VALUE is a sample; "default" is one with a default, as Python prints it;
"config" is an entry of get_config(), with objects as Class(key=value); "printed" is all of
get_config(), as Python prints it."""
import inspect
import random
import sys

import keras

MODULES = dict(
    layer=keras.layers, initializer=keras.initializers, activation=keras.activations,
    optimizer=keras.optimizers, schedule=keras.optimizers.schedules, loss=keras.losses,
    metric=keras.metrics, regularizer=keras.regularizers, constraint=keras.constraints,
    observer=keras.callbacks)
# Arguments of activations that are values to work on, not settings.
WORKED_ON = {"x"}
# What stands for a required argument.
SAMPLES = dict(
    units=3, rate=0.1, stddev=0.1, target_shape=(3, 1), dims=(2, 1), n=3, axes=1, scale=0.5, filters=3, kernel_size=3,
    activation="relu", initial_learning_rate=0.1, decay_steps=10, decay_rate=0.5, boundaries=[10], values=[0.1, 0.01],
    first_decay_steps=10, filepath="m.keras", filename="log.csv", schedule="0.1", recall=0.5, precision=0.5,
    specificity=0.5, sensitivity=0.5, num_classes=3, target_class_ids=[0], pool_size=2, output_size=2, input_dim=10, output_dim=3, height=8, width=8, factor=0.1, num_heads=2, key_dim=4)

# What has a default that Keras refuses.
NEEDED = dict(
    InputLayer=dict(shape=(4,)), CategoryEncoding=dict(num_tokens=4), Discretization=dict(bin_boundaries=[1.0]),
    IntegerLookup=dict(vocabulary=[1, 2]), StringLookup=dict(vocabulary=["a", "b"]),
    SpectralNormalization=dict(layer=keras.layers.Dense(3, name="inner")))
# How a sample that is an object is written.
WRITTEN = {NEEDED["SpectralNormalization"]["layer"]: "Dense(units=3)"}


def spec(value):
    """Returns a value of a config as text: an object becomes Class(key=value), all else is Python's."""
    if isinstance(value, dict) and "class_name" in value:
        if value["class_name"] == "DTypePolicy":
            return repr(value["config"]["name"])
        return f'{value["class_name"]}({", ".join(f"{k}={spec(v)}" for k, v in value["config"].items())})'
    if isinstance(value, float):
        return repr(float(f"{value:.7g}"))  # learning rates come back as float32
    return repr(value)


def entries(family, name, thing):
    """Yields (from, argument, value) of a class or a function."""
    samples = dict(NEEDED.get(name, {}))
    for key, value in samples.items():
        yield "required", key, WRITTEN.get(value, repr(value)) if isinstance(value, keras.Layer) else repr(value)
    for p in inspect.signature(thing).parameters.values():
        if p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) or p.name in WORKED_ON and family == "activation":
            continue
        if p.name in samples:
            continue
        if p.default is p.empty:
            samples[p.name] = SAMPLES.get(p.name)
            yield "required", p.name, repr(samples[p.name])
        else:
            yield "default", p.name, repr(p.default)
    if inspect.isclass(thing) and hasattr(thing, "get_config"):
        random.seed(0)  # of RandomCrop, which draws its seed
        try:
            config = thing(**samples).get_config()
        except Exception as e:  # abstract classes, and those that need other objects
            print(f"no config of {name}: {str(e)[:60]!r}", file=sys.stderr)
            return
        for key, value in config.items():
            yield "config", key, spec(value)
        yield "printed", "-", repr(config)


def main():
    print(f"# Keras {keras.__version__}, written by tests/keras/signatures.py. FAMILY CLASS FROM ARGUMENT VALUE")
    for family, module in MODULES.items():
        for name in sorted(dir(module)):
            thing = getattr(module, name)
            wanted = inspect.isfunction(thing) and name not in ("get", "serialize", "deserialize") \
                if family == "activation" else inspect.isclass(thing)
            if name.startswith("_") or not wanted:
                continue
            print(family, name, "class", "-", "-", sep="\t")
            for row in entries(family, name, thing):
                print(family, name, *row, sep="\t")


main()
