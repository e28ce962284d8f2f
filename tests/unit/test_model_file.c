/* Models go into files and come back bit for bit, names, words, heads and joins included;
 * formats are found by name, first bytes and ending. */
#include "model_support.h"

#include "model/model.h"

enum { ROWS = 40 };

static void fill_rows(float *x, float *y)
{
    for (int i = 0; i < ROWS * 4; i++)
        x[i] = (float)((i * 37 + i / 4 * 11) % 101) / 50.0f - 1.0f;
    for (int i = 0; i < ROWS; i++)
        y[i] = (float)(i % 3);
}

static void train_a_little(plm *w, plm_model *m)
{
    float x[ROWS * 4], y[ROWS];
    fill_rows(x, y);
    const plm_view in = {.data = x, .dtype = PLM_F32, .rank = 2, .dims = {ROWS, 4}};
    const plm_view out = {.data = y, .dtype = PLM_F32, .rank = 1, .dims = {ROWS}};
    plm_data *d = plm_data_arrays(w, &in, &out, "batch(8)");
    assert_non_null(d);
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 2)), PLM_OK);
    plm_data_free(d);
}

static void predict_rows(plm_model *m, float *out)
{
    float x[ROWS * 4], y[ROWS];
    fill_rows(x, y);
    const plm_view in = {.data = x, .dtype = PLM_F32, .rank = 2, .dims = {ROWS, 4}};
    plm_view view = {.data = out, .dtype = PLM_F32, .rank = 2, .dims = {ROWS, 3}};
    assert_int_equal(plm_predict(m, &in, &view), PLM_OK);
}

static void assert_same_file(const char *a, const char *b)
{
    size_t n = 0, k = 0;
    unsigned char *x = read_all(a, &n), *y = read_all(b, &k);
    assert_int_equal(n, k);
    assert_memory_equal(x, y, n);
    free(x);
    free(y);
}

static void a_model_comes_back_bit_for_bit(void **state)
{
    float before[ROWS * 3], after[ROWS * 3], values[2][128];
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_model *m = small_model(w);
    train_a_little(w, m);
    assert_int_equal(plm_model_save(m, test_path("a.safetensors"), NULL), PLM_OK);
    plm_model *back = plm_model_load(w, test_path("a.safetensors"), NULL);
    if (back == NULL)
        fail_msg("%s: %s (%s)", plm_last_error(w)->where, plm_last_error(w)->what,
                 plm_last_error(w)->hint);
    assert_int_equal(plm_parameters(back, -1, NULL), plm_parameters(m, -1, NULL));
    for (int64_t i = 0; i < plm_parameters(m, -1, NULL); i++) {
        plm_parameter a, b;
        plm_parameters(m, i, &a);
        plm_parameters(back, i, &b);
        assert_string_equal(a.name, b.name);
        assert_int_equal(a.trainable, b.trainable);
        assert_int_equal(plm_parameter_read(m, i, values[0]), PLM_OK);
        assert_int_equal(plm_parameter_read(back, i, values[1]), PLM_OK);
        assert_memory_equal(values[0], values[1],
                            (size_t)(a.dims[0] * (a.rank > 1 ? a.dims[1] : 1)) * sizeof(float));
    }
    predict_rows(m, before);
    predict_rows(back, after);
    assert_memory_equal(before, after, sizeof before);
    assert_string_equal(plm_model_setting(back, "optimizer"), "adam(0.01)");
    assert_string_equal(plm_model_setting(back, "loss"), "sparse_categorical_crossentropy");
    assert_string_equal(plm_model_setting(back, "metrics"), "accuracy");
    assert_int_equal(plm_model_save(back, test_path("b.st"), NULL), PLM_OK);
    assert_same_file(test_path("a.safetensors"), test_path("b.st"));
    train_a_little(w, back); /* it can go on learning */
    plm_model_free(m);
    plm_model_free(back);
    test_close(w, &memory);
}

