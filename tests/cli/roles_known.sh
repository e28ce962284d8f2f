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
cut -d, -f2 wanted > prices
is 'month/day as set' "$code $(cmp "$out" prices && echo same)" '0 same'
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
has 'two lines of names' "$err" "; if the names are in the second line, add skip=1"
run train grouped.csv target=price skip=1 --dry-run
is 'two lines of names' "$code" 0
cut -d, -f2 homes.csv > single.csv
run train single.csv target=size --dry-run
has 'one column' "$err" 'the table has 1 column, so the target has no inputs'
finish
