/* Heat maps of readings, cell by cell: from a file by hand, and from a diagnosis in memory. */
#include "data_support.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "plot/plot.h"
#include "plummet_doctor.h"

static const char head[] = "step,epoch,loss,layer,units,finite,mean,variance,largest,zero,low,"
                           "high,dead,rms_dz,norm_w,norm_g,norm_u\n";

/* Three steps of three layers. The first has no weights and no gradient: a rescaling. The name of
 * the second has a comma and a quote; its numbers are not finite at the last step. */
static const char rows[] = "1,1,2.5,scale,4,1,0.5,1,2,0,0,0,,,,,\n"
                           "1,1,2.5,\"a, \"\"b\"\"\",4,1,0,1,3,0.5,0,0,0.25,0.001,2,1,0.02\n"
                           "1,1,2.5,out,2,1,0,1,3,0,0,0,,1e-05,4,1,0.004\n"
                           "5,1,2.5,scale,4,1,0.5,1,2,0,0,0,,,,,\n"
                           "5,1,2.5,\"a, \"\"b\"\"\",4,1,0,1,3,0.5,0,0,0.5,0.01,2,1,0.2\n"
                           "5,1,2.5,out,2,1,0,1,3,0,0,0,,0,4,1,0\n"
                           "9,2,nan,scale,4,1,0.5,1,2,0,0,0,,,,,\n"
                           "9,2,nan,\"a, \"\"b\"\"\",4,0,0,1,3,0.5,0,0,1,0.01,2,1,inf\n"
                           "9,2,nan,out,2,1,0,1,3,0,0,0,,inf,4,1,0.04\n";
static const char bad[] = "9,2,nan,out,,0,,,,,,,,,,,\n";

/* Writes the file of a run. Returns its folder. */
static const char *run_with(const char *text, const char *more)
{
    static char path[512];
    (void)mkdir(test_path("read"), 0700);
    FILE *f = fopen(test_path("read/readings.csv"), "w");
    assert_non_null(f);
    fprintf(f, "%s%s%s", head, text, more);
    assert_int_equal(fclose(f), 0);
    snprintf(path, sizeof path, "%s", test_path("read"));
    return path;
}

static void check_cell(const plm_heat *h, int row, int column, double value, const char *text,
                       bool marked)
{
    const plm_heat_cell *cell = &h->cell[row * h->columns + column];
    if (isnan(value) ? !isnan(cell->value)
                     : !(cell->value == value || fabs(cell->value - value) < 1e-12))
        fail_msg("row %d, column %d: %g, not %g", row, column, cell->value, value);
    if (text == NULL)
        assert_null(cell->text[0]);
    else
        assert_string_equal(cell->text[0], text);
    assert_int_equal(cell->marked, marked);
}

/* Gradients and steps in decades from their neutral value, dead units as they are; the output is
 * the upper row. */
static void one_map(void **state)
{
    (void)state;
    test_memory memory = {0};
    plm *w = test_open(&memory, NULL);
    plm_plot p = {0};
    assert_int_equal(plm_plot_doctor(w, run_with(rows, bad), "gradient", 9, &p), PLM_OK);
    assert_int_equal(p.heats, 1);
    const plm_heat *h = p.heat;
    assert_string_equal(h->title,
                        "gradient of each layer (rms of the loss gradient by its pre-activations)");
    /* the layer that has nothing to measure is left out */
    assert_true(h->rows == 2 && h->columns == 3 && !h->small && h->marks == NULL);
    assert_string_equal(h->corner, "step");
    assert_true(h->limit == 5 && h->low == -5);
    assert_string_equal(h->row[0], "out");
    assert_string_equal(h->column[0], "1");
    assert_string_equal(h->column[1], "5");
    assert_string_equal(h->column[2], "9");
    check_cell(h, 0, 0, -1, "1e-05", false);
    check_cell(h, 0, 1, -INFINITY, "0e+00", false);
    check_cell(h, 0, 2, NAN, NULL, true);
    check_cell(h, 1, 0, 1, "1e-03", false);
    check_cell(h, 1, 1, 2, "1e-02", false);
    check_cell(h, 1, 2, NAN, NULL, true);
    plm_plot_free(&p);
    test_close(w, &memory);
}