static void heads_and_joins_come_back(void **state)
{
    const int64_t dims[] = {2, 3};
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_model *m = plm_model_new(w);
    const plm_value x = plm_input(m, "pixels", 2, dims);
    const plm_value flat = plm_apply(m, x, "flatten");
    const plm_value one = plm_apply(m, flat, "dense(4, name=one)");
    const plm_value two = plm_apply(m, flat, "dense(2, name=two)");
    plm_output(m, plm_merge(m, 3, (plm_value[]){two, one, two}, "concatenate"));
    plm_add(m, "add(name=sum) <- one one");
    plm_output(m, one);
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_OK);
    assert_int_equal(plm_model_save(m, test_path("heads"), "safetensors"), PLM_OK);
    plm_model *back = plm_model_load(w, test_path("heads"), NULL);
    assert_non_null(back);
    assert_int_equal(back->outputs, 2);
    assert_string_equal(back->layer[back->output[0]].name, "concatenate");
    assert_int_equal(back->layer[back->output[0]].inputs, 3);
    assert_string_equal(back->layer[back->layers - 1].name, "sum");
    assert_string_equal(back->layer[back->output[1]].name, "one");
    assert_string_equal(back->layer[0].name, "pixels");
    assert_int_equal(back->layer[0].shape.rank, 2);
    assert_string_equal(plm_model_setting(back, "optimizer"), "");
    assert_int_equal(plm_model_save(back, test_path("heads2.safetensors"), NULL), PLM_OK);
    assert_same_file(test_path("heads"), test_path("heads2.safetensors"));
    plm_model_free(m);
    plm_model_free(back);
    test_close(w, &memory);
}

/* ---- finding the format ---- */

static void formats_are_found(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    assert_null(plm_model_load(w, test_write_text("notes.txt", "dear diary"), NULL));
    test_error(w, PLM_E_FORMAT, "not a model file");
    test_error(w, PLM_E_FORMAT, "known formats: safetensors");
    assert_null(plm_model_load(w, test_write_text("nothing", ""), NULL));
    test_error(w, PLM_E_FORMAT, "the file is empty");
    assert_null(plm_model_load(w, test_path("notes.txt"), "keras"));
    test_error(w, PLM_E_FORMAT, "unknown format 'keras'");
    assert_null(plm_model_load(w, test_path("absent.safetensors"), NULL));
    test_error(w, PLM_E_IO, "absent.safetensors");
    assert_null(plm_model_load(w, NULL, NULL));
    test_error(w, PLM_E_ORDER, "no path");
    assert_null(plm_model_load(NULL, "x", NULL));
    assert_int_equal(plm_model_save(NULL, "x", NULL), PLM_E_ORDER);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2)");
    assert_int_equal(plm_model_save(m, test_path("early.st"), NULL), PLM_E_ORDER);
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_OK);
    assert_int_equal(plm_model_save(m, NULL, NULL), PLM_E_ORDER);
    assert_int_equal(plm_model_save(m, test_path("m.st"), "onnx"), PLM_E_FORMAT);
    test_error(w, PLM_E_FORMAT, "known formats: safetensors");
    assert_int_equal(plm_model_save(m, "/no/such/folder/m.safetensors", NULL), PLM_E_IO);
    test_error(w, PLM_E_IO, "/no/such/folder/m.safetensors");
    assert_int_equal(plm_model_save(m, test_path("m.SafeTensors"), NULL), PLM_OK);
    plm_model_free(m);
    m = plm_model_new(w);
    plm_add(m, "input(2, name='\xff')");
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_E_SPEC);
    test_error(w, PLM_E_SPEC, "the name '\\xff' has invisible characters");
    plm_model_free(m);
    test_close(w, &memory);
}

/* A letter of the header that becomes another one, where the text stays a header: the file is
 * refused, since it would be another model. */
static void another_letter_in_the_header(void **state)
{
    static const char *const words[] = {"tanh", "sgd", "hidden", "softmax"};
    (void)state;
    test_memory memory = {0};
    plm *w = test_open(&memory, NULL);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(4) | dense(5, activation=tanh, name=hidden) | dense(3, activation=softmax)");
    assert_int_equal(plm_compile(m, "sgd(0.25)", "sparse_categorical_crossentropy", NULL), PLM_OK);
    const char *path = test_path("letter.safetensors");
    assert_int_equal(plm_model_save(m, path, NULL), PLM_OK);
    plm_model_free(m);
    size_t n = 0;
    unsigned char *bytes = read_all(path, &n);
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        size_t at = 8;
        while (at + strlen(words[k]) < n && memcmp(bytes + at, words[k], strlen(words[k])) != 0)
            at++;
        assert_true(at + strlen(words[k]) < n);
        bytes[at + 1]++;
        test_write("other.safetensors", bytes, n);
        bytes[at + 1]--;
        assert_null(plm_model_load(w, test_path("other.safetensors"), NULL));
        test_error(w, PLM_E_FORMAT, "checksum");
    }
    free(bytes);
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_comes_back_bit_for_bit),
        cmocka_unit_test(heads_and_joins_come_back),
        cmocka_unit_test(another_letter_in_the_header),
        cmocka_unit_test(formats_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
