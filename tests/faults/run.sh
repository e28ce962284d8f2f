#!/bin/sh
# run.sh SCRIPT ARGUMENTS: a script of this folder, where there is Python.
command -v python3 > /dev/null || { echo 'not run: no python3'; exit 77; }
exec python3 "$(dirname "$0")/$1" "$2" ${3+"$3"} ${4+"$4"} ${5+"$5"}
