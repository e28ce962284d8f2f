/* Tables with types: what each column is found to be; the schema is fitted to the training rows
 * alone, written, read back, and gives the same numbers for raw rows in any order. */
#include "data_support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "data/typed.h"

static const char *table(const char *name, const char *text, const char *more)
{
    static char pipeline[4][1024];
    static int at;
    char *out = pipeline[at++ % 4];
    snprintf(out, sizeof pipeline[0], "table('%s'%s)", test_write_text(name, text), more);
    return out;
}

/* A table of 40 rows with a column of every type. */
static const char *mixed_text(void)
{
    static char text[8192];
    size_t n =
        (size_t)snprintf(text, sizeof text, "id,age,color,smoker,born,note,unit,nothing,kind\n");
    static const char *const color[] = {"red", "green", "blue"};
    for (int i = 0; i < 40; i++)
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "%d,%s,%s,%s,20%02d-0%d-11,some words of row %d,kg,,%s\n", i + 1,
                              i == 7  ? "NA"
                              : i % 2 ? "31.5"
                              : i % 3 ? "40"
                                      : "22",
                              color[i % 3], i % 5 ? "yes" : "no", i, 1 + i % 9, i,
                              i % 2 ? "cat" : "dog");
    return text;
}

static const plm_column *column(const plm_data *d, const char *name)
{
    const plm_schema *s = d->source->schema;
    assert_non_null(s);
    const size_t at = plm_schema_column(s, name);
    assert_true(at < s->columns);
    return &s->column[at];
}

static void types_are_found(void **state)
{
    static const struct {
        const char *name;
        plm_column_type type;
        plm_column_role role;
    } wanted[] = {{"id", PLM_COLUMN_IDENTIFIER, PLM_ROLE_ID},
                  {"age", PLM_COLUMN_NUMBER, PLM_ROLE_INPUT},
                  {"color", PLM_COLUMN_CATEGORY, PLM_ROLE_INPUT},
                  {"smoker", PLM_COLUMN_YES_NO, PLM_ROLE_INPUT},
                  {"born", PLM_COLUMN_DATE, PLM_ROLE_INPUT},
                  {"note", PLM_COLUMN_TEXT, PLM_ROLE_DROPPED},
                  {"unit", PLM_COLUMN_CONSTANT, PLM_ROLE_DROPPED},
                  {"nothing", PLM_COLUMN_EMPTY, PLM_ROLE_DROPPED},
                  {"kind", PLM_COLUMN_CATEGORY, PLM_ROLE_TARGET}};
    test_memory memory;
    plm_data_info info;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_data *d = plm_data_open(w, "%s", table("mixed.csv", mixed_text(), ", target=kind"));
    assert_non_null(d);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        assert_int_equal(column(d, wanted[i].name)->type, wanted[i].type);
        assert_int_equal(column(d, wanted[i].name)->role, wanted[i].role);
    }
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    assert_int_equal(info.classes, 2);
    /* age and its gap, three colors, the sign of smoker, the time and two pairs of cycles */
    assert_int_equal(info.input_dims[0][0], 2 + 3 + 1 + 5);
    assert_string_equal(d->source->table[0].column[1], "age missing");
    assert_string_equal(d->source->table[0].column[2], "color=blue");
    plm_data_free(d);
    test_close(w, &memory);
}

