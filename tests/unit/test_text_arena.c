/* Text, names, numbers in any locale; arenas; errors and checked sizes. */
#include "helper.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/names.h"
#include "base/notation.h"
#include "base/random.h"
#include "base/text.h"

static void text_grows(void **state)
{
    helper h;
    (void)state;
    helper_open(&h);
    plm_text t = {.w = &h.w};
    assert_string_equal(plm_text_get(&t), "");
    for (int i = 0; i < 1000; i++)
        plm_text_format(&t, "%d,", i);
    plm_text_append(&t, "abcdef", 3);
    assert_int_equal(t.length, strlen(plm_text_get(&t)));
    assert_string_equal(plm_text_get(&t) + t.length - 7, "999,abc");
    plm_text_free(&t);
    assert_string_equal(plm_text_get(&t), "");
    h.fail = h.taken + 2;
    plm_text_add(&t, "kept");
    for (int i = 0; i < 100; i++)
        plm_text_add(&t, "more and more text");
    assert_true(t.failed);
    assert_memory_equal(plm_text_get(&t), "kept", 4);
    assert_error(&h.w, PLM_E_MEMORY, "out of memory", NULL);
    plm_text_free(&t);
    helper_close(&h);
}

static void lines_become_printable(void **state)
{
    helper h;
    (void)state;
    helper_open(&h);
    plm_text t = {.w = &h.w};
    plm_text_add_lines(&t, "", 2);
    assert_string_equal(plm_text_get(&t), "");
    plm_text_add_lines(&t, "a long line\n\nb\033[2J\nlast", 2);
    assert_null(strchr(plm_text_get(&t), '\033'));
    assert_memory_equal(plm_text_get(&t), "  a long line\n  \n  b", 20);
    assert_string_equal(plm_text_get(&t) + t.length - 7, "\n  last");
    plm_text_free(&t);
    plm_text_add_lines(&t, "x\ty\n", 0);
    assert_int_equal(plm_text_get(&t)[t.length - 1], '\n');
    plm_text_free(&t);
    helper_close(&h);
}

static void modules_of_python_go(void **state)
{
    static const char *const names[][2] = {
        {"keras.layers.Dense", "Dense"},
        {"tf.keras.layers.Dense", "Dense"},
        {"tensorflow.keras.initializers.he_normal", "he_normal"},
        {"keras.Input", "Input"},
        {"layers.Dense", "Dense"},
        {"keras.optimizers.schedules.CosineDecay", "CosineDecay"},
        {"dense", "dense"},
        {"layers.csv", "layers.csv"},
        {"data.csv", "data.csv"},
        {"keras.data.csv", "keras.data.csv"},
        {"tf.keras.optimizers.legacy.SGD", "SGD"},
        {"tf.nn.relu", "relu"},
        {"torch.optim.lr_scheduler.OneCycleLR", "OneCycleLR"},
        {"F.cross_entropy", "cross_entropy"},
        {"my.layers.Dense", "my.layers.Dense"}};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_string_equal(plm_name_without_module(names[i][0]), names[i][1]);
}

static void initials_are_understood(void **state)
{
    static const char *const keys[] = {"learning_rate", "l1", "weight_decay", "beta_1"};
    helper h;
    (void)state;
    helper_open(&h);
    static const char *const asked[][2] = {{"lr", "did you mean learning_rate?"},
                                           {"wd", "did you mean weight_decay?"},
                                           {"l", "known: "},
                                           {"l2", "did you mean l1?"}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        plm_text t = {.w = &h.w};
        plm_name_advise(&t, asked[i][0], keys, 4);
        assert_non_null(strstr(plm_text_get(&t), asked[i][1]));
        plm_text_free(&t);
    }
    helper_close(&h);
}

static void names_are_compared_as_meant(void **state)
{
    static const char *const known[] = {"dense", "dropout", "he_normal", "sgd",
                                        "sparse_categorical_crossentropy"};
    const size_t count = sizeof(known) / sizeof(known[0]);
    (void)state;
    assert_true(plm_name_equal("he_normal", "HeNormal"));
    assert_true(plm_name_equal("relu_", "_ReLU"));
    assert_false(plm_name_equal("relu", "relu6"));
    assert_false(plm_name_equal("", "a"));
    assert_int_equal(plm_name_distance("kitten", "sitting"), 3);
    assert_int_equal(plm_name_distance("dense", "desne"), 1);
    assert_int_equal(plm_name_distance("", "abc"), 3);
    assert_int_equal(plm_name_distance("He_Normal", "henormal"), 0);
    assert_true(plm_name_distance(
                    "a",
                    "a_name_of_more_than_sixty_three_letters_is_far_from_everything_there_is_to_be_"
                    "compared_with") > 63);
    assert_string_equal(plm_name_nearest("dence", known, count), "dense");
    assert_string_equal(plm_name_nearest("HeNorml", known, count), "he_normal");
    assert_string_equal(plm_name_nearest("sdg", known, count), "sgd");
    assert_string_equal(plm_name_nearest("drop", known, count), "dropout");
    assert_string_equal(plm_name_nearest("sparse_categorical_cross_entropie", known, count),
                        "sparse_categorical_crossentropy");
    assert_null(plm_name_nearest("attention", known, count));
    assert_null(plm_name_nearest("x", known, count));
    assert_null(plm_name_nearest("", known, count));
}

