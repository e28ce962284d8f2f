/* Writes predictions as CSV, JSON lines or npy. The functions of each format are a row of a table.
 * A format first writes a head and then each row of the data as soon as it is predicted, so
 * predictions of any number of rows need the memory of one batch. */
#include "evaluation/predictions.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "run/json_text.h"

enum {
    NPY_HEAD = 128
}; /* bytes of the head of an npy file (NumPy format 1.0): magic, version,
                          * length and padded header text */

/* Returns the class that y[columns] predicts: the index of the highest value; if several are equal,
 * the first. A binary output predicts class 1 from 0.5 on. */
static int class_of(const plm_prediction_columns *c, const double *y)
{
    int best = 0;
    if (c->meaning == PLM_MEANS_ONE_OF_TWO)
        return y[0] >= 0.5;
    for (int i = 1; i < c->columns; i++)
        if (y[i] > y[best])
            best = i;
    return best;
}

/* Returns -p log p, in nats: the share of one class in the entropy. It is 0 for p = 0. */
static double surprise(double p)
{
    return p > 0 ? -p * log(p) : 0;
}

/* Returns the entropy of a mean prediction y[columns], in nats. 0 = certain; log(number of classes)
 * = all classes are equally likely. */
static double entropy_of(const plm_prediction_columns *c, const double *y)
{
    double sum = 0;
    if (c->meaning == PLM_MEANS_ONE_OF_TWO)
        return surprise(y[0]) + surprise(1 - y[0]);
    for (int i = 0; i < c->columns; i++)
        sum += surprise(y[i]);
    return sum;
}

/* True if the first column of an output is the predicted class. */
static bool has_class(const plm_prediction_columns *c)
{
    return c->meaning != PLM_MEANS_OUTPUTS && c->meaning != PLM_MEANS_LABELS;
}

/* Adds the labels whose probability is at least one half, with the separator of the training data
 * between them. */
static void add_labels(plm_text *t, const plm_prediction_columns *c, const double *y)
{
    const char sign[2] = {c->separator, '\0'};
    for (int i = 0; i < c->columns; i++)
        if (y[i] >= 0.5) {
            plm_text_add(t, t->length > 0 ? sign : "");
            plm_text_add(t, c->label[i]);
        }
}

/* True if the entropy of an output is written: it has probabilities, and each row is predicted
 * several times. */
static bool has_entropy(const plm_prediction_columns *c)
{
    return c->spread && (c->meaning == PLM_MEANS_CLASSES || c->meaning == PLM_MEANS_ONE_OF_TWO);
}

/* True if an interval is written for each value of an output. Only plain numbers have intervals;
 * for classes, the entropy shows how certain the model is. */
static bool has_interval(const plm_prediction_columns *c)
{
    return c->spread && c->meaning == PLM_MEANS_OUTPUTS;
}

/* Adds the title of a column. With several outputs, the name of the output and '_' come first:
 * "aux_class". end: distinguishes the columns of one output, such as "_1". */
static void csv_title(plm_text *t, const plm_prediction_columns *c, const char *title,
                      const char *end)
{
    plm_text name = {.w = t->w};
    plm_text_format(&name, "%s%s%s%s", c->name ? c->name : "", c->name ? "_" : "", title, end);
    plm_text_add_cell(t, plm_text_get(&name), ",");
    plm_text_done(t, &name);
}

/* Adds the titles of all values of an output: title_0, title_1, ..., or title_NAME for classes with
 * names. The single value of a binary output has the title title_1, the probability of class 1. A
 * single plain number has no index. */
static void csv_titles(plm_text *t, const plm_prediction_columns *c, const char *title)
{
    for (int i = 0; i < c->columns; i++) {
        char end[128] = "";
        const int number = c->meaning == PLM_MEANS_ONE_OF_TWO ? 1 : i;
        if (c->label)
            snprintf(end, sizeof end, "_%.120s", c->label[number]);
        else if (c->meaning == PLM_MEANS_ONE_OF_TWO || c->columns > 1)
            snprintf(end, sizeof end, "_%d", number);
        plm_text_add(t, i ? "," : "");
        csv_title(t, c, title, end);
    }
}

