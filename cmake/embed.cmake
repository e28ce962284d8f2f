# Turns files into C arrays, without a tool of the machine that builds.
#   cmake -D what=bytes -D name=NAME -D files=FILE -D out=FILE -P embed.cmake    NAME[] and NAME_size
#   cmake -D what=runs "-Dfiles=a.yaml;b.yaml" -D out=FILE -P embed.cmake        plm_embedded_runs[] of src/run/runs.h

function(hexadecimal file result)
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
    # 20 bytes a line: CMake's expressions know no counts.
    set(five ".....")
    set(hundred "${five}${five}${five}${five}${five}${five}${five}${five}${five}${five}")
    set(hundred "${hundred}${hundred}")
    string(REGEX REPLACE "(${hundred})" "\\1\n    " bytes "${bytes}")
    set(${result} "${bytes}" PARENT_SCOPE)
endfunction()

if(what STREQUAL "bytes")
    hexadecimal(${files} bytes)
    file(WRITE ${out} "/* Written by the build: do not edit. */
#include <stddef.h>

extern const unsigned char ${name}[];
extern const size_t ${name}_size;
const unsigned char ${name}[] = {
    ${bytes}
};
const size_t ${name}_size = sizeof ${name};
")
else()
    set(arrays "")
    set(rows "")
    set(number 0)
    foreach(file IN LISTS files)
        cmake_path(GET file STEM name)
        hexadecimal(${file} bytes)
        string(APPEND arrays "static const unsigned char run_${number}[] = {\n    ${bytes}0x00\n};\n")
        string(APPEND rows "    {\"${name}\", (const char *)run_${number}},\n")
        math(EXPR number "${number} + 1")
    endforeach()
    file(WRITE ${out} "/* Written by the build: do not edit. */
#include \"run/runs.h\"

#include <stddef.h>

${arrays}
const plm_embedded_run plm_embedded_runs[] = {
${rows}    {NULL, NULL}
};
")
endif()
