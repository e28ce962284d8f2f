# Writes the registry: one table of descriptors, made from the folders of the kinds (file name = kind name).
#   cmake -D root=DIR -D list=FILE -D out=FILE -P registry.cmake    (list: the source files, separated by ;)
# A file counts when it defines its descriptor, so helpers may lie beside the kinds.

# folder | family | header that declares the descriptor's type | help
set(folders
    "src/nn/layer|layer|nn/nn.h|what a net is made of"
    "src/nn/optimizer|optimizer|nn/nn.h|how the weights follow the gradient"
    "src/op|op|graph/op.h|what the machine does: forward and backward pairs that layers emit"
    "src/data/source|source|data/data.h|where rows come from"
    "src/data/transform|transform|data/data.h|what happens to rows on their way"
    "src/train/observer|observer|train/train.h|what watches a fit"
    "src/format|format|format/format.h|model files"
    "src/doctor/finding|finding|doctor/finding.h|why a net does not train: what the doctor looks for")
# family | header that declares the descriptor's type | help: rows in any number of files, each a descriptor
# plm_FAMILY_NAME; the table plm_FAMILY_table is made of them, file by file in alphabetical order.
set(tables
    "initializer|nn/nn.h|how weights begin"
    "activation|op/op.h|functions between layers"
    "loss|op/op.h|what is made small"
    "metric|nn/nn.h|what is measured beside the loss"
    "regularizer|nn/penalty.h|penalties on weights or outputs"
    "constraint|nn/penalty.h|rules the weights keep"
    "schedule|nn/nn.h|how the learning rate changes with the step"
    "pretraining|base/kinds.h|how a net learns from rows without answers")

file(READ ${list} sources)
list(SORT sources)
set(headers "base/fields.h")
set(declarations "")
set(arrays "")
set(families "")

# What all kinds of a family can be told: a table plm_FAMILY_common_fields in one file. Sets `common`.
macro(common_of family)
    set(common NULL)
    foreach(source IN LISTS sources)
        file(READ ${source} words)
        if(words MATCHES "(^|\n)const plm_field plm_${family}_common_fields\\[\\] ?=")
            string(APPEND declarations "extern const plm_field plm_${family}_common_fields[];\n")
            set(common "plm_${family}_common_fields")
            break()
        endif()
    endforeach()
endmacro()

# Words that stand for one of several kinds: a table plm_FAMILY_words in one file. Sets `words_table`.
macro(words_of family)
    set(words_table NULL)
    foreach(source IN LISTS sources)
        file(READ ${source} words)
        if(words MATCHES "(^|\n)const plm_kind \\*const plm_${family}_words\\[\\] ?=")
            string(APPEND declarations "extern const plm_kind *const plm_${family}_words[];\n")
            set(words_table "plm_${family}_words")
            break()
        endif()
    endforeach()
endmacro()

foreach(row IN LISTS folders)
    string(REPLACE "|" ";" row "${row}")
    list(GET row 0 folder)
    list(GET row 1 family)
    list(GET row 2 header)
    list(GET row 3 help)
    set(found "")
    foreach(file IN LISTS sources)
        cmake_path(GET file PARENT_PATH place)
        cmake_path(GET file STEM name)
        if(NOT place STREQUAL "${root}/${folder}")
            continue()
        endif()
        file(READ ${file} text)
        if(text MATCHES "(^|\n)const plm_${family}_kind plm_${family}_${name} ?=")
            string(APPEND declarations "extern const plm_${family}_kind plm_${family}_${name};\n")
            string(APPEND found "    &plm_${family}_${name}.kind,\n")
        endif()
    endforeach()
    if(found)
        list(APPEND headers ${header})
        string(APPEND arrays "static const plm_kind *const ${family}_kinds[] = {\n${found}    NULL\n};\n")
        common_of(${family})
        string(APPEND families "    {\"${family}\", \"${help}\", ${family}_kinds, ${common}, NULL},\n")
    endif()
endforeach()

foreach(row IN LISTS tables)
    string(REPLACE "|" ";" row "${row}")
    list(GET row 0 family)
    list(GET row 1 header)
    list(GET row 2 help)
    set(found "")
    set(declared "")
    foreach(file IN LISTS sources)
        file(READ ${file} text)
        string(REGEX MATCHALL "(^|\n)const plm_${family}_kind plm_${family}_[a-z0-9_]+ ?=" rows "${text}")
        foreach(name IN LISTS rows)
            string(REGEX REPLACE "^.*plm_${family}_kind (plm_${family}_[a-z0-9_]+) ?=$" "\\1" name "${name}")
            string(APPEND declared "extern const plm_${family}_kind ${name};\n")
            string(APPEND found "    &${name}.kind,\n")
        endforeach()
        if(text MATCHES "(^|\n)const plm_kind \\*const plm_${family}_table\\[\\] ?=")
            string(APPEND declarations "extern const plm_kind *const plm_${family}_table[];\n")
            set(found table)
            break()
        endif()
    endforeach()
    if(NOT found)
        continue()
    endif()
    if(NOT found STREQUAL table)
        foreach(file IN LISTS sources)
            file(READ ${file} text)
            if(text MATCHES "(^|\n)static const plm_${family}_kind ([a-z0-9_]+) ?=")
                message(FATAL_ERROR "${file}: write const plm_${family}_kind plm_${family}_${CMAKE_MATCH_2}, "
                    "so that the row is found")
            endif()
        endforeach()
        list(APPEND headers ${header})
        string(APPEND declarations "${declared}")
        string(APPEND arrays "extern const plm_kind *const plm_${family}_table[];
const plm_kind *const plm_${family}_table[] = {\n${found}    NULL\n};\n")
    endif()
    common_of(${family})
    words_of(${family})
    string(APPEND families
        "    {\"${family}\", \"${help}\", plm_${family}_table, ${common}, ${words_table}},\n")
endforeach()

list(REMOVE_DUPLICATES headers)
set(includes "")
foreach(header IN LISTS headers)
    string(APPEND includes "#include \"${header}\"\n")
endforeach()
file(WRITE ${out} "/* Written by the build from the folders of the kinds: do not edit. */
${includes}
${declarations}
${arrays}
extern const plm_family plm_families[];
const plm_family plm_families[] = {
${families}    {NULL, NULL, NULL, NULL, NULL}
};
")