/* Adds the titles of one output: class, entropy, values, standard deviations, as far as the output
 * has them. */
static void csv_head(plm_text *t, const plm_prediction_columns *c)
{
    static const char *const title[] = {"output", "probability", "logit", "probability",
                                        "probability"};
    if (c->meaning == PLM_MEANS_LABELS) {
        csv_title(t, c, "labels", "");
        plm_text_add(t, ",");
    }
    if (has_class(c)) {
        csv_title(t, c, "class", "");
        plm_text_add(t, ",");
    }
    if (has_entropy(c)) {
        csv_title(t, c, "entropy", "");
        plm_text_add(t, ",");
    }
    static const char *const further[] = {"deviation", "low", "high"};
    csv_titles(t, c, c->spread ? "mean" : c->title ? c->title : title[c->meaning]);
    for (int i = 0; c->spread && i < (has_interval(c) ? 3 : 1); i++) {
        plm_text_add(t, ",");
        csv_titles(t, c, further[i]);
    }
}

/* Adds a cell that is copied from the data; NULL = no cell is copied. */
static void csv_copied(plm_text *t, const char *cell)
{
    if (!cell)
        return;
    plm_text_add_cell(t, cell, ",");
    plm_text_add(t, ",");
}

/* The titles of all outputs, one after the other. */
static void csv_begin(plm_text *t, const plm_prediction_row *r, int64_t rows)
{
    (void)rows;
    csv_copied(t, r->id);
    csv_copied(t, r->also);
    for (int k = 0; k < r->outputs; k++) {
        plm_text_add(t, k ? "," : "");
        csv_head(t, &r->of[k]);
    }
    plm_text_add(t, "\n");
}

/* Adds numbers. Seven digits distinguish neighbouring float32 in nearly all cases. */
static void csv_numbers(plm_text *t, const plm_prediction_columns *c, const double *y)
{
    for (int i = 0; i < c->columns; i++)
        plm_text_format(t, "%s%.*g", i ? "," : "", c->digits, y[i]);
}

/* Adds one cell with the labels whose probability is at least one half. */
static void csv_labels(plm_text *t, const plm_prediction_columns *c, const double *y)
{
    plm_text cell = {.w = t->w};
    add_labels(&cell, c, y);
    plm_text_add_cell(t, plm_text_get(&cell), ",");
    plm_text_add(t, ",");
    plm_text_done(t, &cell);
}

/* Adds the cells of output k in a row. */
static void csv_cells(plm_text *t, const plm_prediction_columns *c, const plm_prediction_values *v,
                      int k)
{
    const double *y = v->y[k];
    if (c->meaning == PLM_MEANS_LABELS)
        csv_labels(t, c, y);
    if (has_class(c) && c->label) {
        plm_text_add_cell(t, c->label[class_of(c, y)], ",");
        plm_text_add(t, ",");
    } else if (has_class(c)) {
        plm_text_format(t, "%d,", class_of(c, y));
    }
    if (has_entropy(c))
        plm_text_format(t, "%.7g,", entropy_of(c, y));
    csv_numbers(t, c, y);
    const double *const further[] = {v->deviation[k], v->low[k], v->high[k]};
    for (int i = 0; c->spread && i < (has_interval(c) ? 3 : 1); i++) {
        plm_text_add(t, ",");
        csv_numbers(t, c, further[i]);
    }
}

/* Adds one row. y, deviation: values and standard deviations of each output. */
static void csv_row(plm_text *t, const plm_prediction_row *r, const plm_prediction_values *v)
{
    csv_copied(t, r->id ? v->id : NULL);
    csv_copied(t, r->also ? v->also : NULL);
    for (int k = 0; k < r->outputs; k++) {
        plm_text_add(t, k ? "," : "");
        csv_cells(t, &r->of[k], v, k);
    }
    plm_text_add(t, "\n");
}