static void users_can_say_types(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_data *d = plm_data_open(
        w, "%s",
        table("said.csv", mixed_text(),
              ", target=kind, columns='age=category, color=drop, id: number, smoker=id'"));
    assert_non_null(d);
    assert_int_equal(column(d, "age")->encoding, PLM_ENCODE_ONE_HOT);
    assert_int_equal(column(d, "color")->role, PLM_ROLE_DROPPED);
    assert_int_equal(column(d, "id")->role, PLM_ROLE_INPUT);
    assert_int_equal(column(d, "smoker")->role, PLM_ROLE_ID);
    plm_data_free(d);
    test_refused(w, PLM_E_SPEC, "did you mean 'color'", "%s",
                 table("said.csv", mixed_text(), ", target=kind, columns='colour=drop'"));
    test_refused(w, PLM_E_SPEC, "column 'color' cannot be 'numbr'", "%s",
                 table("said.csv", mixed_text(), ", target=kind, columns='color=numbr'"));
    test_refused(w, PLM_E_SPEC, "kind", "%s",
                 table("said.csv", mixed_text(), ", target=kind, columns='kind=drop'"));
    /* by name or by number, the last of two would be used in silence */
    test_refused(w, PLM_E_SPEC, "columns= has column 'color' twice", "%s",
                 table("said.csv", mixed_text(),
                       ", target=kind, columns='color=category, age=number, color=drop'"));
    test_refused(w, PLM_E_SPEC, "columns= has column 'age' twice", "%s",
                 table("said.csv", mixed_text(), ", target=kind, columns='age=drop, 1=drop'"));
    test_refused(w, PLM_E_DATA, "column 'color' cannot be a date", "%s",
                 table("said.csv", mixed_text(), ", target=kind, columns='color=date'"));
    test_refused(w, PLM_E_DATA, "'red'", "%s",
                 table("said.csv", mixed_text(), ", target=kind, columns='color=number'"));
    test_close(w, &memory);
}

/* 40 rows; the last 10, which are for the test, have another mean, another word and a gap. */
static const char *leak_text_of(int number, const char *other)
{
    static char text[4096];
    static const char *const word[] = {"at", "in", "on"};
    size_t n = (size_t)snprintf(text, sizeof text, "a,w,y\n");
    for (int i = 0; i < 30; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%d,%s,%d\n", i % 2 ? 1 : 3, word[i % 3],
                              i);
    for (int i = 30; i < 40; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%.*d,%s,%d\n", i == 39 ? 0 : 1,
                              i == 39 ? 0 : number, other, 5 * number);
    return text;
}

static const char *leak_text(void)
{
    return leak_text_of(1000, "leak");
}

/* Returns the text of the schema that is fitted to the first `rows` rows of a table, in the
 * arena. */
static const char *fitted_to(plm *w, plm_arena *a, const char *text, int64_t rows)
{
    int64_t row[40];
    plm_data *d = plm_data_open(w, "%s", table("l.csv", text, ", target=y, columns='a=number'"));
    plm_text out = {.w = w};
    assert_non_null(d);
    plm_typed *t = d->source->state;
    for (int64_t i = 0; i < rows; i++)
        row[i] = i;
    assert_int_equal(plm_schema_fit(d->source->schema, &t->store, row, rows), PLM_OK);
    plm_schema_print(&out, d->source->schema);
    const char *copy = plm_arena_text(a, plm_text_get(&out), SIZE_MAX);
    plm_text_free(&out);
    plm_data_free(d);
    return copy;
}

/* Other cells in the test rows change nothing that is fitted. The comparison finds a leak: it is
 * planted by a fit to all rows. */
static void a_leak_is_found(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    plm_arena a = {.w = w};
    (void)state;
    for (int64_t rows = 30; rows <= 40; rows += 10) {
        const char *one = fitted_to(w, &a, leak_text_of(1000, "leak"), rows);
        const char *other = fitted_to(w, &a, leak_text_of(2000, "hole"), rows);
        assert_int_equal(strcmp(one, other) == 0, rows == 30);
    }
    plm_arena_free(&a);
    test_close(w, &memory);
}

