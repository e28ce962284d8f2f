#!/bin/sh
# What table(...) says about columns when a trained model reads it: it agrees with the model, has an
# effect, or is refused. Columns called id, dates of other notations, names with wide blanks.
. tests/cli/common

awk 'BEGIN { print "user_id,size,rooms,town,seen,w,price"
    for (i = 0; i < 80; i++)
        printf "%d,%d,%d,%s,%02d/%02d/2023,%.1f,%.1f\n", 1000 + i * 7, i * 37 % 91, i % 9, i % 3 ? "Ulm" : "Bonn",
            1 + i * 11 % 28, 1 + i % 12, 1 + i % 4, 3.5 * (i * 37 % 91) + i % 9 }' > homes.csv
run train homes.csv target=price weight=w effort=quick epochs=2 -q out=m
is 'train' "$code" 0
run predict m homes.csv
cp "$out" wanted
is 'the id beside predictions' "$(head -2 wanted | cut -d, -f1 | tr '\n' ' ')" 'user_id 1000 '
run train homes.csv target=price --dry-run
has 'the report of the id' "$out" '^user_id  *identifier .* kept beside predictions$'
run train homes.csv target=price columns='user_id=drop' effort=quick epochs=1 -q out=d
run predict d homes.csv
is 'a dropped id' "$(head -1 "$out")" 'price'
run train homes.csv target=price columns='rooms=id' effort=quick epochs=1 -q out=own
run predict own homes.csv
is 'another id' "$(head -1 "$out")" 'rooms,price'

# ---- arguments that name roles ----
for verb in evaluate predict; do
    for words in "weight=rooms" "group=town" "lags=3" "windows=2" "order=seen"; do
        run $verb m "table('homes.csv', $words)"
        is "$verb: $words" "$code" 2
        has "$verb: $words" "$err" "${words%%=*}= has no effect: the model was trained with"
    done
    for words in "weight=w" "weight=none" "columns='size=number, user_id=id'" "columns='{town: category}'"; do
        run $verb m "table('homes.csv', $words)"
        is "$verb: $words" "$code" 0
    done
    run $verb m "table('homes.csv', columns='size=category')"
    is "$verb: another type" "$code" 2
    has "$verb: another type" "$err" "columns= sets column 'size' to category, but in the model it is number"
    run $verb m "table('homes.csv', columns='town=drop')"
    is "$verb: an input is dropped" "$code" 2
done

# ---- dates: the order of day and month of this file; a year in front is clear ----
awk -F, 'NR == 1 { print; next } { split($5, d, "/"); $5 = d[2] "/" d[1] "/" d[3]; print }' OFS=, homes.csv > american.csv
run predict m american.csv
is 'month/day is refused' "$code" 3
has 'how it is read' "$err" "columns='NAME=FORMAT'"
run predict m "table('american.csv', columns='seen=mdy')"
is 'month/day as set' "$code $(cmp "$out" wanted && echo same)" '0 same'
awk -F, 'NR == 1 { print; next } { split($5, d, "/"); if (NR % 2) $5 = d[3] "-" d[2] "-" d[1]; print }' OFS=, homes.csv > mixed.csv
run predict m mixed.csv
is 'some years in front' "$code $(cmp "$out" wanted && echo same)" '0 same'
run train mixed.csv target=price --dry-run
has 'a training on mixed dates' "$out" '^seen  *date  *dates, day/month'

# ---- names of columns ----
awk 'BEGIN { printf "\302\240size\302\240,\343\200\200price,\"of\ntown\"\n"; for (i = 0; i < 60; i++) print i * 37 % 61 "," i * 1.5 "," i % 7 }' > wide.csv
run train wide.csv target=price --dry-run
is 'wide blanks around names' "$code" 0
has 'the name without blanks' "$out" '^size  '
has 'a line break in a name' "$out" '^of\\ntown  *number  *whole numbers  *standardized$'
is 'the columns of the report are aligned' \
    "$(awk '/^column /,/^$/ { if (NF) print index($0, NR ? $2 : "") }' "$out" | sort -u | wc -l)" 1

