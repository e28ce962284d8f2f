#!/bin/sh
# Whole numbers of which a double cannot hold all digits: ids stay apart and come back digit by digit; a target that loses
# digits, and an input in which two numbers become one, are told.
. tests/cli/common
# the ids differ in the last digit, which doubles of this size do not have
awk 'BEGIN { print "id,x,y"; for (i = 0; i < 90; i++) printf "12000000000000001%02d,%d,%s\n", i, i * 37 % 90, i % 2 ? "up" : "down" }' > ids.csv
run train ids.csv target=y --dry-run
has 'ids' "$out" '^id  *identifier  *long ids, nearly each row has its own  *kept beside predictions'
lacks 'ids' "$err" 'same number'
run train ids.csv target=y effort=quick epochs=2 out=ids -q
is 'ids' "$code" 0
run predict ids ids.csv
is 'all digits of the ids' "$(cut -d, -f1 "$out" | sed 1d | cksum)" "$(cut -d, -f1 ids.csv | sed 1d | cksum)"
awk -F, 'NR > 1 { printf "{\"id\": %s, \"x\": %s, \"y\": \"%s\"}\n", $1, $2, $3 }' ids.csv > ids.jsonl
run predict ids ids.jsonl
is 'ids of JSON lines' "$(cut -d, -f1 "$out" | sed 1d | cksum)" "$(cut -d, -f1 ids.csv | sed 1d | cksum)"
run train ids.jsonl target=y --dry-run
has 'ids of JSON lines' "$out" '^id  *identifier  *long ids'

# ids that are repeated are words: the class depends on the last digit alone
awk 'BEGIN { print "customer_id,x,y"; for (i = 0; i < 90; i++) printf "120000000000000010%d,%d,%s\n", i % 3, i * 37 % 90, i % 3 == 1 ? "up" : "down" }' > repeated.csv
run train repeated.csv target=y effort=quick epochs=40 out=repeated -q
run train repeated.csv target=y --dry-run
has 'three words' "$out" '^customer_id  *category  *long ids, as words  *one-hot'
run evaluate repeated repeated.csv
has 'told apart' "$out" '^accuracy  *1\.0000'

# groups: rows of two ids are two groups, whatever a double says
awk 'BEGIN { print "who,x,y"; for (i = 0; i < 90; i++) printf "12000000000000001%02d,%d,%d\n", i / 3, i * 37 % 90, i * 11 % 90 }' > groups.csv
run train groups.csv target=y group=who effort=quick epochs=2 out=groups -q
is 'groups' "$code" 0

# times in nanoseconds: steps of 1 are lost, steps of a thousandth of a second are not
awk 'BEGIN { print "t,x,y"; for (i = 0; i < 90; i++) printf "17000000000000000%02d,%d,%d\n", i, i * 37 % 90, i * 11 % 90 }' > near.csv
run train near.csv target=y --dry-run
has 'near times' "$err" "warning: near.csv: in the column 't', 17000000000000000[0-9]* and 17000000000000000[0-9]* become the same number"
has 'near times' "$out" '^t  *number  *whole numbers, rounded to 16 digits'
awk 'BEGIN { print "t,x,y"; for (i = 0; i < 90; i++) printf "17000000000%02d000001,%d,%d\n", i, i * 37 % 90, i * 11 % 90 }' > far.csv
run train far.csv target=y --dry-run
lacks 'far times' "$err" 'same number'
has 'far times' "$out" '^t  *number  *whole numbers, rounded to 16 digits'
awk 'BEGIN { print "t,x,y"; for (i = 0; i < 90; i++) printf "9007199254740%03d,%d,%d\n", i, i * 37 % 90, i * 11 % 90 }' > small.csv
run train small.csv target=y --dry-run
has 'numbers below 2^53' "$out" '^t  *number  *whole numbers  '

# a target
awk 'BEGIN { print "x,y"; for (i = 0; i < 90; i++) printf "%d,90071992547409%02d\n", i * 37 % 90, i + 10 }' > target.csv
run train target.csv target=y --dry-run
has 'a target' "$err" "warning: target.csv: 4 of the numbers in the target 'y' have more digits than a number holds: 9007199254740993 is read as 9007199254740992;"
awk 'BEGIN { print "x,y"; for (i = 0; i < 90; i++) printf "%d,1%se20\n", i * 37 % 90, i + 10 }' > exponent.csv
run train exponent.csv target=y --dry-run
lacks 'an exponent' "$err" 'more digits'

# numpy has 16 digits as numbers, a CSV file as texts: the classes have the same names
if command -v python3 > /dev/null; then
    python3 - << 'PY'
import struct
rows = [(1000000000000000 + 7 * (i % 2), i * 37 % 90) for i in range(90)]
with open("kinds.csv", "w") as f:
    f.write("kind,x\n" + "".join("%d,%d\n" % r for r in rows))
head = f"{{'descr': {[('kind', '<i8'), ('x', '<i8')]!r}, 'fortran_order': False, 'shape': (90,), }}"
head += " " * (63 - (10 + len(head)) % 64) + "\n"
with open("kinds.npy", "wb") as f:
    f.write(b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head.encode("latin-1") + b"".join(struct.pack("<2q", *r) for r in rows))
PY
    run train kinds.csv target=kind effort=quick epochs=2 out=kinds -q
    run evaluate kinds kinds.npy
    is 'classes of 16 digits' "$code" 0
    has 'classes of 16 digits' "$out" '^1000000000000007  *[0-9]'
fi
finish
