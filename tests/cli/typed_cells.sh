#!/bin/sh
# A model that was trained on a table with decimal commas and days before months predicts the same
# rows as JSON lines, from SQLite and from numpy alike: their numbers and dates have no notation.
. tests/cli/common
command -v python3 > /dev/null || { echo 'no python3'; exit 77; }
python3 - <<'PY' || fail 'the files'
import json, struct, datetime
rows = [(i * 137 % 4000 / 1000 + 1, (i * 29 % 90) / 4, datetime.date(2023, 1 + i % 12, 1 + i * 7 % 28), "up" if i % 3 else "down")
        for i in range(90)]
with open("train.csv", "w") as f:
    f.write("size;rate;day;way\n")
    for size, rate, day, way in rows:
        f.write(f"{size:.3f};{rate:.2f};{day.day:02d}/{day.month:02d}/{day.year};{way}\n".replace(".", ","))
with open("rows.jsonl", "w") as f, open("texts.jsonl", "w") as g:
    for size, rate, day, way in rows:
        f.write(json.dumps({"size": size, "rate": rate, "day": day.isoformat(), "way": way}) + "\n")
        g.write(json.dumps({"size": f"{size:.3f}".replace(".", ","), "rate": f"{rate:.2f}".replace(".", ","),
                            "day": f"{day.day:02d}/{day.month:02d}/{day.year}", "way": way}) + "\n")
days = lambda d: (d - datetime.date(1970, 1, 1)).days
data = b"".join(struct.pack("<2dq", size, rate, days(day)) + way.ljust(4, "\0").encode("utf-32-le") for size, rate, day, way in rows)
head = f"{{'descr': {[('size', '<f8'), ('rate', '<f8'), ('day', '<M8[D]'), ('way', '<U4')]!r}, 'fortran_order': False, 'shape': (90,), }}"
head += " " * (63 - (10 + len(head)) % 64) + "\n"
with open("rows.npy", "wb") as f:
    f.write(b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head.encode("latin-1") + data)
with open("mixed.jsonl", "w") as f: # some numbers as texts, with a decimal comma
    for i, (size, rate, day, way) in enumerate(rows):
        f.write(json.dumps({"size": size, "rate": f"{rate:.2f}".replace(".", ",") if i % 2 else rate, "day": day.isoformat(), "way": way}) + "\n")
try:
    import sqlite3
    db = sqlite3.connect("rows.db")
    db.execute("create table t (size real, rate real, day text, way text)")
    db.executemany("insert into t values (?, ?, ?, ?)", [(s, r, d.isoformat(), w) for s, r, d, w in rows])
    db.commit()
except ImportError:
    pass
PY
run train train.csv target=way -q out=net seed=2 effort=quick epochs=5
is 'decimal commas' "$code" 0
run predict net train.csv
cp "$out" expected
for file in rows.jsonl texts.jsonl mixed.jsonl rows.npy rows.db; do
    [ -f $file ] || continue
    run predict net $file
    grep -q 'this build cannot read' "$err" && continue
    is "predictions of $file" "$code" 0
    cmp "$out" expected || fail "$file has other predictions than the CSV file"
    run evaluate net $file
    is "evaluate $file" "$code" 0
done
# a point in a text is still refused
printf '{"size": "1.5", "rate": 2, "day": "2023-01-05", "way": "up"}\n' > point.jsonl
run predict net point.jsonl
is 'a text with a point' "$code" 3
has 'a text with a point' "$err" "column '[a-z]*': 1.5 is not a number with a decimal comma"

# a table of numbers with types says nothing about the notation of its texts
run train mixed.jsonl target=way --dry-run
is 'mixed cells' "$code" 0
has 'mixed cells' "$out" '^rate  *number  *numbers, decimal comma'
finish
