/* What a model knows of the columns of its table: kept by fit and pretrain, saved, found again
 * by name, held against data in another order. */
#include "model_support.h"

#include "data/data.h"
#include "data/source.h"
#include "model/model.h"

enum { WIDE = 1000 };

static const char houses[] =
    "size,rooms,age,price\n30,1,5,70\n60,2,40,120\n90,4,8,216\n45,2,20,100\n";
static const char turned[] =
    "price,age,size,rooms\n70,5,30,1\n120,40,60,2\n216,8,90,4\n100,20,45,2\n";

static plm_model *line_model(plm *w, int inputs)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", inputs);
    plm_add(m, "dense(4, activation=relu, name=body)");
    plm_add(m, "dense(1, name=head)");
    assert_int_equal(plm_compile(m, "adam", "mse", NULL), PLM_OK);
    return m;
}

static plm_status fit(plm *w, plm_model *m, const char *pipeline)
{
    plm_data *d = plm_data_open(w, "%s", pipeline);
    assert_non_null(d);
    const plm_status status = plm_fit(m, d, NULL);
    plm_data_free(d);
    return status;
}

static void assert_said(const plm_model *m, const char *inputs, const char *targets)
{
    assert_string_equal(plm_model_setting(m, "inputs"), inputs);
    assert_string_equal(plm_model_setting(m, "targets"), targets);
}

static const char *csv(const char *name, const char *text, const char *more)
{
    static char pipeline[4][1024];
    static int at;
    char *out = pipeline[at++ % 4];
    snprintf(out, sizeof pipeline[0], "csv('%s'%s) | batch(2)", test_write_text(name, text), more);
    return out;
}

static void names_are_kept_and_saved(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_model *m = line_model(w, 3);
    assert_said(m, "", "");
    assert_int_equal(fit(w, m, csv("houses.csv", houses, "")), PLM_OK);
    assert_said(m, "['size', 'rooms', 'age']", "['price']");
    assert_int_equal(plm_compile(m, "sgd", "mse", NULL), PLM_OK);
    assert_said(m, "['size', 'rooms', 'age']", "['price']");
    plm_model *copy = plm_model_clone(m);
    assert_said(copy, "['size', 'rooms', 'age']", "['price']");
    assert_int_equal(plm_model_save(m, test_path("a.safetensors"), NULL), PLM_OK);
    plm_model *back = plm_model_load(w, test_path("a.safetensors"), NULL);
    assert_non_null(back);
    assert_said(back, "['size', 'rooms', 'age']", "['price']");
    assert_int_equal(plm_model_pop(back, 1), PLM_OK); /* another head: other answers */
    assert_said(back, "['size', 'rooms', 'age']", "");
    assert_int_equal(plm_model_pop(back, 2), PLM_OK);
    assert_said(back, "", "");
    assert_int_equal(plm_model_remove(copy, "body|head|input*"), PLM_OK);
    assert_said(copy, "", "");
    plm_model_free(back);
    plm_model_free(copy);
    plm_model_free(m);
    test_close(w, &memory);
}

static void odd_names_come_back(void **state)
{
    static const char odd[] =
        "\"a, \"\"b\"\"\",gr\xc3\xb6\xc3\x9f"
        "e  x,it's,a:c,c\\d,\"two\nlines\",\xf6,42\n1,2,3,4,5,6,7,8\n2,3,4,5,6,7,8,1\n";
    static const char said[] = "['a, \"b\"', 'gr\xc3\xb6\xc3\x9f"
                               "e  x', 'it\\'s', 'a:c', 'c\\\\d', 'two\\nlines', '\xc3\xb6']";
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_model *m = line_model(w, 7);
    assert_int_equal(fit(w, m, csv("odd.csv", odd, "")), PLM_OK);
    assert_said(m, said, "['42']");
    assert_int_equal(plm_model_save(m, test_path("odd.safetensors"), NULL), PLM_OK);
    plm_model *back = plm_model_load(w, test_path("odd.safetensors"), NULL);
    assert_non_null(back);
    assert_said(back, said, "['42']");
    plm_data *d = plm_data_open_for(back, true, "csv('%s')", test_path("odd.csv"));
    assert_non_null(d);
    plm_data_free(d);
    plm_model_free(back);
    plm_model_free(m);
    test_close(w, &memory);
}

