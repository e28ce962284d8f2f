/* readings.csv: what was written is read again, number by number, and a file that another net has
 * written, or that is damaged, is refused with the number of the line. */
#include "helper.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "doctor/diagnosis.h"
#include "plummet_doctor.h"

#define HEADER                                                                                     \
    "step,epoch,loss,layer,units,finite,mean,variance,largest,zero,low,high,dead,rms_dz,norm_w,"   \
    "norm_g,norm_u\n"
#define FIRST "1,1,0.5,first,3,1,0.25,2,3,0.5,,,0,1e-05,2,0.125,0.0078125\n"
#define LAST "1,1,0.5,last,2,0,-0.25,4,1e+30,0,0.75,0.25,,1,3,4,5\n"
#define FIRST_2 "2,1,0.25,first,3,1,0,1,1,0,,,0,0,1,1,1\n"
#define LAST_2 "2,1,0.25,last,2,1,0,1,1,0,0,0,,0,1,1,1\n"

/* A net of two layers and its diagnosis, to read into. */
typedef struct {
    plm *w;
    plm_model *m;
    plm_data *d;
    plm_diagnosis *g;
} net;

static net open_net(void)
{
    net n = {.w = plm_open(PLM_OPTIONS(.threads = 1))};
    n.m = plm_model_new(n.w);
    plm_add(n.m, "input(64) | dense(3, activation=relu, name=first)");
    plm_add(n.m, "dense(10, activation=softmax, name=last)");
    assert_int_equal(plm_compile(n.m, "sgd(0.1)", "sparse_categorical_crossentropy", NULL), PLM_OK);
    n.d = plm_data_open(n.w, "digits | take(20) | batch(10)");
    assert_non_null(n.d);
    n.g = plm_doctor(n.m, n.d, PLM_DOCTOR(.epochs = 3));
    assert_non_null(n.g);
    return n;
}

static void close_net(net *n)
{
    plm_diagnosis_free(n->g);
    plm_data_free(n->d);
    plm_model_free(n->m);
    plm_close(n->w);
}

/* Reads a text, and writes it into the same memory again. */
static plm_status read_and_write(const char *text, plm_text *out)
{
    net n = open_net();
    const plm_status status = plm_diagnosis_read_readings(n.g, text, "readings.csv");
    *out = (plm_text){0};
    plm_diagnosis_take_samples(n.g);
    if (status >= 0)
        plm_diagnosis_add_readings(n.g, out);
    else
        assert_error(n.w, PLM_E_FORMAT, "does not belong to the readings of this net", "remove it");
    plm_text_add(out, status < 0 ? plm_last_error(n.w)->what : "");
    close_net(&n);
    return status;
}

