"""Model files whose JSON is valid and whose meaning is hostile, through the whole command.

mutate.py PLUMMET COUNT [SEED]

Each is loaded by one verb in a process of its own. It may be refused or used; it may not crash, hang, take
much memory, make a sanitizer speak or end with a code that no fault of a file has. Checksums are taken out,
so that what is read behind them is reached.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

PLUMMET, COUNT = os.path.abspath(sys.argv[1]), int(sys.argv[2])
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
r = random.Random(SEED)
RUNS = [
    """data: digits | take(120) | shuffle | batch(40)
model: [input(64), rescaling(1/16), batch_normalization, dense(8), prelu, dropout(0.1), "dense(10, activation=softmax)"]
optimizer: adam(1e-2, use_ema=true)
epochs: 1
""",
    """data: digits | take(120) | also_target(input) | batch(40)
model: [input(64), "dense(6, activation=elu, name=body)", "dense(10, activation=softmax, name=digit)", "dense(64, name=picture) <- body"]
outputs: [digit, picture]
loss: [sparse_categorical_crossentropy, mse]
epochs: 1
"""]
NUMBERS = [0, 1, -1, 2, 7, 255, 2**31 - 1, 2**31, 2**32, 2**53, 2**62, 2**63 - 1, -2**63, 1.5, 1e308]
TEXTS = ["", "x", "dense", "input(0)", "dense(1000000000)", "dense(-1)", "dense(8", "concatenate", "add", "flatten",
         "input(2147483647, 2147483647)", "permute(2, 1)", "reshape(-1)", "repeat_vector(1000000)", "csv('/etc/passwd')",
         "activation(softmax)", "dropout(1.5)", "batch_normalization(axis=9)", "\x1b[2J", "\u009b31m", "\u202e", "a" * 5000,
         "training/numbers", "__metadata__", "dense/kernel", "%s%n%s", "adam(nan)", "sgd(1e999)", "mse", "accuracy, auc",
         "[" * 40, "['a', 'b']", "[[1], [2]]", "(((", "\x00"]


def call(*arguments, **more):
    return subprocess.run([PLUMMET, *arguments], capture_output=True, stdin=subprocess.DEVNULL, **more)


def read(path):
    with open(path, "rb") as f:
        data = f.read()
    n = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + n])
    for key in ["plummet.checksum", "plummet.checksums"]:
        header["__metadata__"].pop(key, None)
    return header, data[8 + n:]


def write(path, header, body):
    text = json.dumps(header, ensure_ascii=r.random() < 0.5).encode("utf-8", "surrogatepass")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text + body)


def places(value):
    """Every place in a tree: (holder, key)."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    for key in list(keys):
        yield value, key
        yield from places(value[key])


def change(tree):
    """Changes one value, drops, doubles or moves it, or gives a key another name."""
    all_places = list(places(tree))
    if not all_places:
        return
    holder, key = r.choice(all_places)
    value, how = holder[key], r.randrange(6)
    if how == 0:
        del holder[key]
    elif how == 1 and isinstance(holder, list):
        holder.insert(r.randrange(len(holder) + 1), value)
    elif how == 2:
        other, another = r.choice(all_places)
        try:
            holder[key], other[another] = other[another], holder[key]
        except (IndexError, KeyError):
            pass
    elif how == 3 and isinstance(holder, dict):
        holder[r.choice(TEXTS + list(holder))] = holder.pop(key)
    elif isinstance(value, str) and value and r.random() < 0.5:
        at = r.randrange(len(value))
        holder[key] = value[:at] + r.choice(TEXTS + ["(", ")", ",", "=", "9", "-", "'", value]) + value[at + r.randrange(3):]
    else:
        holder[key] = r.choice(TEXTS if isinstance(value, str) else NUMBERS)


def mutate(header, body):
    header = json.loads(json.dumps(header))
    for _ in range(r.choice([1, 1, 1, 2, 3])):
        words = header.get("__metadata__")
        part = r.randrange(4)
        inner = r.choice(["plummet.layers", "plummet.outputs"])
        try:
            if part == 0:
                change(header)
            elif part == 1 and isinstance(words, dict):
                change(words)
            elif isinstance(words, dict) and isinstance(words.get(inner), str):
                tree = json.loads(words[inner])
                change(tree)
                words[inner] = json.dumps(tree)
        except (RecursionError, ValueError):
            pass
    if r.random() < 0.2:
        body = bytes(r.randrange(256) for _ in range(len(body)))
    return header, body


# AddressSanitizer gives NULL where there is not that much memory, as malloc does.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":allocator_may_return_null=1:hard_rss_limit_mb=1500"
failures = 0
seen = {}
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    seeds = []
    for i, text in enumerate(RUNS):
        with open("n%d.yaml" % i, "w") as f:
            f.write(text)
        assert call("train", "n%d.yaml" % i, "out=run%d" % i, "threads=1", "-q").returncode == 0
        seeds += [(i, name) + read("run%d/%s" % (i, name)) for name in ["model.safetensors", "checkpoint.safetensors"]]
    for number in range(COUNT):
        i, name, header, body = r.choice(seeds)
        run = "run%d" % i
        write(run + "/x.safetensors", *mutate(header, body))
        verb = r.choice(["summary", "predict", "evaluate"] + ["resume"] * (name[0] == "c"))
        data = "digits | take(40)" + " | also_target(input)" * i
        arguments = {"summary": ["summary", run + "/x.safetensors"],
                     "predict": ["predict", run + "/x.safetensors", data, "threads=1"],
                     "evaluate": ["evaluate", run + "/x.safetensors", data, "threads=1"],
                     "resume": ["train", "--resume", "copy", "epochs=2", "threads=1", "-q"]}[verb]
        if verb == "resume":
            os.makedirs("copy", exist_ok=True)
            for file, source in [("run.yaml", run + "/run.yaml"), ("checkpoint.safetensors", run + "/x.safetensors")]:
                with open(source, "rb") as a, open("copy/" + file, "wb") as b:
                    b.write(a.read())
        try:
            done = call(*arguments, timeout=60)
        except subprocess.TimeoutExpired:
            done = subprocess.CompletedProcess(arguments, 999, b"", b"hangs")
        seen[done.returncode] = seen.get(done.returncode, 0) + 1
        text = done.stdout + done.stderr
        control = any(byte < 32 and byte not in (9, 10) for byte in text)
        if done.returncode not in (0, 2, 3, 4) or b"ERROR: " in text or b"runtime error" in text or control:
            if done.returncode == 1 and b"out of memory" in text:
                continue
            failures += 1
            with open(run + "/x.safetensors", "rb") as f:
                head = f.read()[8:1500]
            print("FAILED: seed %d, mutant %d, %s: exit %d\n%s\n%s" %
                  (SEED, number, verb, done.returncode, done.stderr.decode("utf-8", "replace")[-1500:], head))
print("%d mutants, exit codes %s, %d failures" % (COUNT, seen, failures))
sys.exit(failures > 0)
