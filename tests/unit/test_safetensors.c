/* Model files: what is written is read back bit for bit; every rule of the format, broken in
 * turn, is told with path, tensor and reason; no byte that is cut off or changed can do more
 * than fail the load. */
#include <math.h>

#include "safetensors_support.h"

static const struct {
    const char *reason, *header;
    size_t bytes;
} faults[] = {
    {"other than two whole numbers",
     "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4},
    {"other than two whole numbers",
     "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4},
    {"'a' has bytes that end before they begin",
     "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4},
    {"'a' has 8 bytes, but its shape",
     "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8},
    {"'a' has 4 bytes, but its shape",
     "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,4]}}", 4},
    {"'a' ends 4 bytes past",
     "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4},
    {"1 bytes at the end",
     "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 9},
    {"4 bytes at the end", "{" META "}", 4},
    {"'a' begins after a gap",
     "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8},
    {"'b' begins after a gap",
     "{\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]},"
     "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
     3},
    {"'b' overlaps",
     "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
     "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}",
     3},
    {"'b' overlaps",
     "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
     "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}",
     2},
    {"duplicate object key",
     "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
     "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
     2},
    {"duplicate object key",
     "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
     "\"\\u0061\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
     2},
    {"unknown type 'F33'", "{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4},
    {"unknown type ''", "{\"a\":{\"dtype\":\"\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4},
    {"not a text", "{\"a\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,4]}}", 4},
    {"not a list of whole numbers",
     "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4},
    {"not a list of whole numbers",
     "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}", 4},
    {"not a list", "{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}", 4},
    {"larger than memory can be",
     "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", 0},
    {"larger than memory can be",
     "{\"a\":{\"dtype\":\"F64\",\"shape\":[4611686018427387904],\"data_offsets\":[0,0]}}", 0},
    {"past the end",
     "{\"a\":{\"dtype\":\"U8\",\"shape\":[9223372036854775807],\"data_offsets\":[0,"
     "9223372036854775807]}}",
     0},
    {"too big integer",
     "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,18446744073709551616]}}", 0},
    {"lacks dtype", "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4},
    {"lacks dtype", "{\"a\":{}}", 0},
    {"unknown key 'colour'",
     "{\"a\":{\"dtype\":\"U8\",\"colour\":1,\"shape\":[1],\"data_offsets\":[0,1]}}", 1},
    {"duplicate object key",
     "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1},
    {"is not a JSON object", "{\"a\":[]}", 0},
    {"unable to decode byte 0xff",
     "{\"\xff\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1},
    {"__metadata__ 'k' is not text", "{\"__metadata__\":{\"k\":1}}", 0},
    {"__metadata__ 'k' is not text", "{\"__metadata__\":{\"k\":null}}", 0},
    {"unable to decode byte 0xc0", "{\"__metadata__\":{\"k\":\"\xc0\x80\"}}", 0},
    {"duplicate object key", "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0},
    {"duplicate object key", "{\"__metadata__\":{},\"__metadata__\":{}}", 0},
    {"is not a JSON object", "{\"__metadata__\":\"x\"}", 0},
    {"end of file expected", "{} {}", 0},
    {"expected", "{,}", 0},
    {"'}' expected", "{" META, 0},
    {"begins with '{'", " {}", 0},
    {"begins with '{'", "[]", 0},
    {"no description of the net", "{}", 0},
    {"no description of the net",
     "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4},
    {"no description of the net", "{\"__metadata__\":{\"format\":\"pt\"}}", 0},
    /* the words of the model */
    {"plummet.layers, byte 0", "{" WORDS("") "}", 0},
    {"plummet.layers, byte 1", "{" WORDS("[") "}", 0},
    {"end of file expected", "{" WORDS("[] x") "}", 0},
    {"no layers", "{" WORDS("[]") "}", 0},
    {"lacks name", "{" WORDS("[{}]") "}", 0},
    {"duplicate object key", "{" WORDS("[{\\\"name\\\":\\\"a\\\",\\\"name\\\":\\\"a\\\"}]") "}", 0},
    {"lacks name", "{" WORDS("[{\\\"colour\\\":\\\"a\\\"}]") "}", 0},
    {"layer 'y' is used before it is defined",
     "{" WORDS(
         "[{\\\"name\\\":\\\"d\\\",\\\"spec\\\":\\\"dense(3)\\\",\\\"inputs\\\":[\\\"y\\\"]}]") "}",
     0},
    {"layer 'd' is used before it is defined",
     "{" WORDS(
         "[" INPUT
         ",{\\\"name\\\":\\\"d\\\",\\\"spec\\\":\\\"dense(3)\\\",\\\"inputs\\\":[\\\"d\\\"]}]") "}",
     0},
    {"'7' is not a layer",
     "{" WORDS("[{\\\"name\\\":\\\"d\\\",\\\"spec\\\":\\\"7\\\",\\\"inputs\\\":[]}]") "}", 0},
    {"'d/kernel' is missing", "{" WORDS("[" INPUT "," DENSE "]") "}", 0},
    {"'a' belongs to no layer",
     "{" META ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4},
    {"[2], but the net needs [3]",
     "{" WORDS("[" INPUT "," DENSE
               "]") ",\"d/kernel\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}"
                    ",\"d/bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[24,32]}}",
     32},
    {"[3, 2], but the net needs [2, 3]",
     "{" WORDS("[" INPUT "," DENSE
               "]") ",\"d/kernel\":{\"dtype\":\"F32\",\"shape\":[3,2],\"data_offsets\":[0,24]}"
                    ",\"d/bias\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[24,36]}}",
     36},
};

static void every_broken_rule_is_told(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        refused(w, PLM_E_FORMAT, faults[i].reason, faults[i].header, faults[i].bytes);
    refused(w, PLM_E_UNSUPPORTED, "F8_E4M3",
            "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1);
    refused(w, PLM_E_UNSUPPORTED, "more than 8 axes",
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,1]}}", 1);
    refused(w, PLM_E_UNSUPPORTED, "version 2",
            "{\"__metadata__\":{\"plummet.format_version\":\"2\",\"plummet.layers\":\"[]\"}}", 0);
    refused(w, PLM_E_SPEC, "dense",
            "{" WORDS("[" INPUT ",{\\\"name\\\":\\\"d\\\",\\\"spec\\\":\\\"dense(0)\\\","
                      "\\\"inputs\\\":[\\\"x\\\"]}]") "}",
            0);
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
        {{2, 0, 0, 0, 0, 0, 0, 0}, 8, "the file has only 8"},
        {{2, 0, 0, 0, 0, 0, 0, 0, '{'}, 9, "the file has only 9"},
        {{0, 0, 0, 0, 0, 0, 0, 0}, 8, "begins with '{'"},
        {{0, 0xe1, 0xf5, 5, 0, 0, 0, 0, '{', '}'},
         10,
         "the header has 100000000 bytes, but the file has only 10"},
        {{1, 0xe1, 0xf5, 5, 0, 0, 0, 0, '{', '}'}, 10, "at most 100000000"},
        {{255, 255, 255, 255, 255, 255, 255, 255, '{', '}'}, 10, "at most 100000000"},
        {{2, 0, 0, 0, 0, 0, 0, 128, '{', '}'}, 10, "at most 100000000"},
    };
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        const size_t before = memory.most;
        assert_null(plm_model_load(
            w, test_write("head.safetensors", heads[i].bytes, heads[i].length), NULL));
        test_error(w, PLM_E_FORMAT, heads[i].reason);
        /* what a file says takes no memory before it is checked */
        assert_true(memory.most <= before + 140000);
    }
    test_close(w, &memory);
}

/* ---- what is allowed ---- */

static const struct {
    const char *name;
    plm_dtype dtype;
    int rank;
    size_t bytes;
} expected[] = {{"f64", PLM_F64, 1, 8},    {"u64", PLM_U64, 0, 8},   {"i64", PLM_I64, 2, 8},
                {"f32", PLM_F32, 1, 4},    {"none", PLM_F32, 2, 0},  {"u32", PLM_U32, 1, 4},
                {"i16", PLM_I16, 1, 2},    {"bf16", PLM_BF16, 1, 2}, {"i8", PLM_I8, 1, 2},
                {"bool", PLM_BOOL8, 1, 1}, {"u8", PLM_U8, 1, 1}};

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
    for (size_t i = 0; i < d.tensors; i++) {
        assert_string_equal(d.tensor[i].name, expected[i].name);
        assert_int_equal(d.tensor[i].dtype, expected[i].dtype);
        assert_int_equal(d.tensor[i].rank, expected[i].rank);
        assert_int_equal(d.tensor[i].bytes, expected[i].bytes);
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
    static const char header[] =
        "{" WORDS("[" INPUT "," DENSE
                  "]") ",\"d/bias\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[6,12]}"
                       ",\"d/kernel\":{\"dtype\":\"I8\",\"shape\":[2,3],\"data_offsets\":[0,6]}}";
    static const unsigned char data[] = {1,    2,    3,    0xff, 0x80, 0x7f,
                                         0x00, 0x3c, 0x00, 0x7e, 0x00, 0xfc};
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
    assert_null(plm_model_load(
        w, test_write_packed("long.st.gz", file, 8 + length + sizeof data + 1), NULL));
    test_error(w, PLM_E_FORMAT, "belong to no tensor");
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
        "{" WORDS("[" INPUT ",{\\\"name\\\":\\\"d\\\",\\\"spec\\\":\\\"dense(100000000)\\\","
                  "\\\"inputs\\\":[\\\"x\\\"]}]") "}";
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    refused(w, PLM_E_FORMAT, "'d/kernel' is missing", header, 0);
    assert_true(memory.most < 10 << 20);
    test_close(w, &memory);
}

/* ---- what is written ---- */

/* The largest types first, names among equals, each tensor aligned to its type. */
static void tensors_are_sorted(void **state)
{
    static const unsigned char data[16] = {1, 2, 3, 4, 5, 6, 7, 8};
    plm_document_tensor tensors[] = {
        {.name = "b", .rank = 1, .dims = {3}, .dtype = PLM_U8, .data = data, .bytes = 3},
        {.name = "d", .rank = 1, .dims = {2}, .dtype = PLM_F32, .data = data, .bytes = 8},
        {.name = "a", .rank = 0, .dtype = PLM_BOOL8, .data = data, .bytes = 1},
        {.name = "c", .rank = 2, .dims = {1, 1}, .dtype = PLM_F32, .data = data, .bytes = 4},
        {.name = "h", .rank = 1, .dims = {1}, .dtype = PLM_F16, .data = data, .bytes = 2},
        {.name = "z", .rank = 1, .dims = {2}, .dtype = PLM_F64, .data = data, .bytes = 16},
    };
    static const char order[] = "zcdhba";
    plm_document_layer layer = {.name = "x", .spec = "input(2)"};
    plm_document d = {.layers = 1, .layer = &layer, .tensors = 6, .tensor = tensors};
    plm_document back;
    plm_file *out = NULL;
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    out = plm_file_open(w, test_path("sorted.st"));
    assert_non_null(out);
    assert_int_equal(plm_format_safetensors.write(w, &d, out), PLM_OK);
    assert_int_equal(plm_file_commit(out), PLM_OK);
    assert_int_equal(read_document(w, test_path("sorted.st"), &back), PLM_OK);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(back.tensor[i].name[0], order[i]);
    plm_document_free(&back);
    tensors[2].bytes = 2; /* a document that is not what it says */
    out = plm_file_open(w, test_path("sorted.st"));
    assert_non_null(out);
    assert_int_equal(plm_format_safetensors.write(w, &d, out), PLM_E_INTERNAL);
    plm_file_abandon(out);
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_broken_rule_is_told),
        cmocka_unit_test(lengths_of_headers),
        cmocka_unit_test(every_type_is_read),
        cmocka_unit_test(weights_of_other_types),
        cmocka_unit_test(every_truncation_fails),
        cmocka_unit_test(every_flipped_byte_is_survived),
        cmocka_unit_test(no_memory_for_what_is_not_there),
        cmocka_unit_test(tensors_are_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
