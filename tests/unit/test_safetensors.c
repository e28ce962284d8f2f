/* Model files: what is written is read back bit for bit; every rule of the format, broken in turn, is told with path,
 * tensor and reason; no byte that is cut off or changed can do more than fail the load. */
#include "data_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/format.h"
#include "model/model.h"

extern const plm_format_kind plm_format_safetensors;

/* What makes a file a model: one input of two numbers, no parameters. */
#define WORDS(layers)                                                                             \
    "\"__metadata__\":{\"format\":\"plummet\",\"plummet.format_version\":\"1\",\"plummet.layers\":\"" layers "\"}"
#define INPUT "{\\\"name\\\":\\\"x\\\",\\\"spec\\\":\\\"input(2)\\\",\\\"inputs\\\":[]}"
#define DENSE "{\\\"name\\\":\\\"d\\\",\\\"spec\\\":\\\"dense(3)\\\",\\\"inputs\\\":[\\\"x\\\"]}"
#define META WORDS("[" INPUT "]")

/* ---- files by hand ---- */

/* N, header, `bytes` bytes of data 0, 1, 2, ...; returns the path. */
static const char *make_file(const char *header, size_t length, size_t bytes)
{
    unsigned char *file = calloc(1, 8 + length + bytes + 1);
    for (int i = 0; i < 8; i++)
        file[i] = (unsigned char)((uint64_t)length >> (8 * i));
    memcpy(file + 8, header, length);
    for (size_t i = 0; i < bytes; i++)
        file[8 + length + i] = (unsigned char)i;
    const char *path = test_write("made.safetensors", file, 8 + length + bytes);
    free(file);
    return path;
}

static void refused(plm *w, plm_status status, const char *part, const char *header, size_t bytes)
{
    const char *path = make_file(header, strlen(header), bytes);
    assert_null(plm_model_load(w, path, NULL));
    test_error(w, status, part);
    test_error(w, status, path);
}

