/* Choices of a machine: given as text, written as text, ignored on another machine, measured. */
#include <string.h>

#include "base/runtime.h"
#include "base/system.h"
#include "base/tuning.h"
#include "data_support.h"
#include "kernel/kernel.h"
#include "op/product.h"

static plm *open_tuned(const char *text)
{
    return plm_open(PLM_OPTIONS(.threads = 1, .isa = "plain", .tuning = text));
}

static void check(const char *text, int packing, int roots, int chunk_rows)
{
    plm *w = open_tuned(text);
    assert_int_equal(plm_last_error(w)->status, PLM_OK);
    assert_int_equal(w->tuning.packing, packing);
    assert_int_equal(w->tuning.roots, roots);
    assert_int_equal(w->tuning.chunk_rows, chunk_rows);
    plm_close(w);
}

static void text_is_taken(void **state)
{
    (void)state;
    check(NULL, 0, 0, 0);
    check("", 0, 0, 0);
    check("packing=yes", 1, 0, 0);
    check("packing=no, chunk_rows=48", -1, 0, 48);
    check("chunk_rows=192 packing=yes\n", 1, 0, 192);
    check("roots=yes", 0, 1, 0);
    check("packing=no, roots=no", -1, -1, 0);
    check("NoSuchMaker 1 2, plain, 512K: packing=yes roots=yes", 0, 0, 0);
    check("NoSuchMaker: rubbish", 0, 0, 0);
}

static void rubbish_is_refused(void **state)
{
    static const char *const bad[] = {
        "packing",        "packing=maybe",  "roots=",        "rootsyes",        "streaming=1",
        "packing=yes=no", "chunk_rows=",    "chunk_rows=97", "chunk_rows=4800", "chunk_rows=-96",
        "chunk_rows=0",   "chunk_rows=96x", "\x01\xff"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        plm *w = open_tuned(bad[i]);
        assert_int_equal(plm_last_error(w)->status, PLM_E_SPEC);
        assert_string_equal(plm_last_error(w)->where, "tuning");
        plm_close(w);
    }
}

/* What a runtime writes another one takes, on the same instruction set only. */
static void text_goes_round(void **state)
{
    char text[PLM_TUNING_CAPACITY], small[8];
    (void)state;
    plm *w = open_tuned(NULL);
    assert_int_equal(plm_tuning(w, text, sizeof text), 0);
    assert_string_equal(text, "");
    plm_close(w);
    w = open_tuned("packing=no, streaming=yes, roots=yes, chunk_rows=144");
    const size_t length = plm_tuning(w, text, sizeof text);
    assert_int_equal(length, strlen(text));
    assert_int_equal(plm_tuning(w, small, sizeof small), length);
    assert_int_equal(strlen(small), sizeof small - 1);
    plm_close(w);
    check(text, -1, 1, 144);
    char *isa = strstr(text, "plain");
    assert_non_null(isa);
    memcpy(isa, "plane", 5);
    check(text, 0, 0, 0);
    memcpy(isa, "plain", 5);
    check(text, -1, 1, 144);
    char *method = strstr(text, ", method ");
    assert_non_null(method);
    method[strlen(", method ")] = '1'; /* what an older version measured is measured anew */
    check(text, 0, 0, 0);
}

/* Two ways of which the second one is slow while the machine is cold. */
typedef struct {
    int64_t warm; /* when the machine is warm; 0 = no way has run */
    bool second_is_faster;
} slow_start;

/* Waits: the slower way for 20 us, the faster one for 4 us; while the machine is cold, the faster
 * one for 30 us. */
static void run_way(void *argument, bool second)
{
    slow_start *s = argument;
    const int64_t begun = plm_nanoseconds();
    s->warm = s->warm == 0 ? begun + 150000 : s->warm;
    const bool fast = second == s->second_is_faster;
    const int64_t time = !fast ? 20000 : begun < s->warm ? 30000 : 4000;
    while (plm_nanoseconds() - begun < time) {}
}

/* The vector units of a processor work slowly for some time, until they have power. A choice that
 * was made meanwhile was wrong in 8 of 12 runs. */
static void ways_are_compared_warm(void **state)
{
    (void)state;
    assert_true(plm_second_way_pays(run_way, &(slow_start){.second_is_faster = true}));
    assert_false(plm_second_way_pays(run_way, &(slow_start){.second_is_faster = false}));
}

/* An x of 8 second caches or more is packed whatever was measured for smaller ones; an x with few
 * vectors never is. */
static void large_inputs_are_packed(void **state)
{
    static const struct {
        size_t lines, width;
        const char *choice;
        bool packed;
    } cases[] = {
        {512, 4096, "packing=no", true},    {512, 4095, "packing=no", false},
        {512, 4095, "packing=yes", true},   {1024, 2048, "packing=no", true},
        {64, 1 << 20, "packing=no", false}, {64, 1 << 20, "packing=yes", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plm *w = open_tuned(cases[i].choice);
        bool packed = !cases[i].packed;
        w->second_cache = 512 * 4096 / 8;
        assert_int_equal(plm_packing_pays(w, w->kernel, cases[i].lines, cases[i].width, &packed),
                         PLM_OK);
        assert_int_equal(packed, cases[i].packed && w->kernel->packs_from > 0);
        plm_close(w);
    }
}

/* A matrix beyond the second cache is streamed if that was measured to pay, or is known to; what
 * is known is not measured again. A block has at least 48 vectors. */
static void large_matrices_are_streamed(void **state)
{
    enum { WIDTH = 64 };
    (void)state;
    for (int known = -1; known <= 1; known++) {
        size_t lines = 7;
        plm *w = open_tuned(NULL);
        const plm_kernels *kernel = plm_kernels_find("plain");
        w->tuning.streaming = known;
        w->second_cache = plm_panel_size(WIDTH, WIDTH) + 1;
        assert_int_equal(plm_streaming_pays(w, kernel, WIDTH, WIDTH, &lines), PLM_OK);
        assert_int_equal(lines, 0);
        assert_int_equal(w->tuning.streaming, known);
        w->second_cache--;
        assert_int_equal(plm_streaming_pays(w, kernel, WIDTH, WIDTH, &lines), PLM_OK);
        assert_true(known == 0 ? w->tuning.streaming != 0 : w->tuning.streaming == known);
        assert_int_equal(lines, w->tuning.streaming > 0 ? 48 : 0);
        plm_close(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_inputs_are_packed), cmocka_unit_test(text_is_taken),
        cmocka_unit_test(rubbish_is_refused),      cmocka_unit_test(text_goes_round),
        cmocka_unit_test(ways_are_compared_warm),  cmocka_unit_test(large_matrices_are_streamed),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
