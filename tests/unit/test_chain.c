/* Chains of layers and arrows, as text: the same in C as in run files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/chain.h"
#include "plummet.h"

/* A chain as text, "2: dense(3) | add()<a,b": times, then each layer with its inputs. */
static void shown(plm_arena *a, const char *text, char out[256])
{
    plm_chain c;
    if (plm_chain_parse(a, text, &c) < 0) {
        snprintf(out, 256, "%s", plm_last_error(a->w)->what);
        return;
    }
    int n = snprintf(out, 256, "%d:", (int)c.times);
    for (size_t i = 0; i < c.parts; i++) {
        n += snprintf(out + n, 256 - (size_t)n, "%s %s", i > 0 ? " |" : "", c.part[i].layer);
        for (size_t k = 0; k < c.part[i].inputs; k++)
            n += snprintf(out + n, 256 - (size_t)n, "%c%s", k > 0 ? ',' : '<', c.part[i].input[k]);
    }
}

static void test_parts(void **state)
{
    static const struct {
        const char *text, *shown;
    } row[] = {
        {"dense(3)", "1: dense(3)"},
        {" 20 * dense(3) | relu ", "20: dense(3) | relu"},
        {"2*relu", "2: relu"},
        {"10000 * relu", "10000: relu"},
        {"10001 * relu", "layers cannot be repeated that often"},
        {"0 * relu", "the number of repetitions must be at least 1"},
        {"000 * relu", "the number of repetitions must be at least 1"},
        {"99999999999999999999999 * relu", "layers cannot be repeated that often"},
        {"add() <- a b", "1: add()<a,b"},
        {"add() <- a, b", "1: add()<a,b"},
        {"add()<-a\tb | relu", "1: add()<a,b | relu"},
        {"relu | add() <- a b | relu", "1: relu | add()<a,b | relu"},
        {"add() <- ", "no layer name follows the arrow <-"},
        {"add() <- | relu", "no layer name follows the arrow <-"},
        /* signs within quotes and brackets belong to the spec */
        {"dense(3, name='a<-b')", "1: dense(3, name='a<-b')"},
        {"dense(3, name='a|b') | relu", "1: dense(3, name='a|b') | relu"},
        {"dense(3, name=\"it's | <- \\\" |\") | relu",
         "1: dense(3, name=\"it's | <- \\\" |\") | relu"},
        {"dense(3, name='a\\' | b')", "1: dense(3, name='a\\' | b')"},
        {"lambda(x = [a | b]) | relu", "1: lambda(x = [a | b]) | relu"},
        {"dense(3, name='open | relu", "1: dense(3, name='open | relu"},
        {"", "1: "},
        {"dense(3) |", "1: dense(3) | "},
    };
    plm *w = plm_open(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        plm_arena a = {.w = w};
        char out[256];
        shown(&a, row[i].text, out);
        assert_string_equal(out, row[i].shown);
        plm_arena_free(&a);
    }
    plm_close(w);
}

/* Which of these names the model has. */
static void layers_of(const plm_model *m, char out[512])
{
    static const char *const name[] = {"input",  "dense",   "relu", "dense_1",
                                       "relu_1", "dense_2", "a<-b", "input_1"};
    int n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (plm_find(m, name[i]).id)
            n += snprintf(out + n, 512 - (size_t)n, "%s ", name[i]);
}

static void test_layers(void **state)
{
    static const struct {
        const char *text[4], *names;
    } row[] = {
        {{"input(4)", "2 * dense(3) | relu", "dense(1)"},
         "input dense relu dense_1 relu_1 dense_2 "},
        {{"input(4) | 2 * dense(3)"}, ""}, /* a number goes before the whole chain alone */
        {{"input(4) | dense(3) | relu"}, "input dense relu "},
        {{"input(4)", "dense(3, name='a<-b')"}, "input a<-b "},
        {{"input(4)", "input(2)", "concatenate() <- input input_1", "dense(1)"},
         "input dense input_1 "},
        {{"input(4)", "relu <- nobody"}, ""},
        {{"input(4)", "input(2) <- input"}, ""},
    };
    plm *w = plm_open(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        plm_model *m = plm_model_new(w);
        char names[512];
        bool good = true;
        for (int k = 0; k < 4 && row[i].text[k]; k++)
            good = plm_add(m, "%s", row[i].text[k]).id != 0;
        layers_of(m, names);
        assert_int_equal(good, row[i].names[0] != '\0');
        if (good) {
            assert_string_equal(names, row[i].names);
            assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_OK);
        } else {
            assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_E_SPEC);
        }
        plm_model_free(m);
    }
    plm_close(w);
}