static void advice_names_what_was_perhaps_meant(void **state)
{
    static const char *const known[] = {"sparse_categorical_crossentropy",
                                        "categorical_crossentropy",
                                        "huber",
                                        "binary_crossentropy",
                                        "hinge",
                                        "squared_hinge"};
    static const char *const advice[][2] = {
        {"hubre", "did you mean huber?"},
        {"CrossEntropy", "did you mean sparse_categorical_crossentropy, categorical_crossentropy "
                         "or binary_crossentropy?"},
        {"squared", "did you mean squared_hinge?"},
        {"quaredhinges", "did you mean squared_hinge?"},
        {"rel", "known: sparse_categorical_crossentropy, categorical_crossentropy, huber, "
                "binary_crossentropy, hinge, "
                "squared_hinge"}};
    (void)state;
    helper h;
    helper_open(&h);
    for (size_t i = 0; i < sizeof advice / sizeof advice[0]; i++) {
        plm_text t = {.w = &h.w};
        plm_name_advise(&t, advice[i][0], known, sizeof known / sizeof known[0]);
        assert_string_equal(plm_text_get(&t), advice[i][1]);
        plm_text_free(&t);
    }
    helper_close(&h);
}

/* Random doubles of every size, and shortest forms. */
static void numbers_go_round(void **state)
{
    static const struct {
        double value;
        const char *text;
    } known[] = {{0.1, "0.1"},
                 {1e-7, "1e-07"},
                 {500, "500"},
                 {0, "0"},
                 {1.0 / 3, "0.3333333333333333"},
                 {-2.5, "-2.5"},
                 {1e22, "1e+22"},
                 {123456789012, "123456789012"},
                 {5e-324, "5e-324"},
                 {0.001, "0.001"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"}};
    char text[32];
    const char *end = NULL;
    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        plm_text_from_number(known[i].value, text, sizeof(text));
        assert_string_equal(text, known[i].text);
    }
    plm_random r = plm_random_open(1, PLM_RANDOM_TEST, 0, 0);
    for (int i = 0; i < 20000; i++) {
        double value = ldexp(plm_random_uniform(&r) - 0.5, (int)plm_random_below(&r, 200) - 100);
        if (i % 2) /* short decimals, as in tables: the quick way of plm_text_number */
            value = round(value * 1000) / 1000;
        plm_text_from_number(value, text, sizeof(text));
        assert_true(plm_text_number(text, &end) == value && *end == '\0');
    }
    plm_text_from_number((double)INFINITY, text, sizeof(text));
    assert_string_equal(text, "inf");
    plm_text_from_number((double)NAN, text, sizeof(text));
    assert_string_equal(text, "nan");
}

/* As strtod reads in the C locale, sign by sign. */
static void numbers_are_read_like_strtod(void **state)
{
    static const char *const texts[] = {"1",
                                        "-1.5",
                                        "+0.25x",
                                        "1e3",
                                        "1.e3",
                                        ".5",
                                        "-.5e-3",
                                        "1.",
                                        "0x1p3",
                                        "1e",
                                        "",
                                        "x",
                                        "-",
                                        "+-1",
                                        "inf",
                                        "-inf",
                                        "nan",
                                        "1,5",
                                        "  7",
                                        "00012",
                                        "0.1234567890123456789",
                                        "123456789012345678",
                                        "999999999999999",
                                        "1.5.5",
                                        "-0",
                                        "1e400",
                                        "4.35",
                                        "0.000000000000001"};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char *expected_end = NULL;
        const char *end = NULL;
        const double expected = strtod(texts[i], &expected_end),
                     value = plm_text_number(texts[i], &end);
        assert_ptr_equal(end, expected_end);
        assert_int_equal(isnan(value), isnan(expected));
        if (!isnan(value))
            assert_memory_equal(&value, &expected, sizeof(value));
    }
}

