#!/bin/sh
# The whole run file that plummet init writes for a table: numbers, words, dates and long vocabularies, alone and mixed; few
# and many rows; classes, labels, numbers, several targets, series; each effort. Held against recipe_texts.expected.
#
#   PLUMMET=build/release/plummet sh tests/cli/recipe_texts.sh --update    writes it anew: read the difference
. tests/cli/common
run doctor digits --data
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files

# table ROWS HEADER EXPRESSIONS: writes t.csv; the expressions are awk's for a row i, ended by a comma each
table()
{
    awk "BEGIN { print \"$2\"; for (i = 0; i < $1; i++) print $3 }" > t.csv
}

# writes ARGUMENTS: the run file for t.csv
writes()
{
    show init t.csv "$@" | awk '!/^# (each column|a fifth|.* is held out)/'
}

number='(i * 37 % 101) / 7'
other='(i * 53 % 97) / 11'
few='"w" i % 4'
many='"v" i * 7 % 50'
more='"u" i % 60'
class='"c" i * 7 % 3'
{
    # ---- what the inputs are ----
    table 300 a,b,y "$number \",\" $other \",\" $class"
    writes target=y
    table 300 a,c,y "$number \",\" $few \",\" $class"
    writes target=y
    table 300 c,y "$few \",\" $class"
    writes target=y
    table 300 a,l,m,y "$number \",\" $many \",\" $more \",\" $class"
    writes target=y
    writes target=y embed=20
    writes target=y embed=55
    table 300 l,m,y "$many \",\" $more \",\" $class"
    writes target=y embed=20
    table 300 d,b,y "\"2024-01-\" 10 + i % 20 \",\" (i % 2 ? \"yes\" : \"no\") \",\" $class"
    writes target=y
    # ---- what the targets are ----
    table 300 a,b,y "$number \",\" $other \",\" $other"
    writes target=y
    table 300 a,y "$number \",\" (i % 2 ? \"yes\" : \"no\")"
    writes target=y
    table 300 a,y "$number \",\" (i % 2 ? \"red;big\" : i % 3 ? \"red\" : \"\")"
    writes target=y columns=y=labels
    table 300 a,y,z "$number \",\" $other \",\" $class"
    writes target='[y, z]'
    writes target='[z, y]'
    table 300 'a,y y,dense' "$number \",\" $other \",\" $class"
    writes target="['y y', dense]"
    # ---- series ----
    table 60 v "$number"
    writes target=v lags=3
    writes target=v windows=3
    # ---- how many rows ----
    for rows in 30 900 5000 40000; do
        table "$rows" a,b,y "$number \",\" $other \",\" $class"
        echo "# $rows rows"
        writes target=y | awk '/^(\$|epochs|nets|data|test|validation|batch)/'
    done
    # ---- rows that are copies of others: many, few, with other targets, by chance ----
    for rows in 200 290; do
        table 300 a,b,y "(i % $rows * 37 % 101) / 7 \",\" (i % $rows * 53 % 97) / 11 \",c\" i % $rows % 3"
        echo "# $rows of 300 rows differ"
        writes target=y | awk '/best/'
    done
    table 300 a,b,y "(i % 200 * 37 % 101) / 7 \",\" (i % 200 * 53 % 97) / 11 \",\" $class"
    writes target=y | awk '/best/'
    table 300 c,d,y "\"w\" i % 3 \",v\" i % 5 \",\" (i % 11 ? \"yes\" : \"no\")"
    writes target=y | awk '/best/'
    # ---- what is chosen by the user ----
    table 300 a,c,y "$number \",\" $few \",\" $class"
    for key in effort=quick effort=high effort=no epochs=7 nets=1 nets=5 validation=none test=none time=2m \
        metrics=top_k_categorical_accuracy 'optimizer=sgd(0.1)' calibrate=false 'model=[dense(3, activation=softmax)]' \
        loss=mse observers=best_weights class_weight=balanced seed=3; do
        writes target=y "$key"
    done
} > recipe_texts
matches "${1-}" recipe_texts
finish
