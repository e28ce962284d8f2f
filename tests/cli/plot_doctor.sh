#!/bin/sh
# The readings of a run as a heat map: in the terminal, as a picture, and what is wrong with it said.
. tests/cli/common
run train digits epochs=2 doctor=true -q out=seen
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files
for what in '' update dead; do
    run plot doctor seen $what
    is "plot doctor seen $what" "$code" 0
    has "the layers of $what" "$out" 'dense_1'
done
run plot doctor seen -o map.svg
is 'a picture' "$code" 0
has 'as SVG' map.svg '</svg>'
run plot doctor seen weight
is 'an unknown map' "$code" 2
has 'an unknown map' "$err" "there is no heat map 'weight'"
run plot doctor
is 'no run' "$code" 2
run train digits epochs=1 -q out=unseen
run plot doctor unseen
has 'no readings' "$err" 'the run has no readings'
finish
