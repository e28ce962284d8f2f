#!/bin/sh
# Words of describe and help: tables of kinds, their keys, words of other libraries, hints for what does not exist. Held
# against describe_texts.expected.
#
#   PLUMMET=build/release/plummet sh tests/cli/describe_texts.sh --update    writes it anew: read the difference
. tests/cli/common
{
    show describe
    show describe words
    show describe penalty
    show describe dense
    show describe layer random_leaky_relu
    show describe loss focal
    show describe observer checkpoint
    show describe schedule one_cycle
    show describe finding dead_units
    show describe activation relu
    show describe --json constraint
    show describe checkpoint
    show describe dens
    show describe Conv2D
    show describe layer lstm
    show describe epochs
    show describe nothing_like_it
    show help runs
    show help trian
    show runs --nope
    show train -x
    show tarin
    show lr-find
    show evaluate
    show predict a b c d
} > describe_texts
matches "${1-}" describe_texts
finish
