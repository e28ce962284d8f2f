/* Every argument of every class of Keras that plummet has, with the value that Keras gives it, is
 * taken or refused with a reason, and stands where Keras has it: a refusal must come from a check
 * of the value or from nn/foreign_words.c, and never say that the key is unknown.
 * tests/keras/signatures.tsv has the arguments; it was written by Keras itself. The table of words
 * must be true: it has no word that plummet takes, no kind that plummet lacks, and ascribes to
 * Keras only what Keras has. */
#include "base/foreign.h"
#include "base/names.h"
#include "base/runtime.h"
#include "nn_support.h"

/* LONGEST: bytes of a line. MOST: arguments of a class. */
enum { LONGEST = 4000, MOST = 40 };

/* The class whose lines are read. */
typedef struct {
    plm *w;
    char family[40], class[80], required[300];
    const plm_kind *kind; /* NULL = plummet does not have the class */
    int tried, refused, configs, configs_refused, faults;
    char key[MOST][60], value[MOST][200]; /* [arguments] in Keras's order, with samples */
    int arguments, ordered;               /* ordered: classes whose order was compared */
} walk;

/* Binds CLASS(samples...) of the first `count` arguments by position or by key. The configs are in
 * the arena. */
static plm_status bind_samples(walk *t, plm_arena *a, int count, bool by_key, const void **config,
                               char common[256])
{
    plm_text text = {.w = t->w};
    const plm_spec *s = NULL;
    const plm_kind *kind = NULL;
    plm_text_format(&text, "%s(", t->class);
    for (int i = 0; i < count; i++)
        plm_text_format(&text, "%s%s%s%s", i > 0 ? ", " : "", by_key ? t->key[i] : "",
                        by_key ? "=" : "", t->value[i]);
    plm_text_add(&text, ")");
    plm_status status = plm_spec_parse(a, plm_text_get(&text), &s);
    if (status >= 0)
        status = plm_kind_bind_common(a, t->family, s, &kind, config, common);
    plm_text_free(&text);
    return status;
}

/* True if a field has the same value in two configs. */
static bool same_value(plm_arena *a, const plm_field *f, const char *x, const char *y)
{
    const void *const one = x + f->offset, *const two = y + f->offset;
    if (f->type == PLM_INT || f->type == PLM_REAL || f->type == PLM_STEPS)
        return memcmp(one, two, 8) == 0;
    if (f->type == PLM_BOOL)
        return *(const bool *)one == *(const bool *)two;
    if (f->type == PLM_INTS)
        return memcmp(one, two, sizeof(plm_ints)) == 0;
    if (f->type == PLM_REALS)
        return ((const plm_reals *)one)->count == ((const plm_reals *)two)->count;
    const void *p = *(const void *const *)one, *q = *(const void *const *)two;
    if (p == NULL || q == NULL)
        return p == q;
    return f->type == PLM_SPEC || f->type == PLM_VALUE
               ? strcmp(plm_spec_text(a, p), plm_spec_text(a, q)) == 0
               : strcmp(p, q) == 0;
}

/* True if the class may take an argument at another position than Keras: what Keras has there is a
 * text or a list, or is refused otherwise, so nothing can be taken for something else. */
static bool is_excused(const char *class)
{
    static const char *const classes =
        "Discretization|SpatialDropout2D|SpatialDropout3D|CosineDecay|BinaryAccuracy|"
        "BinaryCrossentropy|CategoricalCrossentropy|SparseCategoricalCrossentropy|IoU|MeanIoU|"
        "OneHotIoU|OneHotMeanIoU|PearsonCorrelation|ConcordanceCorrelation|IntegerLookup";
    size_t length = 0;
    return plm_word_find(classes, class, &length) != NULL;
}

/* True if the first n arguments of the class by position are refused, or give the same config as by
 * key. */
static bool same_order(walk *t, int n)
{
    plm_arena a = {.w = t->w};
    char common[2][256] = {{0}};
    const void *config[2] = {NULL, NULL};
    bool same = true;
    if (bind_samples(t, &a, n, false, &config[0], common[0]) >= 0 &&
        bind_samples(t, &a, n, true, &config[1], common[1]) >= 0) {
        for (const plm_field *f = t->kind->fields; f != NULL && f->name != NULL; f++)
            same = same && same_value(&a, f, config[0], config[1]);
        const plm_field *f = plm_family_find(t->w, t->family)->common;
        for (; f != NULL && f->name != NULL; f++)
            same = same && same_value(&a, f, common[0], common[1]);
    }
    plm_arena_free(&a);
    return same;
}