/* Writes a JSON key into `room` and returns it. With several outputs, the key begins with the name
 * of the output: "aux_class". */
static const char *json_key(char room[256], const plm_prediction_columns *c, const char *key)
{
    snprintf(room, 256, "%.100s%s%s", c->name ? c->name : "", c->name ? "_" : "", key);
    return room;
}

/* Adds the values y[columns] of an output as a list. The single value of a binary output is not a
 * list, and its key names the class: "probability_1". */
static void json_numbers(plm_json_text *j, const plm_prediction_columns *c, const char *title,
                         const double *y)
{
    char key[256], named[128];
    snprintf(named, sizeof named, "%.20s_%.100s", title, c->label ? c->label[1] : "1");
    if (c->label && c->columns > 1)
        plm_json_text_named(j, json_key(key, c, title), c->columns, c->label, y);
    else if (c->title)
        plm_json_text_number(j, json_key(key, c, title), y[0]);
    else if (c->meaning == PLM_MEANS_ONE_OF_TWO)
        plm_json_text_number(j, json_key(key, c, named), y[0]);
    else
        plm_json_text_reals(j, json_key(key, c, title), c->columns, y);
}

/* Adds the labels whose probability is at least one half, written as in a table. */
static void json_labels(plm_json_text *j, const plm_prediction_columns *c, const double *y)
{
    char key[256];
    plm_text labels = {.w = j->t->w};
    add_labels(&labels, c, y);
    plm_json_text_member(j, json_key(key, c, "labels"), plm_text_get(&labels));
    plm_text_done(j->t, &labels);
}

/* Adds a member for a cell that is copied from the data; key: NULL = no cell is copied. */
static void json_copied(plm_json_text *j, const char *key, const char *cell)
{
    if (key)
        plm_json_text_member(j, key, cell);
}

/* Adds a row as one JSON object. Each key begins with the name of its output if there are several.
 */
static void json_row(plm_text *t, const plm_prediction_row *r, const plm_prediction_values *v)
{
    static const char *const title[] = {"outputs", "probabilities", "logits", "probability",
                                        "probabilities"};
    char key[256];
    plm_json_text j = plm_json_text_begin(t);
    json_copied(&j, r->id, v->id);
    json_copied(&j, r->also, v->also);
    for (int k = 0; k < r->outputs; k++) {
        const plm_prediction_columns *c = &r->of[k];
        if (c->meaning == PLM_MEANS_LABELS)
            json_labels(&j, c, v->y[k]);
        else if (has_class(c) && c->label)
            plm_json_text_member(&j, json_key(key, c, "class"), c->label[class_of(c, v->y[k])]);
        else if (has_class(c))
            plm_json_text_number(&j, json_key(key, c, "class"), class_of(c, v->y[k]));
        if (has_entropy(c))
            plm_json_text_number(&j, json_key(key, c, "entropy"), entropy_of(c, v->y[k]));
        j.digits = c->digits > 9 ? c->digits : 9;
        json_numbers(&j, c, c->spread ? "mean" : c->title ? c->title : title[c->meaning], v->y[k]);
        if (c->spread)
            json_numbers(&j, c, "deviation", v->deviation[k]);
        if (has_interval(c)) {
            json_numbers(&j, c, "low", v->low[k]);
            json_numbers(&j, c, "high", v->high[k]);
        }
    }
    plm_json_text_end(&j);
}

/* True if the values of the first output need float64: more digits than the 9 of a float32. */
static bool is_wide(const plm_prediction_row *r)
{
    return r->of[0].digits > 9;
}

/* Adds the head of an npy file of format 1.0. It always has NPY_HEAD bytes, so that a head with the
 * final number of rows can overwrite it. */