static void a_thousand_columns(void **state)
{
    plm_text table = {0};
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    table.w = w;
    for (int i = 0; i <= WIDE; i++)
        plm_text_format(&table, i < WIDE ? "column %d," : "y\n", i);
    for (int i = 0; i <= WIDE; i++)
        plm_text_format(&table, i < WIDE ? "%d," : "1\n", i % 7);
    test_write_text("wide.csv", plm_text_get(&table));
    plm_text_free(&table);
    char pipeline[512];
    snprintf(pipeline, sizeof pipeline, "csv('%s')", test_path("wide.csv"));
    plm_model *m = line_model(w, WIDE);
    assert_int_equal(fit(w, m, pipeline), PLM_OK);
    assert_int_equal(plm_model_save(m, test_path("wide.safetensors"), NULL), PLM_OK);
    plm_model *back = plm_model_load(w, test_path("wide.safetensors"), NULL);
    assert_string_equal(plm_model_setting(back, "inputs"), plm_model_setting(m, "inputs"));
    assert_non_null(strstr(plm_model_setting(back, "inputs"), "'column 999']"));
    assert_non_null(strstr(plm_model_summary(back, 80), "\nInputs: column 0, "));
    assert_non_null(strstr(plm_model_summary(back, 80), ", ... (1000 columns)\n"));
    plm_model_free(back);
    plm_model_free(m);
    test_close(w, &memory);
}

static void nothing_is_known_without_names(void **state)
{
    float x[6] = {1, 2, 3, 4, 5, 6}, y[2] = {1, 2};
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_model *m = line_model(w, 3);
    const plm_view in = {.data = x, .dtype = PLM_F32, .rank = 2, .dims = {2, 3}};
    const plm_view out = {.data = y, .dtype = PLM_F32, .rank = 1, .dims = {2}};
    plm_data *d = plm_data_arrays(w, &in, &out, NULL);
    assert_int_equal(plm_fit(m, d, NULL), PLM_OK);
    assert_said(m, "", "");
    assert_int_equal(fit(w, m, csv("headless.csv", strchr(houses, '\n') + 1, "")), PLM_OK);
    assert_said(m, "", "");
    assert_int_equal(fit(w, m, csv("twice.csv", "a,a,b,y\n1,2,3,4\n", "")), PLM_OK);
    assert_said(m, "", "");
    assert_int_equal(fit(w, m, csv("houses.csv", houses, "")), PLM_OK);
    assert_int_equal(plm_fit(m, d, NULL), PLM_OK); /* arrays say nothing against it */
    assert_said(m, "['size', 'rooms', 'age']", "['price']");
    plm_data_free(d);
    plm_model_free(m);
    test_close(w, &memory);
}

/* The first row that a model is given of a table, and its answer; -1 = none. */
static void assert_row(const plm_model *m, bool answers, const char *pipeline, const float *x,
                       float y)
{
    plm_batch b;
    plm_data *d = plm_data_open_for(m, answers, "%s", pipeline);
    if (d == NULL)
        fail_msg("%s: %s", pipeline, plm_last_error(m->w)->what);
    assert_int_equal(plm_data_next(d, &b), PLM_OK);
    assert_memory_equal(b.input[0].data, x, 3 * sizeof *x);
    assert_int_equal(b.targets, y >= 0);
    if (b.targets > 0)
        assert_true(((const float *)b.target[0].data)[0] == y);
    plm_data_free(d);
}

static void columns_are_found_by_name(void **state)
{
    const float x[3] = {30, 1, 5};
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_model *m = line_model(w, 3);
    assert_int_equal(fit(w, m, csv("houses.csv", houses, "")), PLM_OK);
    assert_row(m, true, csv("t.csv", houses, ""), x, 70);
    assert_row(m, false, csv("t.csv", houses, ""), x, -1);
    assert_row(m, true, csv("t.csv", turned, ""), x, 70);
    assert_row(m, false, csv("t.csv", turned, ""), x, -1);
    assert_row(m, true, csv("t.csv", turned, ", stream=true"), x, 70);
    assert_row(m, true, csv("t.csv", turned, ", target=price"), x, 70);
    assert_row(m, true, csv("t.csv", turned, ", target=none"), x, -1);
    assert_row(m, true, csv("t.csv", turned, ", inputs=[size, rooms, age], target=0"), x, 70);
    assert_row(m, false, csv("t.csv", "id,AGE,Rooms,size\nx,5,1,30\n", ""), x, -1);
    assert_row(m, true, csv("t.csv", strchr(houses, '\n') + 1, ""), x, 70);
    /* by place: one more is the answer, which may be open */
    assert_row(m, false, csv("t.csv", "30,1,5,\n", ""), x, -1);
    assert_row(m, false, csv("t.csv", "30,1,5\n", ""), x, -1);
    assert_null(plm_data_open_for(m, true, "%s", csv("t.csv", "size,age,prices\n1,2,3\n", "")));
    test_error(w, PLM_E_DATA, "the table has no column 'rooms', which the model was trained on");
    test_error(w, PLM_E_DATA, "columns: size, age, prices");
    assert_null(
        plm_data_open_for(m, true, "%s", csv("t.csv", "size,age,rooms,prices\n1,2,3,4\n", "")));
    test_error(w, PLM_E_DATA, "did you mean 'prices'?");
    assert_null(plm_data_open_for(m, true, "%s", csv("t.csv", "a,b\n1,2\n", "")));
    test_error(w, PLM_E_DATA,
               "the table has no column 'size', which the model was trained on, nor 2 more");
    assert_null(plm_data_open_for(m, true, "%s",
                                  csv("t.csv", turned, ", inputs='age:rooms', target=price")));
    test_error(w, PLM_E_DATA, "the columns are in a different order than in training");
    assert_null(plm_data_open_for(NULL, true, "digits"));
    plm_model_free(m);
    test_close(w, &memory);
}

