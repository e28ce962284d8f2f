"""`plummet describe --json`: one JSON text for tools, true to what `describe` tells people."""
import json
import subprocess
import sys

plummet = sys.argv[1]


def run(*arguments):
    done = subprocess.run([plummet, "describe", *arguments], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout, done.stderr


def by_name(rows):
    return {row["name"]: row for row in rows}


code, text, _ = run("--json")
assert code == 0, code
everything = json.loads(text)
families = by_name(everything["families"])
assert {"layer", "optimizer", "activation", "loss", "metric", "initializer", "schedule", "observer", "source",
        "transform"} <= set(families), sorted(families)
assert {"model", "data", "epochs", "optimizer"} <= set(by_name(everything["keys"]))

# Each kind and argument that the text tells is in the JSON, and the other way round.
for family in families.values():
    names = [kind["name"] for kind in family["kinds"]]
    assert len(set(names)) == len(names) and names, family["name"]
    for kind in family["kinds"][:3]:
        told = run(family["name"], kind["name"])[1]
        assert told.startswith(f"{family['name']} {kind['name']}"), (family["name"], kind["name"])
        arguments = [argument["name"] for argument in kind["arguments"]]
        for argument in arguments:
            assert f"\n  {argument}: " in told, (kind["name"], argument)

dense = by_name(by_name(families["layer"]["kinds"])["dense"]["arguments"])
assert dense["units"] | {"help": ""} == {"name": "units", "type": "int", "required": True, "min": 1.0, "max": 1e9,
                                         "help": ""}, dense["units"]
assert dense["kernel_initializer"]["default"] == "glorot_uniform"
assert dense["kernel_initializer"]["family"] == "initializer"
assert dense["use_bias"]["type"] == "bool" and dense["use_bias"]["default"] == "true"
assert "name" in by_name(families["layer"]["common_arguments"])
assert by_name(families["metric"]["kinds"])["accuracy" if "accuracy" in by_name(families["metric"]["kinds"])
                                            else "binary_accuracy"]["direction"] == "up"


def range_of(family, kind, argument):
    found = by_name(by_name(families[family]["kinds"])[kind]["arguments"])[argument]
    return {end: found[end] for end in ("min", "max") if end in found}


# A number without a range, with one end, with both ends, one of which is 0.
assert range_of("layer", "rescaling", "offset") == {}
assert range_of("layer", "relu", "max_value") == {"min": 0.0}
assert range_of("layer", "batch_normalization", "momentum") == {"min": 0.0, "max": 1.0}
assert range_of("metric", "pearson_correlation", "axis") == {"min": -1.0, "max": 0.0}

# A family alone, the keys alone; what is unknown.
assert json.loads(run("--json", "layer")[1]) == [families["layer"]]
assert json.loads(run("--json", "key")[1]) == everything["keys"]
code, text, error = run("--json", "layrs")
assert code == 2 and text == "" and "did you mean layer?" in error, error
code, text, error = run("--json", "layer", "dense")
assert code == 2 and text == "", text