/* The arguments of the class stand where Keras has them, and mean the same by position and by
 * key. */
static void compare_order(walk *t)
{
    t->ordered++;
    for (int i = 0; i < t->arguments; i++) {
        const size_t at = plm_kind_position(t->kind, t->key[i]);
        if (at == SIZE_MAX || at == (size_t)i || is_excused(t->class))
            continue;
        print_message("%s %s: %s is argument %d of Keras, %zu here\n", t->family, t->class,
                      t->key[i], i + 1, at + 1);
        t->faults++;
    }
    for (int n = 1; n <= t->arguments && strcmp(t->class, "IntegerLookup") != 0; n++)
        if (!same_order(t, n)) {
            print_message("%s %s: the first %d arguments by position mean something else\n",
                          t->family, t->class, n);
            t->faults++;
        }
}

/* Remembers an argument of the class, in Keras's order. */
static void note_argument(walk *t, const char *from, const char *key, const char *value)
{
    const bool is = strcmp(from, "required") == 0 || strcmp(from, "default") == 0;
    if (!is || t->arguments == MOST)
        return;
    snprintf(t->key[t->arguments], sizeof t->key[0], "%s", key);
    snprintf(t->value[t->arguments++], sizeof t->value[0], "%s", value);
}

static void begin_class(walk *t, const char *family, const char *name)
{
    if (t->kind != NULL)
        compare_order(t);
    t->arguments = 0;
    snprintf(t->family, sizeof t->family, "%s", family);
    snprintf(t->class, sizeof t->class, "%s", name);
    t->required[0] = '\0';
    t->kind = NULL;
    for (const plm_kind *const *k = plm_family_find(t->w, family)->kinds; *k != NULL; k++)
        if (plm_kind_named(*k, name))
            t->kind = *k;
}

/* Binds CLASS(required..., key=value); returns the status. */
static plm_status try_spec(walk *t, const char *text)
{
    plm_arena a = {.w = t->w};
    const plm_spec *s = NULL;
    const plm_kind *kind = NULL;
    const void *config = NULL;
    char common[256] = {0};
    plm_status status = plm_spec_parse(&a, text, &s);
    if (status >= 0)
        status = plm_kind_bind_common(&a, t->family, s, &kind, &config, common);
    plm_arena_free(&a);
    return status;
}

/* True if the required arguments, "key=value, key=value", have this key. */
static bool is_required(const walk *t, const char *key)
{
    const size_t length = strlen(key);
    for (const char *at = t->required; (at = strstr(at, key)) != NULL; at++)
        if ((at == t->required || at[-1] == ' ') && at[length] == '=')
            return true;
    return false;
}

static void try_argument(walk *t, const char *key, const char *value)
{
    char text[2 * LONGEST];
    const bool given = is_required(t, key);
    snprintf(text, sizeof text, "%s(%s%s%s=%s)", t->class, given ? "" : t->required,
             given || t->required[0] == '\0' ? "" : ", ", key, value);
    t->tried++;
    if (given || try_spec(t, text) >= 0)
        return;
    const plm_error *e = plm_last_error(t->w);
    t->refused++;
    if (e->hint[0] == '\0' || (strncmp(e->what, "unknown", 7) == 0 &&
                               !plm_foreign_key_find(t->w, t->family, t->kind->name, key))) {
        print_message("%s %s: %s (%s)\n", t->family, text, e->what, e->hint);
        t->faults++;
    } else {
        print_message("refused: %s %s: %s (%s)\n", t->family, text, e->what, e->hint);
    }
}

/* Tries a whole config in one of the ways in which it may be written. */
static void try_config(walk *t, const char *text)
{
    t->configs++;
    if (try_spec(t, text) >= 0)
        return;
    const plm_error *e = plm_last_error(t->w);
    t->configs_refused++;
    print_message("refused: %s %s: %s (%s)\n", t->family, text, e->what, e->hint);
    t->faults += strncmp(e->hint, "Keras's", 7) != 0;
}

/* Tries what get_config() prints: as the arguments of the class, with the class beside it, and, if
 * the class gives itself a name, alone. */