# ---- the encoding is warned of once, in the training ----
awk 'BEGIN { print "name,x,y"; for (i = 0; i < 60; i++) printf "%s,%d,%.1f\n", i % 3 ? "M\374ller" : "Gr\366\337e", i * 37 % 61, i % 7 + .5 }' > latin.csv
run train latin.csv target=y effort=quick epochs=1 -q out=latin
has 'the encoding' "$err" 'read as Windows-1252'
run evaluate latin latin.csv
is 'not again' "$code" 0
lacks 'not again' "$err" 'Windows-1252'

# ---- the doctor ----
printf 'a,a,y\n1,2,3\n4,5,6\n7,8,10\n' > double.csv
for words in 'double.csv' 'double.csv target=y'; do
    # shellcheck disable=SC2086
    run doctor $words
    has "doctor $words" "$out" "columns 0 and 1 have the same name, 'a'"
done
awk 'BEGIN { srand(3); print "zip,x,copy,y"; for (i = 0; i < 90; i++) { y = rand(); printf "%d,%.4f,%.5f,%.5f\n", 1000 + i % 5, rand(), y, y } }' > leak.csv
for set in 'zip=category' '{zip: category}'; do
    run doctor leak.csv target=y columns="$set"
    set=${set#\{}
    has 'doctor: columns are merged' "$out" "columns=\"*'*${set%\}}, copy=drop"
done
# ---- a line above the names, and a single column ----
{ echo 'group A,,group B,,,,'; cat homes.csv; } > grouped.csv
run train grouped.csv target=price --dry-run
has 'two lines of names' "$err" "there is no column 'price': the names of the columns are in line 2"
has 'two lines of names' "$err" "hint: add skip=1"
run train grouped.csv target=prices --dry-run
has 'two lines of names' "$err" "; if the names are in the second line, add skip=1"
{ printf 'Report,,,,,,\n\n'; cat grouped.csv; } > titled.csv
run train titled.csv target=price --dry-run
has 'a title and two lines of names' "$err" "the names of the columns are in line 4"
has 'a title and two lines of names' "$err" "hint: add skip=3"
run train titled.csv target=price skip=3 --dry-run
is 'a title and two lines of names' "$code" 0
run train grouped.csv target=price skip=1 --dry-run
is 'two lines of names' "$code" 0
# ---- many columns: those that are alike have one line in the report ----
awk 'BEGIN { for (k = 0; k < 300; k++) printf "%s%d,", k < 200 ? "a" : "b", k; print "y"
    for (i = 0; i < 40; i++) { for (k = 0; k < 300; k++) printf k < 200 ? "%.1f," : "%d,", i * (k % 29 + 1) % 31 + 0.5; print i % 2 } }' > many.csv
run train many.csv target=y --dry-run
has 'columns that are alike' "$out" "a0 ... a199 (200 columns)"
has 'columns that are alike' "$out" "b200 ... b299 (100 columns)"
lacks 'columns that are alike' "$out" "a198"
cut -d, -f2 homes.csv > single.csv
run train single.csv target=size --dry-run
has 'one column' "$err" 'the table has 1 column, so the target has no inputs'
# ---- columns of earlier rows: lags= and windows= are different words; embed=; horizon= ----
awk 'BEGIN { print "month,sales,rain"; for (i = 0; i < 60; i++) printf "%d-%02d,%.1f,%d\n", 2015 + int(i / 12), 1 + i % 12, 50 + i + i % 12, i % 7 }' > months.csv
for words in 'lags=3' 'windows=3'; do
    run train months.csv target=sales "$words" effort=quick epochs=1 -q "out=${words%=3}"
    is "train $words" "$code" 0
    run predict "${words%=3}" "table('months.csv', $words)"
    is "$words agrees" "$code" 0
