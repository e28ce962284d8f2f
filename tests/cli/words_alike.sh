#!/bin/sh
# Words that differ only in case or blanks: the same in a column of yes and no, told in others. NA among
# codes of two letters: told, and a word if the user says so.
. tests/cli/common

awk 'BEGIN { split("Yes,yes,YES,no,No,yes,no", a, ","); split("red,Red,red ,blue,BLUE,green", c, ","); split("NA,US,DE,FR,GB,IT,ES", k, ",")
    print "x,open,color,country,y"
    for (i = 0; i < 140; i++) printf "%d,%s,\"%s\",%s,%d\n", i * 37 % 140, a[1 + i % 7], c[1 + i % 6], k[1 + i * 3 % 7], i * 13 % 50 }' > words.csv
run train words.csv target=y --dry-run
is 'words' "$code" 0
has 'yes and no' "$err" "the words of column 'open' are taken as yes or no, without regard to upper and lower case and blanks: 'Yes', 'yes', 'YES', 'no', 'No'"
has 'yes and no' "$out" '^open .*yes_no .*1 or -1$'
has 'other words' "$err" "3 words of column 'color' differ from another one only in case or blanks, such as 'Red' from 'red'"
has 'other words' "$out" '^color .*6 different words .*one-hot$'
has 'a country' "$err" "'NA' in 20 cells of column 'country' counts as missing, but the other words are codes"

# as the target: two classes, named by their most usual form; new rows in any case
run train words.csv target=open effort=quick epochs=2 -q out=open
is 'a target' "$code" 0
printf 'x,color,country,open,y\n1,red,US,nO,3\n2,red,US, YES ,4\n' > new.csv
run evaluate open new.csv
is 'new rows' "$code" 0
run predict open new.csv
is 'its classes' "$(head -n 1 "$out")" 'class,probability_No,probability_Yes'
# as an input: the same numbers for the same word
run train words.csv target=y effort=quick epochs=3 keep=last -q out=y
for word in Yes yes YES 'yEs '; do
    printf 'x,open,color,country,y\n1,"%s",red,US,\n' "$word" > one.csv
    "$plummet" predict y one.csv 2> "$err" | tail -n 1
    lacks 'known' "$err" 'unknown'
done | sort -u > numbers
printf 'x,open,color,country,y\n1,no,red,US,\n' > one.csv
run predict y one.csv
is 'an input' "$(wc -l < numbers) $(tail -n 1 "$out" | grep -c -x -f numbers)" '1 0'
run train words.csv target=y columns='open=category' --dry-run
has 'kept apart' "$out" '^open .*as you have set it .*one-hot$'
has 'kept apart' "$err" "3 words of column 'open' differ"

# trained with one notation of yes and no, and predicted with others: as an input and as a target
awk 'BEGIN { print "x,open,y"; for (i = 0; i < 60; i++) printf "%d,%s,%d\n", i * 37 % 60, i % 2 ? "yes" : "no", i * 13 % 50 }' > plain.csv
run train plain.csv target=y effort=quick epochs=3 keep=last -q out=plain
for word in yes Yes YES ' yEs'; do
    printf 'x,open,y\n1,"%s",3\n' "$word" > one.csv
    "$plummet" predict plain one.csv 2> "$err" | tail -n 1
    lacks 'another notation' "$err" 'unknown'
done | sort -u > numbers
is 'another notation' "$(wc -l < numbers | tr -d ' ')" 1
printf 'x,open,y\n1,NO,3\n' > one.csv
run predict plain one.csv
is 'the other word' "$(tail -n 1 "$out" | grep -c -x -f numbers)" 0
printf 'x,open,y\n1,TRUE,3\n' > one.csv
run predict plain one.csv
has 'another word' "$err" TRUE
run train plain.csv target=open effort=quick epochs=2 -q out=answer
printf 'x,open,y\n1,YES,3\n2,No,4\n' > one.csv
run evaluate answer one.csv
is 'another notation of the target' "$code" 0

# ---- NA ----
run train words.csv target=y columns='country=words' effort=quick epochs=3 keep=last -q out=na
is 'a word' "$code" 0
lacks 'a word' "$err" "'NA' in"
printf 'x,open,color,country,y\n1,no,red,NA,3\n1,no,red,US,3\n' > na.csv
run predict na na.csv
lacks 'known in new rows' "$err" 'are empty'
is 'it has its own number' "$(tail -n 2 "$out" | sort -u | wc -l)" 2
run train words.csv target=country columns='country=words' effort=quick epochs=2 -q out=class
run evaluate class words.csv
has 'as a class' "$out" '^NA  '
finish