static plm_status evaluate(plm *w, plm_model *m, const char *pipeline)
{
    plm_data *d = plm_data_open(w, "%s", pipeline);
    assert_non_null(d);
    const plm_status status = plm_evaluate(m, d, NULL, 0);
    plm_data_free(d);
    return status;
}

static void another_order_is_refused(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_model *m = line_model(w, 3);
    assert_int_equal(fit(w, m, csv("houses.csv", houses, "")), PLM_OK);
    assert_int_equal(evaluate(w, m, csv("t.csv", houses, "")), PLM_OK);
    assert_int_equal(evaluate(w, m, csv("t.csv", turned, ", target=price")), PLM_E_DATA);
    test_error(w, PLM_E_DATA, "'size' was number 0 of the inputs, and now is number 1");
    assert_int_equal(evaluate(w, m, csv("t.csv", "size,rooms,height,price\n1,2,3,4\n", "")),
                     PLM_E_DATA);
    test_error(w, PLM_E_DATA, "'age'");
    assert_int_equal(
        evaluate(w, m, csv("t.csv", turned, ", target=price, inputs=[size, rooms, age]")), PLM_OK);
    assert_int_equal(fit(w, m, csv("t.csv", turned, ", target=price")), PLM_E_DATA);
    plm_data *train = plm_data_open(w, "%s", csv("houses.csv", houses, ""));
    plm_data *other = plm_data_open(w, "%s", csv("t.csv", turned, ", target=price"));
    assert_int_equal(plm_fit(m, train, PLM_FIT(.validation = other)), PLM_E_DATA);
    assert_int_equal(plm_adapt(m, other), PLM_E_DATA);
    plm_model *fresh = line_model(w, 3);
    assert_int_equal(plm_adapt(fresh, other), PLM_OK); /* for a loop of one's own */
    assert_said(fresh, "['age', 'size', 'rooms']", "['price']");
    plm_model_free(fresh);
    assert_int_equal(plm_pretrain(m, other, NULL, NULL), PLM_E_DATA);
    plm_data_free(train);
    plm_data_free(other);
    assert_said(m, "['size', 'rooms', 'age']", "['price']");
    /* another task */
    assert_int_equal(fit(w, m, csv("t.csv", "width,height,age,sold\n1,2,3,4\n", "")), PLM_OK);
    assert_said(m, "['width', 'height', 'age']", "['sold']");
    plm_model_free(m);
    test_close(w, &memory);
}

/* table(...) encodes its columns, csv(...) does not: a model of one refuses the other. */
static void another_encoding_is_refused(void **state)
{
    float x[6] = {1, 2, 3, 4, 5, 6}, y[2] = {1, 2};
    char table[512], plain[512];
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    snprintf(plain, sizeof plain, "%s", csv("houses.csv", houses, ", target=price"));
    snprintf(table, sizeof table, "table('%s', target=price) | batch(2)", test_path("houses.csv"));
    const plm_view in = {.data = x, .dtype = PLM_F32, .rank = 2, .dims = {2, 3}};
    const plm_view out = {.data = y, .dtype = PLM_F32, .rank = 1, .dims = {2}};
    plm_data *arrays = plm_data_arrays(w, &in, &out, NULL);
    plm_data *rows = plm_data_open(w, "%s", table), *numbers = plm_data_open(w, "%s", plain);
    plm_model *m = line_model(w, 3), *new = line_model(w, 3);
    assert_int_equal(plm_fit(m, rows, PLM_FIT(.validation = numbers)), PLM_E_DATA);
    assert_int_equal(plm_fit(m, rows, NULL), PLM_OK);
    assert_null(plm_data_open_for(m, true, "%s", plain));
    test_error(w, PLM_E_DATA, "the model was trained on table(...), which encodes its columns");
    assert_int_equal(plm_evaluate(m, numbers, NULL, 0), PLM_E_DATA);
    assert_int_equal(plm_evaluate(m, rows, NULL, 0), PLM_OK);
    assert_int_equal(plm_evaluate(m, arrays, NULL, 0), PLM_OK);
    /* a new fit on numbers ends the schema */
    assert_int_equal(plm_fit(m, numbers, NULL), PLM_OK);
    assert_string_equal(plm_model_setting(m, "schema"), "");
    assert_int_equal(plm_evaluate(m, numbers, NULL, 0), PLM_OK);
    assert_int_equal(plm_evaluate(m, arrays, NULL, 0), PLM_OK);
    assert_int_equal(plm_evaluate(m, rows, NULL, 0), PLM_E_DATA);
    assert_null(plm_data_open_for(m, false, "%s", table));
    test_error(w, PLM_E_DATA, "but table(...) encodes its columns");
    /* a model of arrays knows no columns */
    assert_int_equal(plm_fit(new, arrays, NULL), PLM_OK);
    assert_int_equal(plm_evaluate(new, rows, NULL, 0), PLM_OK);
    assert_int_equal(plm_evaluate(new, numbers, NULL, 0), PLM_OK);
    plm_data_free(arrays);
    plm_data_free(rows);
    plm_data_free(numbers);
    plm_model_free(m);
    plm_model_free(new);
    test_close(w, &memory);
}