done
run predict lags "table('months.csv', windows=3)"
has 'windows= for a model with lags=' "$err" 'windows= has no effect: the model was trained with lags=3'
run evaluate windows "table('months.csv', lags=3)"
has 'lags= for a model with windows=' "$err" 'lags= has no effect: the model was trained with windows=3'
run evaluate windows "table('months.csv', horizon=2)"
is 'a horizon that is evaluated' "$code" 2
has 'a horizon that is evaluated' "$err" 'horizon= has no effect'
run evaluate windows
is 'the own test rows' "$code" 0
run train homes.csv target=price embed=1 columns='town=category' effort=quick epochs=1 -q out=ids
for words in "ids embed=0 embedded" "m embed=1 one-hot"; do
    # shellcheck disable=SC2086
    set -- $words
    [ "$1" = ids ] || run train homes.csv target=price columns='town=category' effort=quick epochs=1 -q out=m overwrite=true
    run predict "$1" "table('homes.csv', $2)"
    is "$words" "$code" 2
    has "$words" "$err" "$2 has no effect: in the model, column 'town' is $3"
done
run predict ids "table('homes.csv', embed=1)"
is 'the same embed' "$code" 0
lacks 'the same embed' "$err" 'no effect'
run predict ids "table('homes.csv', embed=2)"
has 'more than the words of the model' "$err" "warning: homes.csv: embed=2 has no effect: in the model, column 'town' is embedded, and its training had 2 words"
run train homes.csv target=price embed=1000 columns='town=category' --dry-run
has 'more than the words' "$err" "warning: homes.csv: embed=1000 has no effect: no category has more words than that; 'town' has the most, 2"
run train homes.csv target=price embed=1000 columns='town=drop' --dry-run
has 'no words' "$err" 'warning: homes.csv: embed=1000 has no effect: no input is a category'
run train homes.csv target=price columns='town=category' --dry-run
lacks 'nothing said of the default' "$err" 'embed'
run train homes.csv target=price embed=0 columns='town=category' --dry-run
lacks 'no embedding' "$err" 'embed'

# ---- the id of table(...), and of its stages ----
run predict d homes.csv id=user_id
cp "$out" wanted
run predict d "table('homes.csv')" id=user_id
is 'the id of table(...)' "$code $(cmp "$out" wanted && echo same)" '0 same'
run predict own "table('homes.csv') | skip(2) | batch(3)"
is 'the id of stages' "$(cut -d, -f1 "$out" | head -4 | tr '\n' ' ')" 'rooms 2 3 4 '
run predict own "table('homes.csv')" id=Rooms
has 'another id' "$err" "did you mean 'rooms'? its columns: user_id, size, rooms"

# ---- names in other letters ----
sed '1s/.*/user_id,Size,rooms,TOWN,seen,w,price/' homes.csv > cased.csv
run predict d cased.csv
is 'names in other letters' "$code" 3
has 'names in other letters' "$err" "has no columns 'size', 'town'"
has 'which names' "$err" "rename 'Size' to 'size', 'TOWN' to 'town'; its columns: user_id, Size, rooms, TOWN"

# ---- a net of numbers as they are has no encoding for table(...) ----
awk 'BEGIN { for (i = 0; i < 60; i++) print i * 37 % 61 "," i * 11 % 31 "," i % 7 }' > plain.csv
cat > plain.yaml << 'END'
data: csv('plain.csv', target=-1) | batch(16)
model: [dense(1)]
epochs: 1
END
run train plain.yaml -q out=plain
for verb in predict evaluate; do
    run $verb plain "table('plain.csv')"
    is "$verb: table(...) for numbers as they are" "$code" 3
    has "$verb: table(...) for numbers as they are" "$err" 'trained on numbers as they are, but table(...) encodes its columns'
done
run predict plain plain.csv
is 'the file alone' "$code" 0

# ---- the column of a value that JSON does not have ----
awk 'BEGIN { for (i = 0; i < 30; i++) printf "{\"a\": %d, \"b\": {\"x\": %s}, \"y\": %d}\n", i, "1", i % 5 }' | sed 's/{"x": 1}/7/' > rows.jsonl
for bad in '"b": NaN' '"b": 1e999' '"b": -Infinity' '"b": 012' '"b": undefined'; do
    sed "9s/\"b\": 7/$bad/" rows.jsonl > bad.jsonl
    { echo '['; sed '$!s/$/,/' bad.jsonl; echo ']'; } > bad.json
    for file in bad.jsonl bad.json; do
        run train "$file" target=y --dry-run
        is "$file, $bad" "$code" 3
        has "$file, $bad" "$err" "byte [0-9]*, column 'b': "
    done
done
finish
