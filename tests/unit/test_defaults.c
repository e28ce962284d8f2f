/* The default of every key of every kind, against tests/unit/defaults.txt, which was written from
 * Keras's documentation where Keras has the key. A default that changes, a kind or a key that is
 * missing there, or one that is there and nowhere else, fails. A line of the file is
 *
 *     FAMILY KIND KEY DEFAULT
 *
 * Ops, which are internal, are left out. KIND is "-" for what every kind of the family takes;
 * DEFAULT is "required", or "none" where nothing is given. */
#include "nn_support.h"

enum { LONGEST = 400, MOST_LINES = 2000 };

typedef struct {
    char (*line)[LONGEST];
    size_t count;
    bool used[MOST_LINES];
    int faults;
} table;

static void read_table(table *t)
{
    FILE *f = fopen("tests/unit/defaults.txt", "r");
    char line[LONGEST];
    if (f == NULL)
        skip();
    t->line = calloc(MOST_LINES, LONGEST);
    assert_non_null(t->line);
    while (fgets(line, sizeof line, f) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#')
            continue;
        assert_true(t->count < MOST_LINES);
        memcpy(t->line[t->count++], line, LONGEST);
    }
    fclose(f);
}

static void look_up(table *t, const char *family, const char *kind, const plm_field *f)
{
    char start[LONGEST], given[2 * LONGEST];
    const char *none = f->fallback == NULL                                         ? "required"
                       : f->fallback[0] == '\0' || strcmp(f->fallback, "nan") == 0 ? "none"
                                                                                   : f->fallback;
    const int length = snprintf(start, sizeof start, "%s %s %s ", family, kind, f->name);
    snprintf(given, sizeof given, "%s%s", start, none);
    for (size_t i = 0; i < t->count; i++) {
        if (strncmp(t->line[i], start, (size_t)length) != 0)
            continue;
        t->used[i] = true;
        if (strcmp(t->line[i], given) == 0)
            return;
        print_message("the table has: %s\n", t->line[i]);
    }
    print_message("the registry has: %s\n", given);
    t->faults++;
}

static void defaults(void **state)
{
    static table t;
    (void)state;
    read_table(&t);
    plm *w = open_runtime(NULL);
    for (const plm_family *family = w->families; family->name != NULL; family++) {
        if (strcmp(family->name, "op") == 0)
            continue;
        for (const plm_field *f = family->common; f != NULL && f->name != NULL; f++)
            look_up(&t, family->name, "-", f);
        for (const plm_kind *const *k = family->kinds; *k != NULL; k++)
            for (const plm_field *f = (*k)->fields; f != NULL && f->name != NULL; f++)
                look_up(&t, family->name, (*k)->name, f);
    }
    for (size_t i = 0; i < t.count; i++)
        if (!t.used[i]) {
            print_message("the registry has no: %s\n", t.line[i]);
            t.faults++;
        }
    plm_close(w);
    free(t.line);
    assert_int_equal(t.faults, 0);
}

/* The decay that an optimizer has unless it is given stands in its kind. */
static void decays(void **state)
{
    plm *w = open_runtime(NULL);
    (void)state;
    for (const plm_kind *const *k = plm_family_find(w, "optimizer")->kinds; *k != NULL; k++) {
        const double right =
            (strcmp((*k)->name, "adamw") == 0 || strcmp((*k)->name, "muon") == 0) ? 0.004 : 0;
        const double decay = ((const plm_optimizer_kind *)(const void *)*k)->weight_decay;
        assert_near(decay, right, 1e-15, (*k)->name, 0);
    }
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(defaults), cmocka_unit_test(decays)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