static void try_printed(walk *t, const char *config)
{
    static const char with_class[] =
        "{'module': 'keras', 'class_name': '%s', 'config': %s, 'registered_name': None}";
    char text[2 * LONGEST];
    snprintf(text, sizeof text, "%s(**%s)", t->class, config);
    try_config(t, text);
    snprintf(text, sizeof text, with_class, t->class, config);
    try_config(t, text);
    if (strncmp(config, "{'name': '", 10) == 0)
        try_config(t, config);
}

/* Reads one line: FAMILY CLASS FROM ARGUMENT VALUE. */
static void read_line(walk *t, char *line)
{
    char *field[5], *at = line;
    line[strcspn(line, "\n")] = '\0';
    for (int i = 0; i < 5; i++) {
        field[i] = at;
        at += strcspn(at, "\t");
        if (*at != '\0')
            *at++ = '\0';
    }
    note_argument(t, field[2], field[3], field[4]);
    if (strcmp(field[2], "class") == 0)
        begin_class(t, field[0], field[1]);
    else if (t->kind != NULL && strcmp(field[2], "required") == 0)
        snprintf(t->required + strlen(t->required), sizeof t->required - strlen(t->required),
                 "%s%s=%s", t->required[0] ? ", " : "", field[3], field[4]);
    else if (t->kind != NULL && strcmp(field[2], "printed") == 0)
        try_printed(t, field[4]);
    else if (t->kind != NULL)
        try_argument(t, field[3], field[4]);
}

static void every_argument(void **state)
{
    static char line[LONGEST];
    walk t = {.w = open_runtime(NULL)};
    FILE *f = fopen("tests/keras/signatures.tsv", "r");
    (void)state;
    if (f == NULL)
        skip();
    while (fgets(line, sizeof line, f) != NULL)
        if (line[0] != '#')
            read_line(&t, line);
    fclose(f);
    print_message("%d arguments tried, %d refused with a reason\n", t.tried, t.refused);
    print_message("%d configs tried, %d refused with a reason\n", t.configs, t.configs_refused);
    plm_close(t.w);
    assert_true(t.tried > 1000);
    assert_true(t.configs > 200);
    assert_true(t.ordered > 100);
    assert_int_equal(t.faults, 0);
}

/* Counts the words of a list that are names of plummet: a row for these would be never used. */
static int count_taken(plm *w, const char *family, const char *list)
{
    const plm_family *f = plm_family_find(w, family);
    size_t length = 0;
    int taken = 0;
    for (const char *at; (at = plm_word_next(&list, &length)) != NULL;) {
        char word[80];
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        for (const plm_kind *const *k = f->kinds; *k != NULL; k++)
            if (plm_kind_named(*k, word)) {
                print_message("%s %s is a name of plummet\n", family, word);
                taken++;
            }
    }
    return taken;
}

/* Returns the number of words of a list. */
static int count_words(const char *list)
{
    size_t length = 0;
    int count = 0;
    while (plm_word_next(&list, &length) != NULL)
        count++;
    return count;
}

/* No row of the table has a word that plummet takes, and every row of an argument has names of
 * kinds that exist. */
static void table_is_true(void **state)
{
    plm *w = open_runtime(NULL);
    int taken = 0;
    (void)state;
    for (const plm_foreign_kind *k = w->foreign->kinds; k->words != NULL; k++)
        taken += count_taken(w, k->family, k->words);
    assert_int_equal(taken, 0);
    for (const plm_foreign_key *k = w->foreign->keys; k->words != NULL; k++)
        if (k->kinds != NULL)
            assert_int_equal(count_taken(w, k->family, k->kinds), count_words(k->kinds));
    for (const plm_foreign_place *p = w->foreign->places; p->library != NULL; p++) {
        assert_int_equal(count_taken(w, p->family, p->kinds), count_words(p->kinds));
        assert_true(p->words == NULL ||
                    count_taken(w, p->family, p->words) == count_words(p->words));
    }
    plm_close(w);
}

/* Calls `take` with the family and the name of each class of Keras. */
static void each_class(plm *w, void (*take)(plm *w, const char *family, const char *name, void *to),
                       void *to)
{
    static char line[LONGEST];
    FILE *f = fopen("tests/keras/signatures.tsv", "r");
    if (f == NULL)
        skip();
    while (fgets(line, sizeof line, f) != NULL) {
        char family[40], name[80], from[20];
        if (sscanf(line, "%39[^\t]\t%79[^\t]\t%19[^\t]", family, name, from) == 3 &&
            strcmp(from, "class") == 0)
            take(w, family, name, to);
    }
    fclose(f);
}