/* A chain begins with what plm_apply and plm_merge were given and returns its end. */
static void test_apply(void **state)
{
    plm *w = plm_open(NULL);
    plm_model *m = plm_model_new(w);
    (void)state;
    const plm_value x = plm_input(m, "x", 1, (const int64_t[]){4});
    const plm_value y = plm_apply(m, x, "%d * dense(3) | relu", 2);
    const plm_value z = plm_merge(m, 2, (const plm_value[]){x, y}, "concatenate | dense(5)");
    const plm_value side = plm_apply(m, y, "add(name=sum) <- relu relu_1 | dense(2)");
    plm_output(m, z);
    plm_output(m, side);
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_OK);
    plm_port port;
    assert_int_equal(plm_model_outputs(m, 0, &port), 2);
    assert_string_equal(port.name, "dense_2");
    assert_int_equal(port.dims[0], 5);
    assert_int_equal(plm_model_outputs(m, 1, &port), 2);
    assert_string_equal(port.name, "dense_3");
    /* x 4*3+3, 3*3+3, (4+3)*5+5, 3*2+2 */
    int64_t count = 0;
    plm_parameter p;
    for (int64_t i = 0; i < plm_parameters(m, 0, NULL); i++) {
        assert_true(plm_parameters(m, i, &p) > 0);
        count += p.rank == 2 ? p.dims[0] * p.dims[1] : p.dims[0];
    }
    assert_int_equal(count, 15 + 12 + 40 + 8);
    plm_model_free(m);
    plm_close(w);
}

static void an_input_cuts_no_chain(void **state)
{
    static const struct {
        const char *layers, *what; /* what: NULL = allowed */
    } row[] = {
        {"input(4) | dense(3) | input(4) | dense(2)", "nothing reads 'dense'"},
        {"input(4) | dense(3) | dense(3, name=a) | input(4) | dense(2)", "nothing reads 'a'"},
        {"input(4, name=a) | input(2, name=b) | concatenate() <- a b | dense(1)", NULL},
        {"input(4) | dense(3, name=a) | input(2, name=b) | concatenate() <- a b | dense(1)", NULL},
    };
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        plm_model *m = plm_model_new(w);
        plm_add(m, "%s", row[i].layers);
        assert_int_equal(plm_compile(m, "adam", "mse", NULL), row[i].what ? PLM_E_SPEC : PLM_OK);
        if (row[i].what)
            assert_non_null(strstr(plm_last_error(w)->what, row[i].what));
        plm_model_free(m);
    }
    plm_close(w);
}

/* Other runtimes refuse a value of the first one. Values are numbers, so one in thousands is valid
 * by chance. */
static void values_of_another_runtime_are_refused(void **state)
{
    enum { RUNTIMES = 8 };
    plm *w[RUNTIMES];
    plm_model *m[RUNTIMES];
    plm_value first = {0};
    int refused = 0;
    (void)state;
    for (int i = 0; i < RUNTIMES; i++) {
        w[i] = plm_open(PLM_OPTIONS(.threads = 1));
        m[i] = plm_model_new(w[i]);
        const plm_value input = plm_add(m[i], "input(4)");
        first = i == 0 ? input : first;
        refused += i > 0 && plm_apply(m[i], first, "dense(3)").id == 0;
    }
    assert_true(refused >= RUNTIMES - 3);
    for (int i = 0; i < RUNTIMES; i++) {
        plm_model_free(m[i]);
        plm_close(w[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_another_runtime_are_refused),
        cmocka_unit_test(an_input_cuts_no_chain),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_layers),
        cmocka_unit_test(test_apply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
