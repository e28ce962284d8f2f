/* The table of words.h as data. */
#include "model/words.h"

#define WORD(name, word, written)                                                                  \
    [PLM_WORD_##name] = {.key = word, .file_key = "plummet." word, .always = written},

const plm_word_row plm_words[PLM_WORDS] = {PLM_MODEL_WORDS(WORD)};