/* The last 10 of 40 rows go to the test. */
static void the_fit_sees_training_rows_only(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_data *d =
        plm_data_open(w, "%s", table("leak.csv", leak_text(), ", target=y, columns='a=number'"));
    assert_non_null(d);
    plm_data *test = plm_data_split(d, "0.25");
    assert_non_null(test);
    test_rows r = test_read(test, 0);
    const plm_column *a = column(d, "a"), *words = column(d, "w"), *y = column(d, "y");
    assert_true(a->center == 2 && a->deviation == 1 && a->fill == 2 && !a->indicator);
    assert_int_equal(words->words, 3);
    assert_true(y->center == 14.5);
    assert_int_equal(r.width[0], 1 + 3);
    assert_true(r.x[0] == 998);                             /* (1000 - 2) / 1 */
    assert_true(r.x[1] == 0 && r.x[2] == 0 && r.x[3] == 0); /* an unknown word */
    assert_true(r.x[9 * 4] == 0);                           /* the gap: the median */
    test_forget(&r);
    /* rows that are split off later are forgotten by a new fit */
    plm_data *more = plm_data_split(d, "0.5");
    plm_data_info info;
    assert_non_null(more);
    assert_int_equal(plm_data_get_info(test, &info), PLM_OK);
    assert_true(column(d, "y")->center == 7);
    plm_data_free(more);
    plm_data_free(test);
    plm_data_free(d);
    test_close(w, &memory);
}

/* The numbers of raw rows by a schema that was read back from its text. */
static void known_rows_are_encoded_alike(void **state)
{
    static const char turned[] = "color,more,born,age,smoker\n"
                                 "green,1,2001-02-11,31.5,yes\n"
                                 "lilac,2,2000-01-11,NA,perhaps\n";
    test_memory memory;
    const char *schema = NULL;
    plm *w = test_open(&memory, NULL);
    plm_arena arena = {.w = w};
    (void)state;
    plm_data *d = plm_data_open(w, "%s", table("mixed.csv", mixed_text(), ", target=kind"));
    assert_non_null(d);
    assert_int_equal(plm_data_schema(d, &arena, &schema), PLM_OK);
    test_rows all = test_read(d, 0);
    const plm_known_columns known = {.schema = schema};
    plm_data *p = plm_data_open_known(w, &known, "%s", table("turned.csv", turned, ""));
    assert_non_null(p);
    test_rows few = test_read(p, 0);
    assert_int_equal(few.rows, 2);
    assert_int_equal(few.width[0], all.width[0]);
    assert_memory_equal(few.x, all.x + all.width[0], all.width[0] * sizeof(float)); /* row 1 */
    const float *odd = few.x + few.width[0];
    assert_true(odd[1] == 1 && odd[2] == 0 && odd[3] == 0 && odd[4] == 0 && odd[5] == 0);
    test_forget(&few);
    test_forget(&all);
    plm_data_free(p);
    assert_null(plm_data_open_known(w, &known, "%s",
                                    table("lost.csv", "color,born\nred,2001-01-01\n", "")));
    test_error(w, PLM_E_DATA, "no columns 'age', 'smoker'");
    assert_null(plm_data_open_known(
        w, &known, "%s",
        table("word.csv", "age,color,smoker,born\n1,red,no,2001-01-01\nold,red,no,2001-01-01\n",
              "")));
    test_error(w, PLM_E_DATA, "line 3, column 'age': 'old' is not a number");
    plm_data_free(d);
    plm_arena_free(&arena);
    test_close(w, &memory);
}

/* What is printed is read back; what is cut off or changed is refused or read, never more. */
static void schemas_are_text(void **state)
{
    test_memory memory;
    const char *schema = NULL;
    plm *w = test_open(&memory, NULL);
    plm_arena arena = {.w = w};
    plm_schema *s = NULL;
    (void)state;
    plm_data *d = plm_data_open(w, "%s", table("mixed.csv", mixed_text(), ", target=kind"));
    assert_non_null(d);
    assert_int_equal(plm_data_schema(d, &arena, &schema), PLM_OK);
    assert_int_equal(plm_schema_read(&arena, schema, "here", &s), PLM_OK);
    plm_text again = {.w = w};
    plm_schema_print(&again, s);
    assert_string_equal(plm_text_get(&again), schema);
    plm_text_free(&again);
    const size_t length = strlen(schema);
    for (size_t i = 0; i < length; i += 7) {
        plm_arena small = {.w = w};
        char *cut = plm_arena_text(&small, schema, i);
        assert_int_equal(plm_schema_read(&small, cut, "here", &s), PLM_E_FORMAT);
        char *changed = plm_arena_text(&small, schema, length);
        changed[i] = changed[i] == '1' ? '-' : '1';
        (void)!plm_schema_read(&small, changed, "here", &s);
        plm_arena_free(&small);
    }
    plm_data_free(d);
    plm_arena_free(&arena);
    test_close(w, &memory);
}

