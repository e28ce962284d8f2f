"""Damaged model files and checkpoints are refused by every verb, with exit code 3 and the file's name.

damage.py PLUMMET [COUNT]    COUNT: how many of 150 damages, default all; each is tried with one verb
"""
import os
import random
import subprocess
import sys
import tempfile

PLUMMET = os.path.abspath(sys.argv[1])
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 150
RUN = """data: digits | take(200) | shuffle | batch(50)
model:
  - input(64)
  - rescaling(1/16)
  - dense(8, activation=relu)
  - dense(10, activation=softmax)
optimizer: adam(1e-2)
epochs: 1
"""
random_numbers = random.Random(7)


def call(*arguments):
    return subprocess.run([PLUMMET, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)


def damage(data, how):
    """cut, flipped bit, swapped blocks, zeroed tail; in the numbers or, for header, in what comes before."""
    begin = 8 + int.from_bytes(data[:8], "little")
    out = bytearray(data)
    while bytes(out) == data:
        if how == "cut":
            out = out[:random_numbers.randrange(len(out))]
        elif how == "bit":
            out[random_numbers.randrange(begin, len(out))] ^= 1 << random_numbers.randrange(8)
        elif how == "blocks":
            a, b = (begin + 16 * random_numbers.randrange((len(out) - begin) // 16) for _ in range(2))
            out[a:a + 16], out[b:b + 16] = out[b:b + 16], out[a:a + 16]
        elif how == "tail":
            at = random_numbers.randrange(begin, len(out))
            out[at:] = bytes(len(out) - at)
        else:
            out[random_numbers.randrange(begin)] ^= 1 << random_numbers.randrange(8)
    return bytes(out)


failures = 0
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    with open("n.yaml", "w") as f:
        f.write(RUN)
    with open("start.yaml", "w") as f:
        f.write("data: digits | take(100)\nstart: run\nmodel: ['dense(10, activation=softmax)']\nepochs: 1\n")
    assert call("train", "n.yaml", "out=run", "threads=1", "-q").returncode == 0
    verbs = {"summary": ["summary", "run"], "predict": ["predict", "run", "digits | take(5)"],
             "evaluate": ["evaluate", "run", "digits | take(5)"],
             "resume": ["train", "--resume", "run", "epochs=2", "-q"],
             "start": ["train", "start.yaml", "-q"]}
    files = {name: open("run/" + name, "rb").read() for name in ["model.safetensors", "checkpoint.safetensors"]}
    for i in range(COUNT):
        verb = list(verbs)[i % len(verbs)]
        name = "checkpoint.safetensors" if verb == "resume" else "model.safetensors"
        how = ["cut", "bit", "blocks", "tail", "header", "header"][i % 6]
        with open("run/" + name, "wb") as f:
            f.write(damage(files[name], how))
        done = call(*verbs[verb])
        with open("run/" + name, "wb") as f:
            f.write(files[name])
        if done.returncode != 3 or name not in done.stderr:
            failures += 1
            print("FAILED: %s, %s: exit %d\n%s" % (verb, how, done.returncode, done.stderr))
    for arguments in verbs.values():
        done = call(*arguments)
        if done.returncode != 0:
            failures += 1
            print("FAILED: the whole file: %s\n%s" % (arguments, done.stderr))
print("%d damages, %d failures" % (COUNT, failures))
sys.exit(failures > 0)
