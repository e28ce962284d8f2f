/* Checksums of model files: the error of a damaged file names what is damaged. Which bytes begin a
 * model file. */
#include "model_support.h"

#include "format/format.h"

extern const plm_format_kind plm_format_safetensors;

static const char path[] = "sums.safetensors";

/* Returns the first place of a text in bytes[n]. */
static unsigned char *find(unsigned char *bytes, size_t n, const char *text)
{
    const size_t length = strlen(text);
    size_t i = 0;
    while (i + length <= n && memcmp(bytes + i, text, length) != 0)
        i++;
    assert_true(i + length <= n);
    return bytes + i;
}

/* Writes bytes[n] to a file and checks that it cannot be loaded. */
static void refuse(plm *w, const unsigned char *bytes, size_t n, const char *what)
{
    assert_null(plm_model_load(w, test_write(path, bytes, n), NULL));
    test_error(w, PLM_E_FORMAT, what);
}

static void the_error_names_what_is_damaged(void **state)
{
    test_memory memory;
    size_t n = 0;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_model *m = small_model(w);
    assert_int_equal(plm_model_save(m, test_path(path), NULL), PLM_OK);
    plm_model_free(m);
    unsigned char *bytes = read_all(test_path(path), &n);
    bytes[n - 1] ^= 1;
    refuse(w, bytes, n, "is damaged: the checksum is ");
    bytes[n - 1] ^= 1;
    unsigned char *shape = find(bytes, n, "elu(alpha=0.5)");
    shape[12] = '6';
    refuse(w, bytes, n, "the header is damaged: the checksum is ");
    shape[12] = '5';
    find(bytes, n, "plummet.checksums")[0] = 'q';
    refuse(w, bytes, n,
           "the header is damaged: only one of plummet.checksum and plummet.checksums is there");
    free(bytes);
    test_close(w, &memory);
}

/* Eight bytes with the length of the header, the lowest first, and '{'. */
static void the_first_bytes(void **state)
{
    unsigned char head[16] = {2, 0, 0, 0, 0, 0, 0, 0, '{', '}'};
    (void)state;
    assert_int_equal(plm_format_safetensors.sniff(head, 10), 90);
    assert_int_equal(plm_format_safetensors.sniff(head, 9), 90);
    assert_int_equal(plm_format_safetensors.sniff(head, 8), 0);
    head[3] = 5; /* 84 MB */
    assert_int_equal(plm_format_safetensors.sniff(head, 10), 90);
    for (int i = 3; i < 8; i++) {
        head[i] = 200; /* more than 3 GB */
        assert_int_equal(plm_format_safetensors.sniff(head, 10), 0);
        head[i] = 0;
    }
    assert_int_equal(
        plm_format_safetensors.sniff((const unsigned char *)"{\"data\":{\"a\":1}}", 16), 0);
    head[8] = '[';
    assert_int_equal(plm_format_safetensors.sniff(head, 10), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_error_names_what_is_damaged),
                                       cmocka_unit_test(the_first_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