/* What cells may mean. A value that is NaN: the cell does not fit the format. */
static void cells_are_read(void **state)
{
    enum { DAY = 86400 };
    static const double no = (double)NAN;
    const struct {
        const char *text;
        double value[PLM_FORMATS]; /* point, comma, ymd, dmy, mdy, time */
    } cases[] = {
        {"1234.5", {1234.5, no, no, no, no, no}},
        {"507,501.43", {507501.43, no, no, no, no, no}},
        {"1.234,56", {no, 1234.56, no, no, no, no}},
        {"1,234", {1234, 1.234, no, no, no, no}},
        {"1.234.567", {no, 1234567, no, no, no, no}},
        {"0,5", {no, 0.5, no, no, no, no}},
        {"0,500", {no, 0.5, no, no, no, no}},
        {"12,34,567", {1234567, no, no, no, no, no}},
        {"1 234,5", {no, 1234.5, no, no, no, no}},
        {"1'234.5", {1234.5, no, no, no, no, no}},
        {"12 %", {12, 12, no, no, no, no}},
        {"$1,200", {1200, 1.2, no, no, no, no}},
        {"\xE2\x82\xAC 5", {5, 5, no, no, no, no}},
        {"5 EUR", {5, 5, no, no, no, no}},
        {"-$2.50", {-2.5, no, no, no, no, no}},
        {"(1,200.5)", {-1200.5, no, no, no, no, no}},
        {"\xE2\x88\x92"
         "5",
         {-5, -5, no, no, no, no}},
        {"1\xC2\xA0"
         "234",
         {1234, 1234, no, no, no, no}},
        {"1e-3", {0.001, 0.001, no, no, no, no}},
        {"1,2345", {no, 1.2345, no, no, no, no}},
        {"1,23,4", {no, no, no, no, no, no}},
        {"0x10", {no, no, no, no, no, no}},
        {"1e999", {no, no, no, no, no, no}},
        {"5$ %", {no, no, no, no, no, no}},
        {"1970-01-01", {no, no, 0, 0, 0, no}},
        {"2000-03-01", {no, no, 951868800, 951868800, 951868800, no}},
        {"2000/3/1", {no, no, 951868800, 951868800, 951868800, no}},
        {"1969-12-31 23:59:59", {no, no, -1, -1, -1, no}},
        {"2024-02-29T12:30:00Z", {no, no, 1709209800, 1709209800, 1709209800, no}},
        {"2024-02-29T12:30+01:30",
         {no, no, 1709209800 - 5400, 1709209800 - 5400, 1709209800 - 5400, no}},
        {"2024-12-31T10:00", {no, no, 1735639200, 1735639200, 1735639200, no}},
        {"2024-02-29 9:05", {no, no, 1709197500, 1709197500, 1709197500, no}},
        {"2024-02-29 12:30:05.25", {no, no, 1709209805.25, 1709209805.25, 1709209805.25, no}},
        {"2024-02-29 12:30:05.125Z", {no, no, 1709209805.125, 1709209805.125, 1709209805.125, no}},
        {"2024-02-29 12:30:05.1:2", {no, no, no, no, no, no}},
        {"2024-02-29 12:30:05.5/", {no, no, no, no, no, no}},
        {"2024-02-29 12:60", {no, no, no, no, no, no}},
        {"2024-02-29 12:30:61", {no, no, no, no, no, no}},
        {"2024-02-29 24:00", {no, no, no, no, no, no}},
        {"31.12.1999", {no, no, no, 946598400, no, no}},
        {"12/31/1999", {no, no, no, no, 946598400, no}},
        {"12/31/99 1:30 PM", {no, no, no, no, 946598400 + 48600, no}},
        {"02/01/1970", {no, no, no, DAY, 31 * DAY, no}},
        {"2 Jan 1970", {no, no, DAY, DAY, DAY, no}},
        {"2. Jan 1970", {no, no, DAY, DAY, DAY, no}},
        {"2. January 1970", {no, no, DAY, DAY, DAY, no}},
        {"31. 12. 1999", {no, no, no, 946598400, no, no}},
        {"31. 12 1999", {no, no, no, no, no, no}},
        {"Fri, January 2, 1970", {no, no, DAY, DAY, DAY, no}},
        {"1949-01", {no, no, -662688000, -662688000, -662688000, no}},
        {"10:30", {no, no, no, no, no, 37800}},
        {"2023-02-29", {no, no, no, no, no, no}},
        {"2023-13-01", {no, no, no, no, no, no}},
        {"2024-01-01x", {no, no, no, no, no, no}},
        {"2024-01-01 25:00", {no, no, no, no, no, no}},
        {"0:30 PM", {no, no, no, no, no, no}},
        {"Ma", {no, no, no, no, no, no}},
        {"", {no, no, no, no, no, no}}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const plm_cell_reading r = plm_cell_read(cases[i].text);
        for (int k = 0; k < PLM_FORMATS; k++) {
            const double wanted = cases[i].value[k];
            if ((r.fits >> k & 1) == isnan(wanted) || (!isnan(wanted) && r.value[k] != wanted))
                fail_msg("%s as %s: %d, %.17g", cases[i].text, plm_format_names[k],
                         (int)(r.fits >> k & 1), r.value[k]);
        }
    }
}

