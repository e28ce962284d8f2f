/* Tells errors of the data apart. */
#include "doctor/refusal.h"

#include <string.h>

/* True if the text has one of the words. */
static bool has_word(const char *text, size_t count, const char *const *word)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(text, word[i]) != NULL)
            return true;
    return false;
}

bool plm_refusal_is_missing(const plm_error *e)
{
    static const char *const words[] = {"NaN", "infinit", "not finite", "empty", "missing"};
    return has_word(e->what, sizeof words / sizeof words[0], words);
}

bool plm_refusal_is_of_loss(const plm_error *e)
{
    static const char *const words[] = {"softmax", "the loss", "and the model takes", "loss "};
    return strstr(e->where, "loss") != NULL ||
           has_word(e->what, sizeof words / sizeof words[0], words);
}
