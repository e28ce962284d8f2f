#!/bin/sh
# run.sh NAME: tests/reference/NAME.py against $DRIVER, by the first Python that has numpy; 77 = there is none. The values of
# Keras: by the Python that has Keras (tools/need keras).
if [ "$1" = keras_values ] && build/keras/bin/python -c 'import importlib.metadata as m; m.version("keras")' 2>/dev/null; then
    exec build/keras/bin/python "tests/reference/$1.py"
fi
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import numpy' 2>/dev/null; then
        exec "$python" "tests/reference/$1.py"
    fi
done
echo 'skipped: no python3 with numpy (Debian: python3-numpy)'
exit 77
