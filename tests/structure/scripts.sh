#!/bin/sh
# No shell script of the project gets a warning from shellcheck. Skipped where shellcheck is not installed.
set -eu
command -v shellcheck >/dev/null || { echo "no shellcheck here"; exit 77; }
find . -path ./build -prune -o -path ./.git -prune -o -type f -perm -u+x -print -o -type f -name '*.sh' -print |
    while read -r file; do
        case $(head -n 1 "$file") in
        '#!/bin/sh'*) echo "$file" ;;
        '#!'*bash*) echo "$file" ;;
        esac
    done | xargs shellcheck -x -P SCRIPTDIR -S warning