static void a_decimal_comma_changes_nothing(void **state)
{
    static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "ru_RU.UTF-8"};
    helper h;
    bool found = false;
    char text[32], comma[16];
    const char *end = NULL;
    (void)state;
    for (size_t i = 0; i < sizeof(locales) / sizeof(locales[0]) && !found; i++)
        found = setlocale(LC_ALL, locales[i]) != NULL &&
                snprintf(comma, sizeof(comma), "%.1f", 0.5) > 0 && strchr(comma, ',');
    if (!found) {
        setlocale(LC_ALL, "C");
        print_message("no locale with a decimal comma is installed\n");
        skip();
    }
    helper_open(&h);
    plm_text t = {.w = &h.w};
    plm_text_from_number(0.15625, text, sizeof(text));
    assert_string_equal(text, "0.15625");
    assert_true(plm_text_number("0.15625", &end) == 0.15625);
    assert_true(plm_text_number("1.5e1", &end) == 15);
    assert_true(plm_text_number("1,5", &end) == 1);
    plm_text_format(&t, "%.2f", 0.25);
    assert_string_equal(plm_text_get(&t), "0.25");
    plm_text_free(&t);
    plm_fail(&h.w, PLM_E_DATA, NULL, NULL, "%g", 2.5);
    assert_error(&h.w, PLM_E_DATA, "2.5", NULL);
    setlocale(LC_ALL, "C");
    helper_close(&h);
}

static void arenas_keep_everything(void **state)
{
    enum { COUNT = 500 };
    helper h;
    unsigned char *object[COUNT];
    (void)state;
    helper_open(&h);
    plm_arena a = {.w = &h.w};
    for (size_t i = 0; i < COUNT; i++) {
        const size_t bytes = i % 50 == 49 ? 100000 : i * 7 % 300;
        object[i] = plm_arena_take(&a, bytes);
        assert_non_null(object[i]);
        assert_int_equal((uintptr_t)object[i] % 64, 0);
        for (size_t k = 0; k < bytes; k++)
            assert_int_equal(object[i][k], 0);
        memset(object[i], (int)(i % 256), bytes);
        assert_string_equal(plm_arena_text(&a, "some text", 4), "some");
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < (i % 50 == 49 ? 100000 : i * 7 % 300); k++)
            assert_int_equal(object[i][k], i % 256);
    assert_true(h.taken < 60); /* blocks, not objects */
    assert_string_equal(plm_arena_format(&a, "%s=%d", "x", 3), "x=3");
    assert_string_equal(plm_arena_text(&a, "all", SIZE_MAX), "all");
    assert_null(plm_arena_take(&a, SIZE_MAX));
    assert_null(plm_arena_array(&a, SIZE_MAX / 2, 3));
    plm_arena_free(&a);
    assert_int_equal(h.live, 0);
    assert_non_null(plm_arena_take(&a, 1));
    plm_arena_free(&a);
    helper_close(&h);
}

static void arrays_grow(void **state)
{
    helper h;
    int *items = NULL;
    size_t room = 0;
    (void)state;
    helper_open(&h);
    plm_arena a = {.w = &h.w};
    for (int i = 0; i < 10000; i++) {
        items = plm_arena_grow(&a, items, (size_t)i, &room, sizeof(int));
        assert_non_null(items);
        items[i] = i;
    }
    for (int i = 0; i < 10000; i++)
        assert_int_equal(items[i], i);
    plm_arena_free(&a);
    helper_close(&h);
}

/* The place as data: the innermost caller that knows it names it, and it is said once. */
static void errors_carry_their_place(void **state)
{
    helper h;
    plm_error_record kept;
    (void)state;
    helper_open(&h);
    (void)plm_fail_key(&h.w, PLM_E_SPEC, "loss", "hint", "what");
    plm_fail_in_key(&h.w, "metrics");
    assert_string_equal(h.w.error.where, "loss");
    assert_string_equal(h.w.error.key, "loss");
    assert_int_equal(plm_fail_code(&h.w, "S301", PLM_E_SPEC), PLM_E_SPEC);
    plm_error_take(&h.w, &kept);
    (void)plm_fail(&h.w, PLM_E_SHAPE, "kernel_initializer", NULL, "what");
    assert_string_equal(h.w.error.key, "");
    assert_int_equal(h.w.error.layer, -1);
    plm_fail_in_layer(&h.w, 3, "layer 3, dense(4)");
    plm_fail_in_layer(&h.w, 1, "layer 1, dense(4)");
    assert_string_equal(h.w.error.where, "layer 3, dense(4): kernel_initializer");
    assert_int_equal(h.w.error.layer, 3);
    plm_fail_in_file(&h.w, "a.safetensors");
    plm_fail_in_file(&h.w, "b.safetensors");
    plm_fail_in_key(&h.w, "model");
    assert_string_equal(h.w.error.where, "a.safetensors: layer 3, dense(4): kernel_initializer");
    assert_string_equal(h.w.error.file, "a.safetensors");
    assert_string_equal(h.w.error.key, "");
    plm_error_restore(&h.w, &kept);
    assert_string_equal(h.w.error.key, "loss");
    assert_string_equal(h.w.error.code, "S301");
    assert_int_equal(h.w.error.layer, -1);
    helper_close(&h);
}