static void times_go_round(void **state)
{
    (void)state;
    for (int i = 0; i <= 1000; i++) {
        double sine = 0, cosine = 0;
        const double x = i / 1000.0;
        plm_table_turn(x, &sine, &cosine);
        assert_true(fabs(sine - sin(2 * acos(-1.0) * x)) < 1e-14);
        assert_true(fabs(cosine - cos(2 * acos(-1.0) * x)) < 1e-14);
    }
}

/* Opens, fits and reads with the 1st, 2nd, ... block of memory failing. */
static void memory_may_fail(void **state)
{
    (void)state;
    bool good = false;
    for (long at = 1; !good; at += 3) {
        test_memory memory;
        plm *w = test_open(&memory, NULL);
        memory.fail_at = memory.calls + at;
        plm_data *d = plm_data_open(w, "%s", table("mixed.csv", mixed_text(), ", target=kind"));
        plm_data_info info;
        good = d != NULL && plm_data_get_info(d, &info) == PLM_OK;
        if (!good)
            test_error(w, PLM_E_MEMORY, "");
        memory.fail_at = 0;
        plm_data_free(d);
        test_close(w, &memory);
    }
}

/* 60 rows; shop is "s0" to "s9" in turn, but "once" in row 7, "late" in the last 10 rows, which are
 * for the test, and missing in row 11. kind: a category of three words, with the ids behind those
 * of shop. */
static const char *shops_text(void)
{
    static char text[4096];
    size_t n = (size_t)snprintf(text, sizeof text, "shop,size,kind,y\n");
    for (int i = 0; i < 60; i++) {
        char shop[8] = "";
        snprintf(shop, sizeof shop, i == 7 ? "once" : i >= 50 ? "late" : "s%d", i % 10);
        n += (size_t)snprintf(text + n, sizeof text - n, "%s,%d,k%d,%d.5\n", i == 11 ? "" : shop,
                              i * 7 % 60, i % 3, i);
    }
    return text;
}

/* id [60][2]: of shop and kind, see shops_text. */
static void check_ids(const float *id)
{
    for (int i = 0; i < 60; i++) {
        const float wanted = i == 11 ? 1 : i == 7 || i >= 50 ? 0 : (float)(2 + i % 10);
        assert_true(id[2 * i] == wanted);
        assert_true(id[2 * i + 1] == (float)(12 + 2 + i % 3));
    }
}

