"""tensorboard.py DIR HISTORY: reads the event files of a run with a decoder of its own, and compares them
with history.csv. No package is needed: the framing, CRC-32C and the few fields of the protocol buffers are here."""

import csv
import math
import struct
import sys
from pathlib import Path


def crc32c(data):
    """CRC-32C by long division of bits; no table, unlike zlib's CRC-32 another polynomial."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    """The records of a TFRecord file, with both checksums compared."""
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        (head,) = struct.unpack_from("<I", data, at + 8)
        assert head == masked(data[at : at + 8]), "the checksum of a length differs"
        body = data[at + 12 : at + 12 + length]
        assert len(body) == length, "a record is cut off"
        (tail,) = struct.unpack_from("<I", data, at + 12 + length)
        assert tail == masked(body), "the checksum of a record differs"
        yield body
        at += 16 + length


def fields(data):
    """(number, value) of each field of a protocol buffer."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        kind = key & 7
        if kind == 0:
            value = varint()
        elif kind == 2:
            length = varint()
            value = data[at : at + length]
            at += length
        else:
            size = {1: 8, 5: 4}[kind]
            value = data[at : at + size]
            at += size
        yield key >> 3, value


def scalars(path):
    """{(tag, step): value} of a file; its first event is the version."""
    out, times = {}, []
    for number, body in enumerate(records(path.read_bytes())):
        event = dict(fields(body))
        times.append(struct.unpack("<d", event[1])[0])
        if number == 0:
            assert event[3] == b"brain.Event:2", event
            continue
        for field, value in fields(event[5]):
            assert field == 1
            parts = dict(fields(value))
            key = (parts[1].decode(), event[2])
            assert key not in out, f"{key} is there twice"
            out[key] = struct.unpack("<f", parts[2])[0]
    assert times == sorted(times) and times[0] > 1.5e9, times
    return out


def main():
    assert crc32c(b"123456789") == 0xE3069283  # the check value of CRC-32C
    folder, history = Path(sys.argv[1]), Path(sys.argv[2])
    found = {}
    for name, prefix in (("train", ""), ("validation", "val_")):
        for path in (folder / name).glob("*tfevents*") if (folder / name).is_dir() else ():
            found |= {(prefix + tag, step): value for (tag, step), value in scalars(path).items()}
    wanted = {}
    with history.open() as rows:
        for row in csv.DictReader(rows):
            for name, text in row.items():
                if name not in ("epoch", "seconds") and text not in ("", "nan"):
                    wanted[name, int(row["epoch"])] = float(text)
    names = sorted({name for name, _ in found})
    print(len(found), "values of", ", ".join(names))
    for key, value in found.items():
        assert key in wanted, f"{key} is not in the history"
        assert math.isclose(value, wanted[key], rel_tol=1e-6, abs_tol=1e-30), (key, value, wanted[key])
    lost = [key for key in wanted if key not in found]
    assert not lost, f"the files lack {lost[:5]}"


main()
