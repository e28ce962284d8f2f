/* Compares names as people write them, and makes the hints for unknown ones. Only ASCII letters
 * have a lower case here, so the result does not depend on the locale.
 *
 * A wrong name gets a hint with the nearest right one. The distance between two names is the number
 * of typing errors: a wrong, missing or additional letter, or two neighbouring letters exchanged.
 * If nothing is near, the names that contain the given word are proposed, as binary_crossentropy
 * for "crossentropy". */
#include "base/names.h"

#include <string.h>

enum {
    NAME_CAPACITY = 64, /* max bytes of a name that is compared, NUL included */
    FAR = 1000,         /* the distance to a name that is too long; it is larger than any real
                         * distance */
    MIN_PART = 4,       /* min length of a word that is searched for inside names */
    MAX_HOLDERS = 6     /* max number of names in a hint that contain the word */
};

/* Returns an ASCII letter in lower case, and other bytes unchanged. The result is the code of an
 * unsigned char, so that letters beyond ASCII compare equal only to themselves. */
static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

/* True if two names are equal apart from case and underscores. */
bool plm_name_equal(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a == '_')
            a++;
        while (*b == '_')
            b++;
        if (lower(*a) != lower(*b))
            return false;
        if (*a == '\0')
            return true;
    }
}

/* Writes the name in lower case without underscores. Returns its length; -1 = too long. */
static int fold(const char *name, char out[NAME_CAPACITY])
{
    int length = 0;
    for (; *name; name++) {
        if (*name == '_')
            continue;
        if (length == NAME_CAPACITY - 1)
            return -1;
        out[length++] = (char)lower(*name);
    }
    out[length] = '\0';
    return length;
}

/* Returns the smaller one. */
static int min_int(int a, int b)
{
    return a < b ? a : b;
}

/* Computes the restricted Damerau distance (no edit inside a swapped pair). now[j] is the distance
 * between the first i letters of a and the first j letters of b. Only three rows of the table of
 * distances are kept. */