/* Categories with more than two words become ids in a second input: 0 for rare and unknown words, 1
 * for gaps, from 2 on the words of the training. */
static void large_vocabularies_get_ids(void **state)
{
    test_memory memory;
    plm_data_info info;
    const char *schema = NULL;
    plm *w = test_open(&memory, NULL);
    plm_arena arena = {.w = w};
    (void)state;
    plm_data *d = plm_data_open(w, "%s", table("s.csv", shops_text(), ", target=y, embed=2"));
    assert_non_null(d);
    plm_data *test = plm_data_split(d, "split(0.16)");
    assert_non_null(test);
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    assert_int_equal(info.inputs, 2);
    assert_int_equal(info.input_dims[0][0], 1);
    assert_int_equal(info.input_dims[1][0], 2);
    const plm_column *shop = column(d, "shop");
    assert_int_equal(shop->encoding, PLM_ENCODE_INDEX);
    assert_int_equal(shop->words, 10);
    assert_int_equal(shop->rare, 1);
    assert_int_equal(plm_column_ids(shop), 12);
    check_ids(d->source->table[1].rows);
    assert_int_equal(plm_data_schema(d, &arena, &schema), PLM_OK);
    const plm_known_columns known = {.schema = schema};
    plm_data *p = plm_data_open_known(
        w, &known, "%s", table("new.csv", "kind,shop,size\nk2,s3,1\nk9,new,2\n,,3\n", ""));
    assert_non_null(p);
    const float *new = p->source->table[1].rows;
    static const float wanted[] = {5, 16, 0, 12, 1, 12};
    assert_memory_equal(new, wanted, sizeof wanted);
    plm_data_free(p);
    plm_data_free(test);
    plm_data_free(d);
    plm_arena_free(&arena);
    test_close(w, &memory);
}

static void bad_tables_are_refused(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    char text[2048];
    (void)state;
    test_refused(w, PLM_E_DATA, "the file is empty", "%s", table("a.csv", "", ""));
    test_refused(w, PLM_E_DATA, "no rows after the header", "%s", table("a.csv", "a,y\n", ""));
    test_refused(w, PLM_E_DATA, "line 3: the row has 1 cells", "%s",
                 table("a.csv", "a,y\n1,2\n3\n4,5\n", ""));
    test_refused(w, PLM_E_DATA, "the same name, 'a'", "%s", table("a.csv", "a,a\n1,2\n", ""));
    test_refused(w, PLM_E_SPEC, "no column 'z'", "%s", table("a.csv", "a,y\n1,2\n", ", target=z"));
    test_refused(w, PLM_E_SPEC, "the target is not a column or a list of columns", "%s",
                 table("a.csv", "a,y\n1,2\n", ", target=[a, y(2)]"));
    test_refused(w, PLM_E_DATA, "is always 'b'", "%s",
                 table("a.csv", "a,y\n1,b\n2,b\n3,b\n", ", target=y"));
    size_t n = (size_t)snprintf(text, sizeof text, "a,y\n");
    for (int i = 0; i < 60; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, i == 40 ? "abc,%d\n" : "%d.5,%d\n", i, i);
    test_refused(w, PLM_E_DATA, "column 'a' has numbers, but 'abc' in line 42", "%s",
                 table("a.csv", text, ""));
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_found),
        cmocka_unit_test(users_can_say_types),
        cmocka_unit_test(the_fit_sees_training_rows_only),
        cmocka_unit_test(a_leak_is_found),
        cmocka_unit_test(known_rows_are_encoded_alike),
        cmocka_unit_test(schemas_are_text),
        cmocka_unit_test(large_vocabularies_get_ids),
        cmocka_unit_test(cells_are_read),
        cmocka_unit_test(times_go_round),
        cmocka_unit_test(memory_may_fail),
        cmocka_unit_test(bad_tables_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
