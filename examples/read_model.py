"""read_model.py MODEL: what a model file of plummet holds, read without plummet and without any package.

A model file is safetensors: 8 bytes, the length of the header, little-endian; the header, JSON; then the numbers of all
tensors. `__metadata__` of the header has the layers, the loss and the schema of the table as texts."""
import json
import math
import struct
import sys


def read(path):
    """Returns the metadata and {name: (shape, numbers)}; the numbers are float32, the last axis runs fastest."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        start = 8 + length
        metadata = header.pop("__metadata__")
        tensors = {}
        for name, about in header.items():
            begin, end = about["data_offsets"]
            file.seek(start + begin)
            tensors[name] = about["shape"], struct.unpack("<%df" % ((end - begin) // 4), file.read(end - begin))
    return metadata, tensors


def encode(column, cell):
    """Returns the numbers that a cell (text, "" = missing) of an input column becomes. Dates are left out here."""
    missing = [1.0 if cell == "" else 0.0] if column.get("indicator") else []
    words = column.get("words", [])
    if column["encoding"] in ("standardize", "min_max", "log"):
        number = float(cell) if cell else column["median"]
        if column["encoding"] == "log":
            number = math.copysign(math.log1p(abs(number)), number)
        return [(number - column["mean"]) / column["deviation"] if column["deviation"] else 0.0] + missing
    if column["encoding"] == "signs":
        return [1.0 if cell == words[0] else -1.0 if cell in words else 0.0] + missing
    if column["encoding"] == "one_hot":
        return [float(cell == word) for word in words] + missing
    raise ValueError("the encoding %s is not shown here" % column["encoding"])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: " + __doc__.split(":")[0])
    metadata, tensors = read(sys.argv[1])
    for layer in json.loads(metadata["plummet.layers"]):
        print("layer", layer["name"], layer["spec"])
    for column in json.loads(metadata.get("plummet.schema") or '{"columns": []}')["columns"]:
        print("column", column["name"], column["role"], column["type"], column["encoding"])
    for name, (shape, numbers) in sorted(tensors.items()):
        print("tensor", name, shape, "first", "%.6g" % numbers[0])
