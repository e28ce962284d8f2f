#!/bin/sh
# Arrays of numpy as tables: an archive with x and y, an array with columns and one with fields are
# trained on, evaluated and predicted as a CSV file with the same cells is.
. tests/cli/common
command -v python3 > /dev/null || { echo 'no python3'; exit 77; }
python3 - <<'PY' || fail 'the files'
import random, struct, zipfile, io
def npy(descr, shape, data):
    head = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}"
    head += " " * (63 - (10 + len(head)) % 64) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head.encode("latin-1") + data
random.seed(1)
n = 120
x = [[random.gauss(0, 3) for _ in range(3)] for _ in range(n)]
y = ["cat, big" if r[0] > r[1] else "dog" for r in x]
xs = b"".join(struct.pack("<3d", *r) for r in x)
ys = b"".join(w.ljust(9, "\0").encode("utf-32-le") for w in y)
for name, method in ("pets.npz", zipfile.ZIP_STORED), ("packed.npz", zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(name, "w", method) as z:
        for member, content in ("x.npy", npy("<f8", (n, 3), xs)), ("y.npy", npy("<U9", (n,), ys)):
            with z.open(member, "w", force_zip64=True) as f: # as numpy does
                f.write(content)
with open("pets.csv", "w") as f:
    f.write("x0,x1,x2,y\n")
    for r, w in zip(x, y):
        f.write(",".join(map(repr, r)) + f',"{w}"\n')
with open("fields.npy", "wb") as f:
    data = b"".join(struct.pack("<3d", *r) + w.ljust(9, "\0").encode("utf-32-le") for r, w in zip(x, y))
    f.write(npy([("x0", "<f8"), ("x1", "<f8"), ("x2", "<f8"), ("y", "<U9")], (n,), data))
with open("plain.npy", "wb") as f:
    f.write(npy("<f8", (n, 3), xs))
PY
run train pets.csv target=y -q out=csv seed=3 epochs=20
for file in pets.npz packed.npz fields.npy; do
    run train $file target=y -q out=of-$file seed=3 epochs=20
    is "$file" "$code" 0
    cmp csv/model.safetensors of-$file/model.safetensors || fail "$file gives another model than CSV"
done
cat < pets.npz | "$plummet" train - target=y -q out=piped seed=3 epochs=20 > "$out" 2> "$err" || fail 'a pipe'
cmp csv/model.safetensors piped/model.safetensors || fail 'a pipe gives another model'
run evaluate csv packed.npz
is 'evaluate' "$code" 0
run predict csv fields.npy
cp "$out" fields.out
run predict csv pets.csv
cmp "$out" fields.out || fail 'predictions differ'
run train plain.npy target=-1 --dry-run
is 'columns without names' "$code" 0
has 'columns without names' "$out" '^2 .*learned: a number'
run train plain.npy target=y --dry-run
is 'no such column' "$code" 2
head -c 2000 pets.npz > cut.npz
run train cut.npz target=y
is 'cut off' "$code" 3
has 'cut off' "$err" 'the archive is damaged'
finish
