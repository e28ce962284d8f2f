#!/bin/sh
# On a terminal of 40 columns no line is cut by the terminal.
. tests/cli/common
command -v python3 > /dev/null || { echo 'no python3'; exit 77; }
python3 -c 'import pty; pty.openpty()' 2> /dev/null || { echo 'no terminals can be made here'; exit 77; }

# A line of one word that is wider stays whole, since it may be copied.
narrow()
{
    python3 "$root/tests/cli/narrow.py" 40 "$plummet" "$@" > "$out" < /dev/null
    is "$*" $? 0
    is "$*: wide lines" "$(grep '^WIDE: *[^ ]\{1,\} [^ ]' "$out")" ''
}

narrow train digits epochs=1 out=digits
has 'loss and metrics' "$out" '^loss: sparse_categorical_crossentropy;\|^test loss'
narrow summary digits
narrow evaluate digits
awk 'BEGIN { print "id,age,color of the fur,kind"; for (i = 0; i < 60; i++) printf "%d,%s,%s,%s\n", i + 1, i % 9 ? i * 7 % 15 : "", i % 3 ? "red" : "grey", i % 2 ? "cat" : "dog" }' > pets.csv
narrow train pets.csv target=kind effort=quick epochs=1 out=pets
has 'the columns of pets' "$out" '^columns: 1 number, 1 yes_no; kept beside$'
narrow summary pets
has 'columns below one another' "$out" '^  7 missing$'
has 'the inputs that fit' "$out" '^Inputs: age, color of the fur$'
has 'a target that fits' "$out" '^Targets: kind$'
# tables of long names and large numbers
awk 'BEGIN { print "region of the country,size,price,kind of the house"; for (i = 0; i < 400; i++) printf "%s,%d,%d,%s\n", i % 3 ? "the far north of it" : "south", i % 90, 1000000000 + i % 13 * 70000000, i % 2 ? "a detached house" : "an apartment" }' > houses.csv
narrow train houses.csv target='kind of the house' effort=quick epochs=1 out=kinds
narrow evaluate kinds by='region of the country'
has 'classes' "$out" '^an ... *[01][.]'
has 'groups keep their intervals' "$out" '^  *95 % interval$'
has 'groups keep their intervals' "$out" '^  *[01][.][0-9]* to [01][.][0-9]*$'
narrow evaluate kinds by=size
narrow explain kinds
narrow explain kinds --row 3
narrow train houses.csv target=price effort=quick epochs=1 out=prices
narrow evaluate prices by='region of the country'
narrow explain prices
narrow explain prices --row 3
narrow runs ls .
narrow train digits epochs=1 out=long metrics='[sparse_top_k_categorical_accuracy, sparse_categorical_crossentropy]'
has 'a long label is a line of its own' "$out" '^test sparse_top_k_categorical_accuracy$'
narrow evaluate long
narrow lr-find digits
narrow search digits --trials 3 epochs=3 out=s define='rate = 0.01' search='rate = log_uniform(1e-3, 0.1)' optimizer='adam(rate)'
narrow plot activation relu 'elu(alpha=0.5)' 'leaky_relu(0.25)' --measure
has 'measurements' "$out" '^relu .*%$'
narrow plot samples digits --count 3
narrow plot schedule
# the report of a table that is refused
sed 's/^30,/thirty,/; s/^41,6,/41,six,/' pets.csv > bad.csv
python3 "$root/tests/cli/narrow.py" 40 "$plummet" train bad.csv target=kind > "$out" < /dev/null
is 'a refused table' $? 3
is 'a refused table: wide lines' "$(grep '^WIDE: *[^ ]\{1,\} [^ ]' "$out")" ''
has 'a refused table' "$out" '^    mixed: '
narrow plot init --nets 1 --activation tanh,relu --table
has 'plot init' "$out" '^  layers:        2     10     50    100$'
has 'plot init' "$out" '^he_normal explodes$'
has 'plot init' "$out" '^  gradients '
narrow plot init --nets 1 --activation tanh --depth 2
narrow plot init --nets 1
narrow plot activation relu
narrow describe dense
narrow describe key
has 'describe key' "$out" '^  source of the rows'
sed "s/digits-0001/x/" digits/run.yaml | grep -v '^loss\|^metrics\|^  - sparse\|^  - accuracy\|^directory' > plain.yaml
narrow train plain.yaml epochs=1 out=plain
# remedies stay on one line, so that they can be pasted
python3 "$root/tests/cli/narrow.py" 40 "$plummet" doctor plain.yaml optimizer='sgd(3, momentum=0.9)' > "$out" < /dev/null
is 'doctor: wide lines' "$(grep '^WIDE: ' "$out" | grep -v '^WIDE: \(help\|  or\): ')" ''
has 'doctor' "$out" '^error.S305.'
python3 "$root/tests/cli/narrow.py" 40 "$plummet" doctor plain.yaml optimizer='sgd(3, momentum=0.9)' --repair > "$out" < /dev/null
is 'doctor --repair: wide lines' "$(grep '^WIDE: ' "$out" | grep -v '^WIDE: \(help\|  or\|      optimizer\)')" ''
has 'doctor --repair: a curve in several lines' "$out" '^  |          *[0-9]'
python3 "$root/tests/cli/narrow.py" 80 "$plummet" doctor plain.yaml optimizer='sgd(3, momentum=0.9)' --repair > "$out" < /dev/null
is 'doctor --repair: lines of more than 80' "$(grep '^WIDE: ' "$out")" ''
narrow doctor digits epochs=1
has 'doctor: nothing' "$out" '^nothing found: the data'
# ---- the table of columns, and the first line of the doctor, on every width ----
awk 'BEGIN { print "id,age,color of the fur of the animal,kind,when it was seen"; for (i = 0; i < 300; i++) printf "%d,%s,w%s,%s,2020-%02d-01\n", i + 1, i % 9 ? i * 7 % 15 : "", i * i % 97, i % 2 ? "cat" : "dog", i % 12 + 1 }' > long.csv
sed '1s/color of the fur of the animal/color of it/; 1s/when it was seen/seen/' long.csv > short.csv
for width in 40 60 80 100; do
    for table in long short; do
        python3 "$root/tests/cli/narrow.py" $width "$plummet" train $table.csv target=kind --dry-run > "$out" < /dev/null
        is "the columns of $table.csv at $width" "$(sed -n '/numbers the rows/,/^Layer/p' "$out" | grep -c '^WIDE')" 0
        has "the columns of $table.csv at $width" "$out" 'numbers the rows'
        has "the columns of $table.csv at $width" "$out" '^  *standardized, gaps: median, marked$\|^age .* standardized, gaps:'
    done
    cp plain.yaml a-run-file-of-a-long-name.yaml
    python3 "$root/tests/cli/narrow.py" $width "$plummet" doctor a-run-file-of-a-long-name.yaml epochs=1 > "$out" < /dev/null
    is "doctor: a long title at $width" "$(grep -c '^WIDE' "$out")" 0
done
python3 "$root/tests/cli/narrow.py" 80 "$plummet" train short.csv target=kind --dry-run > "$out" < /dev/null
has 'the last cell is broken' "$out" '^age  *number  *whole numbers  *34  standardized, gaps:'
has 'the last cell is broken' "$out" '^  *marked$\|^  *median, marked$'
"$plummet" train long.csv target=kind --dry-run > "$out" 2> "$err"
has 'a pipe has whole lines' "$out" '^age  *number  *whole numbers  *34  standardized, gaps: median, marked$'

# ---- a title that is too long for a line is broken ----
LC_ALL=C COLUMNS=40 "$plummet" plot initializer he_normal glorot_uniform > "$out" 2> "$err"
has 'a long title' "$out" '^100 units$'
is 'a long title: wide lines' "$(awk 'length > 40' "$out")" ''
finish