static void npy_begin(plm_text *t, const plm_prediction_row *r, int64_t rows)
{
    char text[NPY_HEAD + 1];
    int length = snprintf(text, sizeof text,
                          "{'descr': '<f%d', 'fortran_order': False, 'shape': (%lld, %d), }",
                          is_wide(r) ? 8 : 4, (long long)rows, r->of[0].columns);
    plm_text_append(t, "\x93NUMPY\x01\x00\x76\x00", 10); /* 0x76 = NPY_HEAD - 10 */
    plm_text_format(t, "%s%*s\n", text, NPY_HEAD - 10 - 1 - length, "");
}

/* Adds the values of the first output as float32 or float64, little-endian on every machine. */
static void npy_row(plm_text *t, const plm_prediction_row *r, const plm_prediction_values *v)
{
    for (int i = 0; i < r->of[0].columns; i++) {
        const double wide = v->y[0][i];
        const float narrow = (float)wide;
        uint64_t bits = 0;
        uint32_t less = 0;
        memcpy(&bits, &wide, sizeof bits);
        memcpy(&less, &narrow, sizeof less);
        bits = is_wide(r) ? bits : less;
        for (int k = 0; k < (is_wide(r) ? 8 : 4); k++)
            plm_text_append(t, (char[]){(char)(bits >> 8 * k & 0xff)}, 1);
    }
}

static const plm_prediction_format formats[] = {
    {"csv", csv_begin, csv_row, false, true, true, true},
    {"jsonl", NULL, json_row, false, true, true, true},
    {"npy", npy_begin, npy_row, true, false, false, false}};

enum { FORMATS = sizeof formats / sizeof *formats };

/* Returns the format with this name. If there is none, records E_SPEC at `where` and returns NULL.
 * */
static const plm_prediction_format *by_name(plm *w, const char *where, const char *name)
{
    const char *names[FORMATS];
    for (int i = 0; i < FORMATS; i++) {
        names[i] = formats[i].name;
        if (!strcmp(names[i], name))
            return &formats[i];
    }
    const char *near = plm_name_nearest(name, names, FORMATS);
    char hint[64] = "known: csv, jsonl, npy";
    if (near)
        snprintf(hint, sizeof hint, "did you mean %s?", near);
    plm_ignore(plm_fail(w, PLM_E_SPEC, where, hint, "unknown format '%s'", name));
    return NULL;
}

/* True if a file name's ending, in upper or lower case, is the name of a format. */
static bool is_ending(const char *ending, const char *name)
{
    while (*name && (*ending == *name || *ending == *name - 'a' + 'A')) {
        ending++;
        name++;
    }
    return !*ending && !*name;
}

/* Returns the format that the ending of a file name stands for, in upper or lower case. A file
 * without an ending, such as /dev/null, gets CSV. For an unknown ending, records E_SPEC and returns
 * NULL. */
static const plm_prediction_format *by_ending(plm *w, const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    if (!dot || !dot[1])
        return &formats[0];
    for (int i = 0; i < FORMATS; i++)
        if (is_ending(dot + 1, formats[i].name))
            return &formats[i];
    plm_ignore(plm_fail(w, PLM_E_SPEC, path,
                        "end the name in .csv, .jsonl or .npy, or give the format: --format csv",
                        "no format has the ending %s", dot));
    return NULL;
}

/* Finds the format, and checks before any row is predicted that it can hold the predictions. */
const plm_prediction_format *plm_prediction_format_find(plm *w, const char *where, const char *name,
                                                        const char *path, bool spread)
{
    const plm_prediction_format *f = name   ? by_name(w, where, name)
                                     : path ? by_ending(w, path)
                                            : &formats[0];
    if (!f)
        return NULL;
    plm_status status = PLM_OK;
    if (spread && !f->spread)
        status = plm_fail(w, PLM_E_SPEC, where, "use --format csv or --format jsonl",
                          "%s cannot hold standard deviations", f->name);
    else if (!path && f->counts)
        status = plm_fail(w, PLM_E_SPEC, where, "name a file: -o FILE",
                          "%s cannot be written to a stream", f->name);
    return status < 0 ? NULL : f;
}
