# Writes the list of the command's verbs: every cli/verb_NAME.c that defines its descriptor plm_verb_NAME.
#   cmake -D list=FILE -D out=FILE -P verbs.cmake
# They come in the order of the help, which each descriptor gives as `.order = NUMBER`; equal numbers go by name.
file(READ ${list} files) # paths, separated by ;
set(found "")
foreach(file IN LISTS files)
    cmake_path(GET file STEM name)
    string(REGEX REPLACE "^verb_" "" name ${name})
    file(READ ${file} text)
    if(NOT text MATCHES "(^|\n)const plm_cli_verb plm_verb_${name} ?=")
        message(FATAL_ERROR "${file}: it must define const plm_cli_verb plm_verb_${name}")
    endif()
    if(NOT text MATCHES "\\.order = ([0-9]+)")
        message(FATAL_ERROR "${file}: its descriptor needs .order = NUMBER, its place in the help")
    endif()
    math(EXPR order "10000 + ${CMAKE_MATCH_1}") # as many digits each, so that they sort as text
    list(APPEND found "${order}|${name}")
endforeach()
list(SORT found)

set(declarations "")
set(verbs "")
foreach(row IN LISTS found)
    string(REGEX REPLACE "^.*\\|" "" name ${row})
    string(APPEND declarations "extern const plm_cli_verb plm_verb_${name};\n")
    string(APPEND verbs "    &plm_verb_${name},\n")
endforeach()
file(WRITE ${out} "/* Written by the build from cli/verb_*.c: do not edit. */
#include \"options.h\"

${declarations}
const plm_cli_verb *const plm_cli_verbs[] = {
${verbs}    NULL
};
_Static_assert(sizeof plm_cli_verbs / sizeof *plm_cli_verbs - 1 <= PLM_CLI_VERB_ROOM,
               \"more verbs than PLM_CLI_VERB_ROOM in cli/options.h\");
")
