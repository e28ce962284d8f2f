/* The limits of model files: how many tensors, layers and names one may have, and memory that fails
 * while one is read. */
#include "safetensors_support.h"

#include <stdarg.h>

/* A text that grows; what is printed must fit. */
typedef struct {
    char *text;
    size_t length;
} growing;

enum { ROOM = 16 << 20 };

static void say(growing *g, const char *format, ...) PLM_PRINTF(2, 3);
static void say(growing *g, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g->length += (size_t)vsnprintf(g->text + g->length, ROOM - g->length, format, list);
    va_end(list);
    assert_true(g->length < ROOM);
}

/* `layers` inputs called x0, x1, ..., of which the last names the first `inputs` layers as its
 * inputs. */
static void say_words(growing *g, int layers, int inputs)
{
    say(g, "{\"__metadata__\":{\"plummet.format_version\":\"1\",\"plummet.layers\":\"[");
    for (int i = 0; i < layers; i++) {
        say(g, "%s{\\\"name\\\":\\\"x%d\\\",\\\"spec\\\":\\\"input(2)\\\",\\\"inputs\\\":[",
            i > 0 ? "," : "", i);
        for (int k = 0; i == layers - 1 && k < inputs; k++)
            say(g, "%s\\\"x0\\\"", k > 0 ? "," : "");
        say(g, "]}");
    }
    say(g, "]\"}");
}

static void limits_are_told(void **state)
{
    test_memory memory;
    growing g = {.text = malloc(ROOM)};
    plm *w = test_open(&memory, NULL);
    (void)state;
    say(&g, "{");
    for (int i = 0; i <= 140000; i++)
        say(&g, "%s\"%d\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}",
            i > 0 ? "," : "", i);
    say(&g, "}");
    refused(w, PLM_E_UNSUPPORTED, "more than 140000 tensors", g.text, 0);
    g.length = 0;
    say_words(&g, 20001, 0);
    say(&g, "}");
    refused(w, PLM_E_FORMAT, "at most 20000 layers", g.text, 0);
    g.length = 0;
    say_words(&g, 2, 20001);
    say(&g, "}");
    refused(w, PLM_E_FORMAT, "at most 20000 names", g.text, 0);
    g.length = 0;
    say_words(&g, 2, 9);
    say(&g, "}");
    refused(w, PLM_E_FORMAT, "the layer takes 9 inputs", g.text, 0);
    assert_null(plm_model_load(w, "/dev/null", "safetensors"));
    test_error(w, PLM_E_IO, "this is a device, but a model can be read only from a file");
    g.length = 0;
    say(&g, "{\"k\":[");
    for (int i = 0; i < 900000; i++)
        say(&g, "{},");
    refused(w, PLM_E_UNSUPPORTED, "more than 256 MiB", g.text, 0);
    assert_true(memory.most < 384u << 20);
    free(g.text);
    test_close(w, &memory);
}

/* Every allocation of reading a file of many tensors, layers and names fails in turn, and all
 * after it. */
static void memory_that_fails_is_told_as_such(void **state)
{
    test_memory memory;
    growing g = {.text = malloc(ROOM)};
    plm_document d;
    plm_status status = PLM_E_MEMORY;
    plm *w = test_open(&memory, NULL);
    (void)state;
    say_words(&g, 40, 30);
    g.length -= 1; /* into the metadata again */
    for (int i = 0; i < 100; i++)
        say(&g, ",\"a key of some length, %d\":\"\"", i);
    say(&g, ",\"plummet.outputs\":\"[\\\"x0\\\"]\"}");
    for (int i = 0; i < 500; i++)
        say(&g,
            ",\"a tensor of some length, "
            "%d\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[%d,%d]}",
            i, i, i + 1);
    say(&g, "}");
    const char *path = make_file(g.text, g.length, 500);
    const long held = memory.blocks;
    for (long k = 1; status < 0; k++) {
        memory.calls = 0;
        memory.fail_at = k;
        status = read_document(w, path, &d);
        assert_true(status == PLM_OK ||
                    (status == PLM_E_MEMORY && plm_last_error(w)->status == PLM_E_MEMORY));
        plm_document_free(&d);
        assert_int_equal(memory.blocks, held);
        assert_true(k < 1000);
    }
    memory.fail_at = 0;
    free(g.text);
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_are_told),
        cmocka_unit_test(memory_that_fails_is_told_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