static const struct {
    const char *reason, *header;
    size_t bytes;
} faults[] = {
    {"data_offsets wants two", "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4},
    {"data_offsets wants two", "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4},
    {"'a' ends before it begins", "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4},
    {"'a' has 8 bytes where", "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8},
    {"'a' has 4 bytes where", "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,4]}}", 4},
    {"'a' ends 4 bytes past", "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4},
    {"1 bytes at the end", "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 9},
    {"4 bytes at the end", "{" META "}", 4},
    {"'a' leaves a hole", "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8},
    {"'b' leaves a hole", "{\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]},"
                          "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 3},
    {"'b' overlaps", "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
                     "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}", 3},
    {"'b' overlaps", "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
                     "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2},
    {"'a' is there twice", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                           "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2},
    {"'a' is there twice", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                           "\"\\u0061\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2},
    {"unknown type 'F33'", "{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4},
    {"unknown type ''", "{\"a\":{\"dtype\":\"\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4},
    {"expected a string", "{\"a\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,4]}}", 4},
    {"expected a whole number", "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4},
    {"expected a whole number", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}", 4},
    {"expected a list", "{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}", 4},
    {"no memory could hold", "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", 0},
    {"no memory could hold", "{\"a\":{\"dtype\":\"F64\",\"shape\":[4611686018427387904],\"data_offsets\":[0,0]}}", 0},
    {"past the end", "{\"a\":{\"dtype\":\"U8\",\"shape\":[9223372036854775807],\"data_offsets\":[0,9223372036854775807]}}", 0},
    {"number is too large", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,18446744073709551616]}}", 0},
    {"lacks dtype", "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4},
    {"lacks dtype", "{\"a\":{}}", 0},
    {"unknown key 'colour'", "{\"a\":{\"dtype\":\"U8\",\"colour\":1,\"shape\":[1],\"data_offsets\":[0,1]}}", 1},
    {"key 'dtype' twice", "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1},
    {"expected an object", "{\"a\":[]}", 0},
    {"not UTF-8", "{\"\xff\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1},
    {"__metadata__ 'k' is not text", "{\"__metadata__\":{\"k\":1}}", 0},
    {"__metadata__ 'k' is not text", "{\"__metadata__\":{\"k\":null}}", 0},
    {"__metadata__ 'k' is not text", "{\"__metadata__\":{\"k\":\"\xc0\x80\"}}", 0},
    {"'k' twice", "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0},
    {"given twice", "{\"__metadata__\":{},\"__metadata__\":{}}", 0},
    {"expected an object", "{\"__metadata__\":\"x\"}", 0},
    {"expected the end", "{} {}", 0},
    {"expected a string", "{,}", 0},
    {"expected ',' or '}'", "{" META, 0},
    {"begins with '{'", " {}", 0},
    {"begins with '{'", "[]", 0},
    {"no word on the net", "{}", 0},
    {"no word on the net", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4},
    {"no word on the net", "{\"__metadata__\":{\"format\":\"pt\"}}", 0},
    /* the words of the model */
    {"plummet.layers, byte 0", "{" WORDS("") "}", 0},
    {"plummet.layers, byte 1", "{" WORDS("[") "}", 0},
    {"expected the end", "{" WORDS("[] x") "}", 0},
    {"no layers", "{" WORDS("[]") "}", 0},
    {"lacks name", "{" WORDS("[{}]") "}", 0},
    {"unknown or doubled", "{" WORDS("[{\\\"name\\\":\\\"a\\\",\\\"name\\\":\\\"a\\\"}]") "}", 0},
    {"unknown or doubled", "{" WORDS("[{\\\"colour\\\":\\\"a\\\"}]") "}", 0},
    {"no layer 'y'", "{" WORDS("[{\\\"name\\\":\\\"d\\\",\\\"spec\\\":\\\"dense(3)\\\",\\\"inputs\\\":[\\\"y\\\"]}]") "}", 0},
    {"no layer 'd'", "{" WORDS("[" INPUT ",{\\\"name\\\":\\\"d\\\",\\\"spec\\\":\\\"dense(3)\\\",\\\"inputs\\\":[\\\"d\\\"]}]") "}", 0},
    {"'7' is no layer", "{" WORDS("[{\\\"name\\\":\\\"d\\\",\\\"spec\\\":\\\"7\\\",\\\"inputs\\\":[]}]") "}", 0},
    {"'d/kernel' is missing", "{" WORDS("[" INPUT "," DENSE "]") "}", 0},
    {"'a' belongs to no layer", "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4},
    {"[2] where the net wants [3]", "{" WORDS("[" INPUT "," DENSE "]")
     ",\"d/kernel\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}"
     ",\"d/bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[24,32]}}", 32},
    {"[3, 2] where the net wants [2, 3]", "{" WORDS("[" INPUT "," DENSE "]")
     ",\"d/kernel\":{\"dtype\":\"F32\",\"shape\":[3,2],\"data_offsets\":[0,24]}"
     ",\"d/bias\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[24,36]}}", 36},
};

static void every_broken_rule_is_told(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        refused(w, PLM_E_FORMAT, faults[i].reason, faults[i].header, faults[i].bytes);
    refused(w, PLM_E_UNSUPPORTED, "F8_E4M3", "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1);
    refused(w, PLM_E_UNSUPPORTED, "more than 8 axes",
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,1]}}", 1);
    refused(w, PLM_E_UNSUPPORTED, "version 2",
            "{\"__metadata__\":{\"plummet.format_version\":\"2\",\"plummet.layers\":\"[]\"}}", 0);
    refused(w, PLM_E_SPEC, "dense", "{" WORDS("[" INPUT ",{\\\"name\\\":\\\"d\\\",\\\"spec\\\":\\\"dense(0)\\\","
                                              "\\\"inputs\\\":[\\\"x\\\"]}]") "}", 0);
    refused(w, PLM_E_SPEC, "taken", "{" WORDS("[" INPUT "," INPUT "]") "}", 0);
    test_close(w, &memory);
}

/* N itself: too large, past the end, without a header. */
static void lengths_of_headers(void **state)
{
    static const struct {
        unsigned char bytes[16];
        size_t length;
        const char *reason;
    } heads[] = {
        {{0}, 0, "ends after 0 bytes"},
        {{2, 0, 0}, 3, "ends after 3 bytes"},
        {{2, 0, 0, 0, 0, 0, 0, 0}, 8, "the file has 8"},
        {{2, 0, 0, 0, 0, 0, 0, 0, '{'}, 9, "the file has 9"},
        {{0, 0, 0, 0, 0, 0, 0, 0}, 8, "begins with '{'"},
        {{0, 0xe1, 0xf5, 5, 0, 0, 0, 0, '{', '}'}, 10, "a header of 100000000 bytes is told, the file has 10"},
        {{1, 0xe1, 0xf5, 5, 0, 0, 0, 0, '{', '}'}, 10, "at most 100000000"},
        {{255, 255, 255, 255, 255, 255, 255, 255, '{', '}'}, 10, "at most 100000000"},
        {{2, 0, 0, 0, 0, 0, 0, 128, '{', '}'}, 10, "at most 100000000"},
    };
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        const size_t before = memory.most;
        assert_null(plm_model_load(w, test_write("head.safetensors", heads[i].bytes, heads[i].length), NULL));
        test_error(w, PLM_E_FORMAT, heads[i].reason);
        assert_true(memory.most <= before + 200000); /* what a file says takes no memory before it is checked */
    }
    test_close(w, &memory);
}

/* ---- what is allowed ---- */

static plm_status read_document(plm *w, const char *path, plm_document *d)
{
    plm_reader *in = NULL;
    *d = (plm_document){.arena = {.w = w}};
    PLM_TRY(plm_reader_open(w, path, &in));
    const plm_status status = plm_format_safetensors.read(w, in, d);
    plm_reader_close(in);
    return status;
}

static void every_type_is_read(void **state)
{
    static const char header[] =
        "{" META ",\"f64\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
        "\"u64\":{\"dtype\":\"U64\",\"shape\":[],\"data_offsets\":[8,16]},"
        "\"i64\":{\"dtype\":\"I64\",\"shape\":[1,1],\"data_offsets\":[16,24]},"
        "\"f32\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[24,28]},"
        "\"none\":{\"dtype\":\"F32\",\"shape\":[3,0],\"data_offsets\":[28,28]},"
        "\"u32\":{\"dtype\":\"U32\",\"shape\":[1],\"data_offsets\":[28,32]},"
        "\"i16\":{\"dtype\":\"I16\",\"shape\":[1],\"data_offsets\":[32,34]},"
        "\"bf16\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[34,36]},"
        "\"i8\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[36,38]},"
        "\"bool\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[38,39]},"
        "\"u8\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[39,40]}}    ";
    test_memory memory;
    plm_document d;
    plm *w = test_open(&memory, NULL);
    (void)state;
    assert_int_equal(read_document(w, make_file(header, sizeof header - 1, 40), &d), PLM_OK);
    assert_int_equal(d.tensors, 11);
    const struct {
        const char *name;
        plm_dtype dtype;
        int rank;
        double value;
    } expected[] = {{"f64", PLM_F64, 1, 0}, {"u64", PLM_F32, 0, (double)(float)0x0f0e0d0c0b0a0908u},
                    {"i64", PLM_I64, 2, 0}, {"f32", PLM_F32, 1, 0}, {"none", PLM_F32, 2, 0},
                    {"u32", PLM_F32, 1, (double)(float)0x1f1e1d1cu}, {"i16", PLM_F32, 1, 0x2120}, {"bf16", PLM_BF16, 1, 0},
                    {"i8", PLM_F32, 1, 0x24}, {"bool", PLM_BOOL8, 1, 0}, {"u8", PLM_U8, 1, 0}};
    for (size_t i = 0; i < d.tensors; i++) {
        assert_string_equal(d.tensor[i].name, expected[i].name);
        assert_int_equal(d.tensor[i].dtype, expected[i].dtype);
        assert_int_equal(d.tensor[i].rank, expected[i].rank);
        if (expected[i].dtype == PLM_F32 && expected[i].value > 0)
            assert_float_equal(*(const float *)d.tensor[i].data, expected[i].value, 0);
    }
    const int64_t whole = 0x1716151413121110;
    assert_memory_equal(d.tensor[2].data, &whole, 8);
    assert_int_equal(*(const unsigned char *)d.tensor[10].data, 39);
    assert_int_equal(d.tensor[4].bytes, 0);
    plm_document_free(&d);
    test_close(w, &memory);
}

/* Weights of any type become numbers of the net; NaN and infinity are kept. */
static void weights_of_other_types(void **state)
{
    static const char header[] = "{" WORDS("[" INPUT "," DENSE "]")
        ",\"d/bias\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[6,12]}"
        ",\"d/kernel\":{\"dtype\":\"I8\",\"shape\":[2,3],\"data_offsets\":[0,6]}}";
    static const unsigned char data[] = {1, 2, 3, 0xff, 0x80, 0x7f, 0x00, 0x3c, 0x00, 0x7e, 0x00, 0xfc};
    const float kernel[] = {1, 2, 3, -1, -128, 127};
    unsigned char file[1024] = {0};
    float read[6];
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    const size_t length = sizeof header - 1;
    (void)state;
    file[0] = (unsigned char)length;
    file[1] = (unsigned char)(length >> 8);
    memcpy(file + 8, header, length);
    memcpy(file + 8 + length, data, sizeof data);
    plm_model *m = plm_model_load(w, test_write("types.st", file, 8 + length + sizeof data), NULL);
    assert_non_null(m);
    assert_int_equal(plm_parameters(m, -1, NULL), 2);
    assert_int_equal(plm_parameter_read(m, 0, read), PLM_OK);
    assert_memory_equal(read, kernel, sizeof kernel);
    assert_int_equal(plm_parameter_read(m, 1, read), PLM_OK);
    assert_float_equal(read[0], 1, 0);
    assert_true(isnan(read[1]));
    assert_true(isinf(read[2]) && read[2] < 0);
    plm_model_free(m);
    /* the same, packed by gzip */
    m = plm_model_load(w, test_write_packed("types.st.gz", file, 8 + length + sizeof data), NULL);
    assert_non_null(m);
    plm_model_free(m);
    assert_null(plm_model_load(w, test_write_packed("long.st.gz", file, 8 + length + sizeof data + 1), NULL));
    test_error(w, PLM_E_FORMAT, "belong to no tensor");
    test_close(w, &memory);
}

/* ---- round trip ---- */

static plm_model *small_model(plm *w)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(4, name='gr\xc3\xb6\xc3\x9f" "e \"x\" \\\\')");
    plm_add(m, "normalization");
    plm_add(m, "dense(5, activation=elu(alpha=0.5), kernel_initializer=he_normal, name=first)");
    plm_add(m, "prelu(alpha_initializer=constant(0.25))");
    plm_add(m, "dense(17, trainable=false, use_bias=false)");
    plm_add(m, "dense(3, activation=softmax)");
    assert_int_equal(plm_compile(m, "adam(0.01)", "sparse_categorical_crossentropy", "accuracy"), PLM_OK);
    return m;
}

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

static unsigned char *read_all(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    unsigned char *bytes = malloc(1 << 20);
    *length = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return bytes;
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
        fail_msg("%s: %s (%s)", plm_last_error(w)->where, plm_last_error(w)->what, plm_last_error(w)->mend);
    assert_int_equal(plm_parameters(back, -1, NULL), plm_parameters(m, -1, NULL));
    for (int64_t i = 0; i < plm_parameters(m, -1, NULL); i++) {
        plm_parameter a, b;
        plm_parameters(m, i, &a);
        plm_parameters(back, i, &b);
        assert_string_equal(a.name, b.name);
        assert_int_equal(a.trainable, b.trainable);
        assert_int_equal(plm_parameter_read(m, i, values[0]), PLM_OK);
        assert_int_equal(plm_parameter_read(back, i, values[1]), PLM_OK);
        assert_memory_equal(values[0], values[1], (size_t)(a.dims[0] * (a.rank > 1 ? a.dims[1] : 1)) * sizeof(float));
    }
    predict_rows(m, before);
    predict_rows(back, after);
    assert_memory_equal(before, after, sizeof before);
    assert_string_equal(plm_model_said(back, "optimizer"), "adam(0.01)");
    assert_string_equal(plm_model_said(back, "loss"), "sparse_categorical_crossentropy");
    assert_string_equal(plm_model_said(back, "metrics"), "accuracy");
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
    plm_output(m, two);
    plm_output(m, one);
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_OK);
    assert_int_equal(plm_model_save(m, test_path("heads"), "safetensors"), PLM_OK);
    plm_model *back = plm_model_load(w, test_path("heads"), NULL);
    assert_non_null(back);
    assert_int_equal(back->outputs, 2);
    assert_string_equal(back->layer[back->output[0]].name, "two");
    assert_string_equal(back->layer[back->output[1]].name, "one");
    assert_string_equal(back->layer[0].name, "pixels");
    assert_int_equal(back->layer[0].shape.rank, 2);
    assert_string_equal(plm_model_said(back, "optimizer"), "");
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
    test_error(w, PLM_E_FORMAT, "no model file");
    test_error(w, PLM_E_FORMAT, "formats known here: safetensors");
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
    test_error(w, PLM_E_FORMAT, "formats known here: safetensors");
    assert_int_equal(plm_model_save(m, "/no/such/folder/m.safetensors", NULL), PLM_E_IO);
    test_error(w, PLM_E_IO, "/no/such/folder/m.safetensors");
    assert_int_equal(plm_model_save(m, test_path("m.SafeTensors"), NULL), PLM_OK);
    plm_model_free(m);
    m = plm_model_new(w);
    plm_add(m, "input(2, name='\xff')");
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_OK);
    assert_int_equal(plm_model_save(m, test_path("latin.st"), NULL), PLM_E_SPEC);
    test_error(w, PLM_E_SPEC, "not UTF-8");
    test_error(w, PLM_E_SPEC, test_path("latin.st"));
    plm_model_free(m);
    test_close(w, &memory);
}

/* ---- damage ---- */

/* Loads bytes; whatever they are, nothing may crash or leak, and a failure has a reason. */
static bool loads(plm *w, const unsigned char *bytes, size_t n)
{
    plm_model *m = plm_model_load(w, test_write("damaged.safetensors", bytes, n), "safetensors");
    const bool good = m != NULL;
    if (!good)
        assert_true(plm_last_error(w)->status < 0 && plm_last_error(w)->what[0] != '\0');
    plm_model_free(m);
    return good;
}

static void every_truncation_fails(void **state)
{
    test_memory memory;
    size_t n = 0;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_model *m = small_model(w);
    assert_int_equal(plm_model_save(m, test_path("whole.safetensors"), NULL), PLM_OK);
    plm_model_free(m);
    unsigned char *bytes = read_all(test_path("whole.safetensors"), &n);
    const long held = memory.blocks;
    assert_true(loads(w, bytes, n));
    for (size_t length = 0; length < n; length++) {
        assert_false(loads(w, bytes, length));
        assert_int_equal(plm_last_error(w)->status, PLM_E_FORMAT);
        assert_int_equal(memory.blocks, held);
    }
    assert_int_equal(bytes[0] % 8, 0); /* the header is padded */
    free(bytes);
    test_close(w, &memory);
}

static void every_flipped_byte_is_survived(void **state)
{
    static const unsigned char masks[] = {0x01, 0x02, 0x04, 0x10, 0x20, 0x80, 0xff};
    test_memory memory;
    size_t n = 0;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2)");
    plm_add(m, "dense(3, activation=elu)");
    assert_int_equal(plm_compile(m, "sgd", "mse", NULL), PLM_OK);
    assert_int_equal(plm_model_save(m, test_path("flip.safetensors"), NULL), PLM_OK);
    plm_model_free(m);
    unsigned char *bytes = read_all(test_path("flip.safetensors"), &n);
    const long held = memory.blocks;
    const size_t header = 8 + bytes[0] + 256u * bytes[1];
    assert_true(header < n);
    for (size_t i = 0; i < header; i++)
        for (size_t k = 0; k < sizeof masks; k++) {
            bytes[i] ^= masks[k];
            (void)loads(w, bytes, n);
            assert_int_equal(memory.blocks, held);
            bytes[i] ^= masks[k];
        }
    free(bytes);
    test_close(w, &memory);
}

/* A small file that describes a large net must not take the memory of that net. */
static void no_memory_for_what_is_not_there(void **state)
{
    static const char header[] =
        "{" WORDS("[" INPUT ",{\\\"name\\\":\\\"d\\\",\\\"spec\\\":\\\"dense(100000000)\\\",\\\"inputs\\\":[\\\"x\\\"]}]") "}";
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    refused(w, PLM_E_FORMAT, "'d/kernel' is missing", header, 0);
    assert_true(memory.most < 10 << 20);
    test_close(w, &memory);
}

static int clean(void **state)
{
    (void)state;
    test_clean();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_broken_rule_is_told),     cmocka_unit_test(lengths_of_headers),
        cmocka_unit_test(every_type_is_read),            cmocka_unit_test(weights_of_other_types),
        cmocka_unit_test(a_model_comes_back_bit_for_bit), cmocka_unit_test(heads_and_joins_come_back),
        cmocka_unit_test(formats_are_found),             cmocka_unit_test(every_truncation_fails),
        cmocka_unit_test(every_flipped_byte_is_survived), cmocka_unit_test(no_memory_for_what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, clean);
}