static void errors_tell_what_where_and_mend(void **state)
{
    helper h;
    char long_text[2000];
    (void)state;
    helper_open(&h);
    assert_int_equal(plm_fail(&h.w, PLM_E_SHAPE, "here", NULL, "%d is not %s", 3, "four"),
                     PLM_E_SHAPE);
    assert_error(&h.w, PLM_E_SHAPE, "3 is not four", "");
    assert_string_equal(h.w.error.where, "here");
    plm_fail_within(&h.w, "layer %d", 2);
    assert_string_equal(h.w.error.where, "layer 2: here");
    /* its own buffers */
    plm_fail(&h.w, PLM_E_SPEC, h.w.error.where, h.w.error.what, "%s", h.w.error.what);
    assert_error(&h.w, PLM_E_SPEC, "3 is not four", "3 is not four");
    assert_string_equal(h.w.error.where, "layer 2: here");
    plm_fail(&h.w, PLM_E_SPEC, NULL, NULL, "x");
    plm_fail_within(&h.w, "outer");
    assert_string_equal(h.w.error.where, "outer");
    memset(long_text, 'a', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    plm_fail(&h.w, PLM_E_SPEC, long_text, long_text, "%s", long_text);
    assert_int_equal(strlen(h.w.error.what), PLM_WHAT_CAPACITY - 1);
    assert_string_equal(h.w.error.what + PLM_WHAT_CAPACITY - 5, "a...");
    plm_fail_within(&h.w, "%s", long_text);
    assert_int_equal(plm_fail(NULL, PLM_E_SPEC, NULL, NULL, "x"), PLM_E_SPEC);
    h.w.fault = PLM_E_UNSUPPORTED;
    assert_int_equal(plm_fail(&h.w, PLM_E_DATA, NULL, NULL, "later"), PLM_E_UNSUPPORTED);
    assert_int_equal(h.w.error.status, PLM_E_SPEC);
    helper_close(&h);
}

static void sizes_are_checked(void **state)
{
    size_t n = 0;
    int64_t product = 0;
    helper h;
    (void)state;
    helper_open(&h);
    assert_true(plm_checked_multiply(SIZE_MAX / 2, 2, &n) && n == SIZE_MAX - 1);
    assert_false(plm_checked_multiply(SIZE_MAX / 2 + 1, 2, &n));
    assert_true(plm_checked_multiply(0, SIZE_MAX, &n) && n == 0);
    assert_true(plm_checked_add(SIZE_MAX, 0, &n));
    assert_false(plm_checked_add(SIZE_MAX, 1, &n));
    assert_true(plm_checked_product(3, (int64_t[]){2, 3, 4}, &product) && product == 24);
    assert_true(plm_checked_product(0, NULL, &product) && product == 1);
    assert_true(plm_checked_product(2, (int64_t[]){0, INT64_MAX}, &product) && product == 0);
    assert_false(plm_checked_product(2, (int64_t[]){INT64_MAX, 2}, &product));
    assert_false(plm_checked_product(1, (int64_t[]){-1}, &product));
    assert_null(plm_allocate(&h.w, SIZE_MAX));
    assert_null(plm_allocate_array(&h.w, SIZE_MAX, 2));
    assert_error(&h.w, PLM_E_MEMORY, "out of memory", NULL);
    void *block = plm_allocate(&h.w, 0);
    assert_int_equal((uintptr_t)block % 64, 0);
    plm_release(&h.w, block);
    plm_release(&h.w, NULL);
    char *copy = plm_duplicate(&h.w, "text");
    assert_string_equal(copy, "text");
    plm_release(&h.w, copy);
    helper_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_grows),
        cmocka_unit_test(lines_become_printable),
        cmocka_unit_test(modules_of_python_go),
        cmocka_unit_test(initials_are_understood),
        cmocka_unit_test(names_are_compared_as_meant),
        cmocka_unit_test(advice_names_what_was_perhaps_meant),
        cmocka_unit_test(numbers_go_round),
        cmocka_unit_test(numbers_are_read_like_strtod),
        cmocka_unit_test(a_decimal_comma_changes_nothing),
        cmocka_unit_test(arenas_keep_everything),
        cmocka_unit_test(arrays_grow),
        cmocka_unit_test(errors_tell_what_where_and_mend),
        cmocka_unit_test(errors_carry_their_place),
        cmocka_unit_test(sizes_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