/* A word of the table, and whether Keras has a class of this name. */
typedef struct {
    const char *family, *word;
    bool is;
} sought;

static void compare_class(plm *w, const char *family, const char *name, void *to)
{
    sought *s = to;
    (void)w;
    s->is = s->is || (strcmp(family, s->family) == 0 && plm_name_equal(name, s->word));
}

/* Names of Keras 1 and 2, and of parts of Keras 3 that are no classes of a family. */
static const char older[] =
    "DenseFeatures|FeatureSpace|ThresholdedReLU|MeanRelativeError|Sequential|Model|"
    "cosine_proximity";

/* A name that a message ascribes to Keras is a name of Keras: nobody should look for mcc there. */
static void names_of_keras(void **state)
{
    plm *w = open_runtime(NULL);
    int wrong = 0;
    (void)state;
    for (const plm_foreign_kind *k = w->foreign->kinds; k->words != NULL; k++) {
        const char *list = k->words;
        size_t length = 0, known = 0;
        for (const char *at;
             strcmp(k->library, "Keras") == 0 && (at = plm_word_next(&list, &length)) != NULL;) {
            char word[80];
            snprintf(word, sizeof word, "%.*s", (int)length, at);
            sought s = {.family = k->family,
                        .word = word,
                        .is = plm_word_find(older, word, &known) != NULL};
            each_class(w, compare_class, &s);
            wrong += !s.is;
            if (!s.is)
                print_message("%s %s is no name of Keras\n", k->family, word);
        }
    }
    plm_close(w);
    assert_int_equal(wrong, 0);
}

/* Base classes, and what is made for pictures, sound or another program's layers. */
static const char apart[] =
    "Layer|InputSpec|InputLayer|Initializer|Regularizer|Constraint|Optimizer|Loss|Metric|Mean|Sum|"
    "MeanMetricWrapper|CallbackList|History|OptimizerMap|MultiOptimizer|STFT|STFTInitializer|stft|"
    "ProgbarLogger|OrbaxCheckpoint";

static void check_class(plm *w, const char *family, const char *name, void *to)
{
    size_t length = 0;
    bool known = plm_word_find(apart, name, &length) != NULL ||
                 plm_foreign_kind_find(w, family, name) != NULL;
    for (const plm_kind *const *k = plm_family_find(w, family)->kinds; *k != NULL && !known; k++)
        known = plm_kind_named(*k, name);
    for (const plm_kind *const *k = plm_family_find(w, family)->words; k != NULL && *k != NULL; k++)
        known = known || plm_kind_named(*k, name);
    if (!known)
        print_message("%s %s: nothing is said of it\n", family, name);
    *(int *)to += !known;
}

/* Each class of Keras is known here, or the table says what to write: the nearest name would be
 * that of something else. */
static void every_class(void **state)
{
    plm *w = open_runtime(NULL);
    int unsaid = 0;
    (void)state;
    each_class(w, check_class, &unsaid);
    plm_close(w);
    assert_int_equal(unsaid, 0);
}

/* The calls that the table names are in the public header. */
static void calls_exist(void **state)
{
    static char header[1 << 17];
    plm *w = open_runtime(NULL);
    FILE *f = fopen("include/plummet.h", "r");
    (void)state;
    if (f == NULL)
        skip();
    header[fread(header, 1, sizeof header - 1, f)] = '\0';
    fclose(f);
    for (const plm_foreign_kind *k = w->foreign->kinds; k->words != NULL; k++)
        for (const char *at = k->ours; (at = strstr(at, "plm_")) != NULL; at++) {
            char call[80];
            snprintf(call, sizeof call, "%.*s",
                     (int)strspn(at, "abcdefghijklmnopqrstuvwxyz_0123456789"), at);
            if (strstr(header, call) == NULL)
                fail_msg("%s: there is no %s", k->words, call);
        }
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_argument), cmocka_unit_test(table_is_true),
        cmocka_unit_test(names_of_keras), cmocka_unit_test(every_class),
        cmocka_unit_test(calls_exist)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