/* Fewer columns than steps: the first and the last step are among them. */
static void few_columns(void **state)
{
    (void)state;
    test_memory memory = {0};
    plm *w = test_open(&memory, NULL);
    plm_plot p = {0};
    assert_int_equal(plm_plot_doctor(w, run_with(rows, ""), "update", 2, &p), PLM_OK);
    const plm_heat *h = p.heat;
    assert_true(h->columns == 2 && h->limit == 4 && h->low == -4);
    assert_string_equal(h->column[1], "9");
    check_cell(h, 1, 0, 1, "1e-02", false);
    check_cell(h, 1, 1, NAN, NULL, true);
    check_cell(h, 0, 0, 0, "1e-03", false);
    check_cell(h, 0, 1, 1, "1e-02", false);
    plm_plot_free(&p);
    p = (plm_plot){0};
    assert_int_equal(plm_plot_doctor(w, run_with(rows, ""), "dead", 1, &p), PLM_OK);
    h = p.heat;
    assert_true(h->columns == 1 && h->limit == 1 && h->low == 0);
    assert_string_equal(h->column[0], "1");
    check_cell(h, 1, 0, 0.25, "0.25", false);
    check_cell(h, 0, 0, NAN, NULL, false);
    plm_plot_free(&p);
    test_close(w, &memory);
}

/* Side by side: layers of which nothing is known are left out, and the table has the values. */
static void all_maps(void **state)
{
    (void)state;
    test_memory memory = {0};
    plm *w = test_open(&memory, NULL);
    plm_plot p = {0};
    plm_text csv = {.w = w};
    assert_int_equal(plm_plot_folder_readings(w, run_with(rows, ""), 9, &p), PLM_OK);
    assert_int_equal(p.heats, 3);
    for (int i = 0; i < 3; i++)
        assert_true(p.heat[i].rows == 2 && p.heat[i].columns == 3 && p.heat[i].small &&
                    p.heat[i].marks != NULL);
    assert_string_equal(p.heat[0].title, "gradient");
    assert_string_equal(p.heat[0].scale,
                        "gradient of each layer (rms of the loss gradient by its pre-activations)");
    assert_string_equal(p.heat[0].end[0], "1e-9");
    assert_string_equal(p.heat[1].end[0], "1e-7");
    assert_string_equal(p.heat[2].end[1], "1");
    check_cell(&p.heat[0], 1, 0, 1, NULL, false);
    plm_plot_readings_csv(&p, &csv);
    assert_string_equal(plm_text_get(&csv), "step,layer,gradient,update,dead\n"
                                            "1,\"a, \"\"b\"\"\",0.001,0.01,0.25\n"
                                            "1,out,1e-05,0.001,\n"
                                            "5,\"a, \"\"b\"\"\",0.01,0.1,0.5\n"
                                            "5,out,0,0,\n"
                                            "9,\"a, \"\"b\"\"\",,,1\n"
                                            "9,out,,0.01,\n");
    plm_text_free(&csv);
    plm_plot_free(&p);
    test_close(w, &memory);
}

/* Fails with these words; nothing is left. */
static void refuses(const char *folder, const char *what, plm_status status, const char *words,
                    const char *hint)
{
    test_memory memory = {0};
    plm *w = test_open(&memory, NULL);
    plm_plot p = {0};
    assert_int_equal(plm_plot_doctor(w, folder, what, 9, &p), status);
    assert_non_null(strstr(plm_last_error(w)->what, words));
    assert_non_null(strstr(plm_last_error(w)->hint, hint));
    plm_plot_free(&p);
    test_close(w, &memory);
}

static void what_cannot_be_drawn(void **state)
{
    (void)state;
    refuses(run_with(rows, ""), "weight", PLM_E_SPEC, "there is no heat map 'weight'", "or dead");
    refuses(run_with("", ""), "dead", PLM_E_DATA, "the run has no readings of the doctor",
            "doctor=true");
    refuses(run_with("", bad), "dead", PLM_E_DATA, "the run has no readings of the doctor",
            "doctor=true");
    refuses("nowhere/at/all", "dead", PLM_E_IO, "there is no such folder", "the folder of a run");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_map), cmocka_unit_test(few_columns),
                                       cmocka_unit_test(all_maps),
                                       cmocka_unit_test(what_cannot_be_drawn)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
