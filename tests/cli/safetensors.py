"""Reads and writes safetensors by the published layout, with Python's standard library alone.

rows WIDTH LARGEST COUNT        prints rows of whole numbers
predict MODEL ROWS ANSWERS      holds ANSWERS, which the command gave, against a forward pass done here
write MODEL                     writes a small model by hand
"""
import json
import math
import struct
import sys

SIZES = {"F64": 8, "F32": 4, "F16": 2, "I8": 1}
CODES = {"F64": "d", "F32": "f", "F16": "e", "I8": "b"}


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    header, body = data[8 : 8 + length], data[8 + length :]
    assert header[:1] == b"{", "header"
    words = json.loads(header.decode("utf-8"))
    metadata = words.pop("__metadata__")
    assert all(isinstance(value, str) for value in metadata.values()), "metadata"
    tensors, at = {}, 0
    for name, about in sorted(words.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = about["data_offsets"]
        count = math.prod(about["shape"])
        assert begin == at and end - begin == count * SIZES[about["dtype"]], name
        assert metadata.get("format") != "plummet" or (8 + length + begin) % SIZES[about["dtype"]] == 0, name
        tensors[name] = (about["shape"], struct.unpack("<%d%s" % (count, CODES[about["dtype"]]), body[begin:end]))
        at = end
    assert at == len(body), "bytes at the end"
    return metadata, tensors


def softmax(x):
    powers = [math.exp(value - max(x)) for value in x]
    return [power / sum(powers) for power in powers]


def dense(x, shape, kernel, bias):
    rows, columns = shape
    assert len(x) == rows
    return [bias[j] + sum(x[i] * kernel[i * columns + j] for i in range(rows)) for j in range(columns)]


def forward(metadata, tensors, x):
    for layer in json.loads(metadata["plummet.layers"]):
        kind = layer["spec"].split("(")[0]
        if kind == "rescaling":
            x = [value / 16 for value in x]
        elif kind == "dense":
            shape, kernel = tensors[layer["name"] + "/kernel"]
            x = dense(x, shape, kernel, tensors[layer["name"] + "/bias"][1])
            if "activation=relu" in layer["spec"]:
                x = [max(value, 0.0) for value in x]
            elif "activation=softmax" in layer["spec"]:
                x = softmax(x)
        else:
            assert kind == "input", kind
    return x


def predict(model, rows, answers):
    metadata, tensors = read(model)
    with open(rows) as file:
        inputs = [[float(cell) for cell in line.split(",")] for line in file]
    with open(answers) as file:
        given = [[float(cell) for cell in line.split(",")] for line in file.read().splitlines()[1:]]
    assert len(inputs) == len(given), "rows"
    for x, row in zip(inputs, given):
        y = forward(metadata, tensors, x)
        for mine, theirs in zip(y, row[len(row) - len(y) :]):
            assert abs(mine - theirs) <= 1e-5 * max(1.0, abs(mine)), (mine, theirs)


def write(path):
    layers = [
        {"spec": "input(3)", "inputs": [], "name": "x"},
        {"inputs": ["x"], "name": "schicht \u00e4 \"1\"", "spec": "dense(2, activation=relu)"},
        {"name": "y", "spec": "dense(4, activation=softmax)", "inputs": ["schicht \u00e4 \"1\""]},
    ]
    tensors = [
        ("y/bias", "F32", [4], [0.5, -0.5, 0.25, 1e-3]),
        ("schicht \u00e4 \"1\"/kernel", "F16", [3, 2], [1.5, -2.0, 0.25, 0.125, -0.75, 3.0]),
        ("y/kernel", "I8", [2, 4], [1, -1, 2, -2, 0, 3, -3, 1]),
        ("schicht \u00e4 \"1\"/bias", "F64", [2], [0.1, -0.2]),
    ]
    # the first kernel is read as 12 bytes and the second as 8, so that the F64 behind them is not aligned to 8
    header, body = {}, b""
    for name, dtype, shape, values in tensors:
        raw = struct.pack("<%d%s" % (len(values), CODES[dtype]), *values)
        header[name] = {"data_offsets": [len(body), len(body) + len(raw)], "shape": shape, "dtype": dtype}
        body += raw
    header["__metadata__"] = {
        "plummet.layers": json.dumps(layers),
        "plummet.format_version": "1",
        "somebody": "else",
    }
    text = json.dumps(header, indent=1).encode("ascii")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


def rows(width, largest, count):
    seed = 1
    for _ in range(count):
        row = []
        for _ in range(width):
            seed = (seed * 1103515245 + 12345) % 2**31
            row.append(seed // 65536 % (largest + 1))
        print(",".join(map(str, row)))


if sys.argv[1] == "rows":
    rows(*map(int, sys.argv[2:]))
else:
    {"predict": predict, "write": write}[sys.argv[1]](*sys.argv[2:])