int plm_name_distance(const char *a, const char *b)
{
    char x[NAME_CAPACITY], y[NAME_CAPACITY];
    const int m = fold(a, x), n = fold(b, y);
    if (m < 0 || n < 0)
        return FAR;
    /* the rows of the table for the current letter of a, the previous one, and the one before
     * that */
    int rows[3][NAME_CAPACITY];
    int *before = rows[0], *last = rows[1], *now = rows[2];
    for (int j = 0; j <= n; j++)
        last[j] = before[j] = j;
    for (int i = 1; i <= m; i++) {
        now[0] = i;
        for (int j = 1; j <= n; j++) {
            const int replace = last[j - 1] + (x[i - 1] != y[j - 1]);
            now[j] = min_int(replace, min_int(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                now[j] = min_int(now[j], before[j - 2] + 1);
        }
        int *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[n];
}

/* True if one name begins with the other, and the shared part has at least 3 characters. */
static bool is_prefix(const char *a, const char *b)
{
    char x[NAME_CAPACITY], y[NAME_CAPACITY];
    const int m = fold(a, x), n = fold(b, y), shared = min_int(m, n);
    return shared >= 3 && strncmp(x, y, (size_t)shared) == 0;
}

/* Returns the name with the fewest edits; short names allow fewer. Of several, the shortest: a
 * letter too many, as in rellu, is more frequent than a wrong one, so it means relu and not reglu.
 * If none is near enough, returns the first name that begins with the given one, or with which the
 * given one begins. */
const char *plm_name_nearest(const char *name, const char *const *names, size_t count)
{
    const size_t length = strlen(name);
    /* the longer a name, the more typing errors are tolerated */
    const int limit = length <= 4 ? 1 : length <= 8 ? 2 : 3;
    const char *best = NULL;
    int nearest = limit + 1;
    for (size_t i = 0; i < count; i++) {
        const int distance = plm_name_distance(name, names[i]);
        const bool shorter = best && distance == nearest && strlen(names[i]) < strlen(best);
        if ((distance < nearest || shorter) && (size_t)distance < length) {
            nearest = distance;
            best = names[i];
        }
    }
    for (size_t i = 0; i < count && !best; i++)
        if (is_prefix(name, names[i]))
            best = names[i];
    return best;
}

/* True if the name contains the word, and the word has at least MIN_PART characters. */
static bool contains(const char *name, const char *word)
{
    char x[NAME_CAPACITY], y[NAME_CAPACITY];
    return fold(word, y) >= MIN_PART && fold(name, x) >= 0 && strstr(x, y);
}

/* True if the letters are the first letters of the words of the name: lr of learning_rate. */
static bool are_initials(const char *letters, const char *name)
{
    if (strlen(letters) < 2)
        return false;
    for (;;) {
        if (lower(*letters) != lower(*name))
            return false;
        letters++;
        name = strchr(name, '_');
        if (!name)
            return *letters == '\0';
        name++;
    }
}

/* Adds "did you mean a, b or c?" with the names that contain the word. Returns false if there are
 * none, or too many to choose from. */
static bool advise_containing(plm_text *t, const char *word, const char *const *names, size_t count)
{
    const char *found[MAX_HOLDERS];
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (!contains(names[i], word))
            continue;
        if (n == MAX_HOLDERS)
            return false;
        found[n++] = names[i];
    }
    for (size_t i = 0; i < n; i++)
        plm_text_format(t, "%s%s", i == 0 ? "did you mean " : i + 1 < n ? ", " : " or ", found[i]);
    plm_text_add(t, n > 0 ? "?" : "");
    return n > 0;
}

/* Tries these hints in order: a name whose initials were given, the nearest name, names that
 * contain the given one, the list of all names. */
void plm_name_advise(plm_text *t, const char *name, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    for (size_t i = 0; i < count && !nearest; i++)
        if (are_initials(name, names[i]))
            nearest = names[i];
    if (!nearest)
        nearest = plm_name_nearest(name, names, count);
    if (nearest) {
        plm_text_format(t, "did you mean %s?", nearest);
        return;
    }
    if (advise_containing(t, name, names, count))
        return;
    plm_text_add(t, "known: ");
    for (size_t i = 0; i < count; i++) {
        const bool fits = t->length + strlen(names[i]) < PLM_HINT_CAPACITY - 20;
        plm_text_format(t, "%s%s", i > 0 ? ", " : "", fits ? names[i] : "...");
        if (!fits)
            return;
    }
}

/* ---- names of Python ---- */

/* Returns the length of a prefix of Keras, PyTorch or JAX ("keras.", "tf.nn.", "torch.optim.", ...)
 * at the beginning of a name; 0 = there is none. A longer prefix comes before its beginning. */
static size_t module_length(const char *name)
{
    static const char *const roots[] = {"tf.keras.",
                                        "tf.train.",
                                        "tensorflow.keras.",
                                        "keras.ops.",
                                        "keras.",
                                        "tf.nn.",
                                        "torch.nn.functional.",
                                        "torch.nn.",
                                        "nn.functional.",
                                        "nn.",
                                        "F.",
                                        "torch.optim.lr_scheduler.",
                                        "torch.optim.",
                                        "optim.lr_scheduler.",
                                        "optim.",
                                        "lr_scheduler.",
                                        "flax.linen.",
                                        "jax.nn.",
                                        "optax.",
                                        "tfa.",
                                        "tf.",
                                        "torch.",
                                        "ops."};
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        if (strncmp(name, roots[i], strlen(roots[i])) == 0)
            return strlen(roots[i]);
    return 0;
}

/* Skips "keras." or the like, then a module such as "layers.". A module alone counts if a capital
 * follows, as in layers.Dense, or if it is one of functions, as in regularizers.l2. If the rest
 * still has a dot or begins with a digit, the name is not a name of Keras and stays unchanged. */
const char *plm_name_without_module(const char *name)
{
    enum { OF_FUNCTIONS = 5 }; /* number of modules, at the beginning, that are of functions */
    static const char *const modules[] = {
        "regularizers.", "initializers.", "activations.", "constraints.",  "losses.",
        "layers.",       "optimizers.",   "legacy.",      "schedules.",    "models.",
        "metrics.",      "callbacks.",    "utils.",       "experimental.", "preprocessing."};
    const char *last = name + module_length(name);
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
        const size_t length = strlen(modules[i]);
        if (strncmp(last, modules[i], length) == 0 &&
            (last > name || i < OF_FUNCTIONS || (last[length] >= 'A' && last[length] <= 'Z')))
            last += length;
    }
    return last > name && strpbrk(last, "0123456789.") != last && strchr(last, '.') == NULL ? last
                                                                                            : name;
}

/* ---- patterns ---- */

/* True if the name matches one pattern: '*' is any text, '?' is one character. After a mismatch,
 * the text that the last '*' stands for becomes one character longer, and matching goes on after
 * it. Earlier stars need not change. */
static bool pattern_matches(const char *pattern, size_t length, const char *name)
{
    const char *const end = pattern + length, *star = NULL, *taken = NULL;
    while (*name != '\0') {
        if (pattern < end && *pattern == '*') {
            star = pattern++;
            taken = name;
        } else if (pattern < end && (*pattern == '?' || *pattern == *name)) {
            pattern++;
            name++;
        } else if (star != NULL) {
            pattern = star + 1;
            name = ++taken;
        } else {
            return false;
        }
    }
    while (pattern < end && *pattern == '*')
        pattern++;
    return pattern == end;
}

/* True if the name matches one of the patterns, which are compared one after the other. */
bool plm_pattern_matches(const char *patterns, const char *name)
{
    for (const char *at = patterns; at != NULL && *at != '\0';) {
        const size_t length = strcspn(at, "|");
        if (pattern_matches(at, length, name))
            return true;
        at += length + (at[length] == '|');
    }
    return false;
}

/* ---- lists of words ---- */

/* Returns the word before the next |, and moves *list after the |. */
const char *plm_word_next(const char **list, size_t *length)
{
    const char *word = *list;
    if (!word || !*word)
        return NULL;
    *length = strcspn(word, "|");
    *list = word + *length + (word[*length] == '|');
    return word;
}

/* Compares the words one by one. Each is copied first, since a word in a list does not end with
 * NUL; words of NAME_CAPACITY bytes or more are skipped. */
const char *plm_word_find(const char *list, const char *name, size_t *length)
{
    char word[NAME_CAPACITY];
    for (const char *at; (at = plm_word_next(&list, length)) != NULL;) {
        if (*length >= sizeof(word))
            continue;
        memcpy(word, at, *length);
        word[*length] = '\0';
        if (plm_name_equal(word, name))
            return at;
    }
    return NULL;
}