/* Files that are read: the text that is written after that, NULL = the same. */
static void test_read(void **state)
{
    static const char *const files[][2] = {
        {HEADER, NULL},
        {HEADER FIRST LAST, NULL},
        {HEADER FIRST LAST FIRST_2 LAST_2, NULL},
        /* a file of an older version counts steps from 0 */
        {HEADER "0,1,0.5,first,3,1,0,1,1,0,,,0,0,1,1,1\n0,1,0.5,last,2,1,0,1,1,0,0,0,,0,1,1,1\n"
                "1,1,0.25,first,3,1,0,1,1,0,,,0,0,1,1,1\n1,1,0.25,last,2,1,0,1,1,0,0,0,,0,1,1,1\n",
         HEADER "1,1,0.5,first,3,1,0,1,1,0,,,0,0,1,1,1\n1,1,0.5,last,2,1,0,1,1,0,0,0,,0,1,1,1\n"
                "2,1,0.25,first,3,1,0,1,1,0,,,0,0,1,1,1\n2,1,0.25,last,2,1,0,1,1,0,0,0,,0,1,1,1\n"},
        /* the last row of a run that became infinite: in the first layer, the last, in none */
        {HEADER FIRST LAST "2,1,nan,first,,0,,,,,,,,,,,\n", NULL},
        {HEADER FIRST LAST "2,1,nan,last,,0,,,,,,,,,,,\n", NULL},
        {HEADER FIRST LAST "2,1,nan,,,0,,,,,,,,,,,\n", NULL},
        {HEADER FIRST LAST "2,1,nan,other,,0,,,,,,,,,,,\n",
         HEADER FIRST LAST "2,1,nan,,,0,,,,,,,,,,,\n"},
        {HEADER FIRST LAST "3,1,nan,last,,0,,,,,,,,,,,", /* without its line end */
         HEADER FIRST LAST "3,1,nan,last,,0,,,,,,,,,,,\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        plm_text text;
        const char *wanted = files[i][1] != NULL ? files[i][1] : files[i][0];
        assert_int_equal(read_and_write(files[i][0], &text), PLM_OK);
        assert_string_equal(plm_text_get(&text), wanted);
        plm_text_free(&text);
    }
}

/* Files that are refused, and the line that is at fault. */
static const struct {
    const char *text;
    int line;
} refused[] = {
    {"", 1},
    {"step,epoch\n" FIRST LAST, 1},
    {HEADER FIRST, 2},      /* a layer is missing */
    {HEADER LAST FIRST, 2}, /* in another order */
    {HEADER FIRST LAST FIRST_2, 4},
    {HEADER FIRST FIRST, 3},
    {HEADER FIRST LAST FIRST LAST, 4},                      /* a step comes twice */
    {HEADER FIRST_2 LAST_2 FIRST LAST, 4},                  /* steps go back */
    {HEADER FIRST LAST_2, 3},                               /* a step of two */
    {HEADER FIRST "2,1,nan,last,,0,,,,,,,,,,,\n", 3},       /* within a step */
    {HEADER "x,1,0.5,first,3,1,0,1,1,0,,,0,0,1,1,1\n", 2},  /* no number */
    {HEADER "-1,1,0.5,first,3,1,0,1,1,0,,,0,0,1,1,1\n", 2}, /* before the first step */
    {HEADER "1e15,1,0.5,first,3,1,0,1,1,0,,,0,0,1,1,1\n", 2},
    {HEADER ",1,0.5,first,3,1,0,1,1,0,,,0,0,1,1,1\n", 2},
    {HEADER "1,0,0.5,first,3,1,0,1,1,0,,,0,0,1,1,1\n", 2}, /* epochs begin with 1 */
    {HEADER "1,1e15,0.5,first,3,1,0,1,1,0,,,0,0,1,1,1\n", 2},
    {HEADER "1,1,y,first,3,1,0,1,1,0,,,0,0,1,1,1\n", 2},    /* the loss */
    {HEADER "1,1,0.5,other,3,1,0,1,1,0,,,0,0,1,1,1\n", 2},  /* the layer */
    {HEADER "1,1,0.5,first,-1,1,0,1,1,0,,,0,0,1,1,1\n", 2}, /* the units */
    {HEADER "1,1,0.5,first,1e15,1,0,1,1,0,,,0,0,1,1,1\n", 2},
    {HEADER "1,1,0.5,first,3,1,0,1,1,0,,,0,0,1,1\n", 2},     /* a number is missing */
    {HEADER "1,1,0.5,first,3,1,0,1,1,0,,,0,0,1,1,1,1\n", 2}, /* one too many */
    {HEADER "1,1,0.5,first,3,1,0,1,1,0,,,0,0,1,1,1x\n", 2},
    {HEADER "1,1,0.5,first,3,1,0,1,1,0,,,0,0,1,1,1", 2}, /* cut off */
};

/* Each is refused, with its line. */
static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        plm_text text;
        char wanted[80];
        snprintf(wanted, sizeof wanted, "line %d does not belong to the readings of this net",
                 refused[i].line);
        assert_int_equal(read_and_write(refused[i].text, &text), PLM_E_FORMAT);
        assert_string_equal(plm_text_get(&text), wanted);
        plm_text_free(&text);
    }
}

/* The members of the readings, and where they end. */
static void test_members(void **state)
{
    (void)state;
    net n = open_net();
    plm_reading r;
    assert_int_equal(plm_diagnosis_readings(n.g, 0, NULL), 2); /* of the probe pass */
    assert_int_equal(plm_diagnosis_read_readings(n.g, HEADER FIRST LAST, "r.csv"), PLM_OK);
    plm_diagnosis_take_samples(n.g);
    assert_int_equal(plm_diagnosis_readings(n.g, 1, &r), 2);
    assert_string_equal(r.layer, "last");
    assert_true(r.step == 1 && r.units == 2 && !r.finite);
    assert_true(fabs(r.mean + 0.25) < 1e-12 && fabs(r.variance - 4) < 1e-12);
    assert_true(fabs(r.largest / 1e30 - 1) < 1e-12 && fabs(r.low - 0.75) < 1e-12);
    assert_true(fabs(r.high - 0.25) < 1e-12 && isnan(r.dead) && fabs(r.rms_dz - 1) < 1e-12);
    assert_true(fabs(r.norm_w - 3) < 1e-12 && fabs(r.norm_g - 4) < 1e-12);
    assert_true(fabs(r.norm_u - 5) < 1e-12 && fabs(r.zero) < 1e-12);
    r.units = 77;
    assert_int_equal(plm_diagnosis_readings(n.g, 2, &r), 2); /* behind the last one */
    assert_int_equal(plm_diagnosis_readings(n.g, -1, &r), 2);
    assert_int_equal(r.units, 77);
    close_net(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_members)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
