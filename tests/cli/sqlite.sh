#!/bin/sh
# Tables of SQLite databases: a table, a view or the rows of a query are trained on, evaluated and
# predicted as a CSV file with the same cells is.
. tests/cli/common
command -v python3 > /dev/null || { echo 'no python3'; exit 77; }
python3 - <<'PY' || { echo 'python3 has no sqlite3'; exit 77; }
import sqlite3, csv
db = sqlite3.connect("pets.db")
db.execute("create table pets (id integer primary key, age real, color text, since text, 'a b' integer, kind text)")
rows = [(i + 1, None if i % 11 == 0 else i % 37 / 4, ("red", "green", "dark blue")[i % 3], f"20{i % 20:02d}-0{1 + i % 9}-11",
         (1 << 52) + i, "cat, big" if i % 3 == 1 else "dog") for i in range(120)]
db.executemany("insert into pets values (?, ?, ?, ?, ?, ?)", rows)
db.commit()
with open("pets.csv", "w", newline="") as f:
    out = csv.writer(f)
    out.writerow(["id", "age", "color", "since", "a b", "kind"])
    out.writerows(rows)
two = sqlite3.connect("two.db")
two.execute("create table first (x real, data blob, y text)")
two.execute("create view second as select x, y from first")
two.executemany("insert into first values (?, ?, ?)", [(i % 7, b"\0\1", "ab"[i % 2]) for i in range(40)])
two.commit()
sqlite3.connect("none.db").execute("create table t (x)").connection.commit()
PY
run train pets.db target=kind --dry-run
case $(cat "$err") in *'this build cannot read'*) has 'no SQLite' "$err" 'libsqlite3'; finish ;; esac

# ---- the same as CSV ----
run train pets.db target=kind -q out=a seed=3 epochs=20
is 'a database' "$code" 0
run train pets.csv target=kind -q out=b seed=3 epochs=20
cmp a/model.safetensors b/model.safetensors || fail 'a database gives another model than CSV'
run train a/run.yaml -q out=c
cmp a/model.safetensors c/model.safetensors || fail 'its run file gives other bits'
run predict a pets.db
cp "$out" database.out
run predict a pets.csv
cmp "$out" database.out || fail 'predictions differ'
run evaluate a pets.db
is 'evaluate' "$code" 0

# ---- tables, views, queries ----
# refused WHAT CODE PATTERN ARGUMENTS
refused()
{
    what=$1 wanted=$2 pattern=$3
    shift 3
    run train "$@" --dry-run
    is "$what" "$code" "$wanted"
    has "$what" "$err" "$pattern"
}
refused 'two tables' 3 'the database has 2 tables' two.db target=y
has 'two tables' "$err" 'table=NAME: first, second'
refused 'another table' 3 "the database has no table 'third'" two.db target=y table=third
run train two.db target=y table=second --dry-run
is 'a view' "$code" 0
has 'a view' "$out" '32 rows to train on'
run train two.db target=y 'query=select x, x * x as z, y from first where x > 0' -q out=q epochs=2
is 'a query' "$code" 0
run evaluate q
is 'the test rows of a query' "$code" 0
run evaluate q two.db 'query=select x, x * x as z, y from first'
is 'another query' "$code" 0
has 'another query' "$out" '^rows  *40'
refused 'bytes' 3 "row 1, column 'data': the cell holds bytes" two.db target=y table=first
refused 'too many columns' 3 'the query has 6 columns, the limit is 5' digits "data=table('pets.db', target=kind, max_columns=5)"
refused 'both' 2 'both a table and a query' two.db target=y table=first 'query=select 1'
refused 'no rows' 3 'no rows' none.db target=x
refused 'a wrong query' 2 'SQLite: ' two.db target=y 'query=select nothing'
for query in 'drop table first' 'select x, y from first; drop table first' 'insert into first values (1, 2, 3)'; do
    refused "$query" 2 'not a single statement that selects rows' two.db target=y "query=$query"
done
run train two.db target=x table=second --dry-run
has 'the table is as it was' "$out" '^y '
head -c 3000 pets.db > cut.db
refused 'a database that is cut off' 3 'SQLite: ' cut.db target=kind
refused 'a table of CSV' 2 'the file is not a database' pets.csv target=kind table=pets
finish
