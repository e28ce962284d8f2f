# What is written by the build: the registry of kinds, the verbs, the digits, the run files compiled in.
set(plm_generated ${PROJECT_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${plm_generated})

# Every source is a dependency: which of them define a kind or a table is seen by reading them.
file(GLOB_RECURSE plm_kind_files CONFIGURE_DEPENDS src/nn/*.c src/op/*.c src/data/*.c src/train/*.c src/format/*.c
    src/study/*.c src/doctor/*.c)
file(GLOB plm_family_headers CONFIGURE_DEPENDS src/nn/nn.h src/nn/schedule.h src/nn/metric.h src/graph/op.h src/data/data.h src/train/train.h
    src/format/format.h src/doctor/finding.h)
# The script reads the list from a file, which changes only when the list does: it and the compiler see the same files,
# and a file that was removed is noticed.
file(GENERATE OUTPUT ${plm_generated}/kind_files.txt CONTENT "${plm_kind_files}")
# tools/mutate changes the bodies of functions only, and no row of a registry.
set(plm_read_files ${plm_kind_files} ${plm_family_headers})
if(PLM_ONE_LIBRARY)
    set(plm_read_files "")
endif()
add_custom_command(OUTPUT ${plm_generated}/registry.c
    COMMAND ${CMAKE_COMMAND} -D root=${PROJECT_SOURCE_DIR} -D list=${plm_generated}/kind_files.txt
        -D out=${plm_generated}/registry.c -P ${PROJECT_SOURCE_DIR}/cmake/registry.cmake
    DEPENDS ${plm_generated}/kind_files.txt ${plm_read_files} ${PROJECT_SOURCE_DIR}/cmake/registry.cmake
    COMMENT "Writing the registry of kinds" VERBATIM)

add_custom_command(OUTPUT ${plm_generated}/digits.c
    COMMAND ${CMAKE_COMMAND} -D what=bytes -D name=plm_digits_gz -D out=${plm_generated}/digits.c
        -D files=${PROJECT_SOURCE_DIR}/src/data/digits.csv.gz -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${PROJECT_SOURCE_DIR}/src/data/digits.csv.gz ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    COMMENT "Embedding the digits" VERBATIM)

add_custom_command(OUTPUT ${plm_generated}/report_style.c
    COMMAND ${CMAKE_COMMAND} -D what=bytes -D name=plm_report_style -D out=${plm_generated}/report_style.c
        -D files=${PROJECT_SOURCE_DIR}/src/report/style.css -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${PROJECT_SOURCE_DIR}/src/report/style.css ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    COMMENT "Embedding the style sheet of the report" VERBATIM)

file(GLOB plm_run_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/run/runs/*.yaml)
add_custom_command(OUTPUT ${plm_generated}/runs.c
    COMMAND ${CMAKE_COMMAND} -D what=runs "-Dfiles=${plm_run_files}" -D out=${plm_generated}/runs.c
        -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${plm_run_files} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    COMMENT "Embedding the run files" VERBATIM)

file(GLOB plm_verb_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cli/verb_*.c)
file(GENERATE OUTPUT ${plm_generated}/verb_files.txt CONTENT "${plm_verb_files}")
add_custom_command(OUTPUT ${plm_generated}/verbs.c
    COMMAND ${CMAKE_COMMAND} -D list=${plm_generated}/verb_files.txt -D out=${plm_generated}/verbs.c
        -P ${PROJECT_SOURCE_DIR}/cmake/verbs.cmake
    DEPENDS ${plm_generated}/verb_files.txt ${plm_verb_files} ${PROJECT_SOURCE_DIR}/cmake/verbs.cmake
    COMMENT "Writing the list of verbs" VERBATIM)

set(plm_generated_sources ${plm_generated}/registry.c ${plm_generated}/digits.c ${plm_generated}/runs.c)