/* The same of targets: another order, another column. */
static void other_targets_are_refused(void **state)
{
    static const char both[] = "a,y,z,w\n1,2,3,4\n2,3,4,5\n3,4,5,6\n4,5,6,7\n";
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(1) | dense(2)");
    assert_int_equal(plm_compile(m, "adam", "mse", NULL), PLM_OK);
    assert_int_equal(fit(w, m, csv("b.csv", both, ", inputs=a, target=[y, z]")), PLM_OK);
    assert_said(m, "['a']", "['y', 'z']");
    assert_int_equal(evaluate(w, m, csv("b.csv", both, ", inputs=a, target=[y, z]")), PLM_OK);
    assert_int_equal(evaluate(w, m, csv("b.csv", both, ", inputs=a, target=[z, y]")), PLM_OK);
    plm_data *turned_round =
        plm_data_open(w, "%s", csv("c.csv", "a,z,y\n1,2,3\n2,3,4\n", ", inputs=a, target='1:2'"));
    assert_non_null(turned_round);
    assert_int_equal(plm_evaluate(m, turned_round, NULL, 0), PLM_E_DATA);
    test_error(w, PLM_E_DATA, "'y' was number 0 of the targets, and now is number 1");
    plm_data_free(turned_round);
    plm_model_free(m);
    test_close(w, &memory);
}

/* The names of columns for messages: eight of them, then how many there are. */
static void columns_in_words(void **state)
{
    (void)state;
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    plm_data *d = plm_data_open(w, "table('%s', target=y)",
                                test_write_text("nine.csv",
                                                "a,b,c,d,e,f,g,h,i,y\n1,2,3,4,5,6,7,8,9,1.5\n"
                                                "2,3,4,5,6,7,8,9,8,2.5\n4,3,5,5,7,7,9,9,7,3.5\n"));
    plm_data_info info;
    assert_non_null(d);
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    assert_string_equal(d->source->input_words, "a, b, c, d, e, f, g, h, ... (9 columns)");
    assert_string_equal(d->source->target_words, "y");
    plm_data_free(d);
    test_close(w, &memory);
}

static void a_file_of_a_stranger(void **state)
{
    static const char *const bad[] = {"dense(1)", "['a', [['b']]]", "[]", "['a'",
                                      "[1, 2]",   "['a', b=2]",     "'a'"};
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_model *m = line_model(w, 3);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(plm_model_set_columns(m, bad[i], NULL, "file"), PLM_E_FORMAT);
        test_error(w, PLM_E_FORMAT, "not a list of names");
    }
    assert_said(m, "", "");
    assert_int_equal(plm_model_set_columns(m, "[['a', 'b'], ['c']]", "['y']", "file"), PLM_OK);
    assert_said(m, "[['a', 'b'], ['c']]", "['y']");
    assert_non_null(strstr(plm_model_summary(m, 80), "\nInputs: a, b; c\nTargets: y\n"));
    plm_model_free(m);
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_kept_and_saved),
        cmocka_unit_test(odd_names_come_back),
        cmocka_unit_test(a_thousand_columns),
        cmocka_unit_test(nothing_is_known_without_names),
        cmocka_unit_test(columns_are_found_by_name),
        cmocka_unit_test(another_order_is_refused),
        cmocka_unit_test(another_encoding_is_refused),
        cmocka_unit_test(other_targets_are_refused),
        cmocka_unit_test(columns_in_words),
        cmocka_unit_test(a_file_of_a_stranger),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
