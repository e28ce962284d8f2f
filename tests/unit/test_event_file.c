/* Event files of TensorBoard: the checksum, whole records, and what stays of a file that was cut
 * off or goes beyond an epoch. tests/cli/tensorboard.sh reads them by another decoder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "plummet.h"
#include "train/event_file.h"

static void checksum(void **state)
{
    (void)state;
    /* the check value of CRC-32C, and 32 zeros as in RFC 3720 */
    assert_int_equal(plm_crc32c("123456789", 9), 0xe3069283);
    assert_int_equal(plm_crc32c((char[32]){0}, 32), 0x8a9136aa);
}

/* The version, then a record of each step: an event begins where the one before ends, and a file
 * that is cut off anywhere keeps its whole records. */
static void whole_records_stay(void **state)
{
    const int64_t step[] = {1, 127, 128, INT64_C(1) << 40};
    size_t end[6] = {0};
    plm *w = plm_open(NULL);
    plm_text t = {.w = w};
    (void)state;
    plm_event_add_version(&t, 1.5);
    end[1] = t.length;
    for (int i = 0; i < 4; i++) {
        plm_event_add_scalars(&t, 2.5, step[i], &(plm_event_scalar){"loss", 0.5F}, 1);
        end[i + 2] = t.length;
    }
    assert_false(t.failed);
    for (size_t n = 0, whole = 0; n <= t.length; n++) {
        whole += whole < 5 && n >= end[whole + 1];
        char *copy = malloc(n + 1); /* so that a sanitizer sees a read beyond it */
        assert_non_null(copy);
        memcpy(copy, plm_text_get(&t), n);
        assert_int_equal(plm_event_kept(copy, n, INT64_MAX), end[whole]);
        free(copy);
    }
    for (int i = 0; i < 4; i++)
        assert_int_equal(plm_event_kept(plm_text_get(&t), t.length, step[i]), end[i + 2]);
    assert_int_equal(plm_event_kept(plm_text_get(&t), t.length, 0), end[1]);
    plm_text_free(&t);
    plm_close(w);
}

/* A length that is damaged ends the file. */
static void damage_ends_a_file(void **state)
{
    char bytes[40];
    (void)state;
    memset(bytes, 0xff, sizeof bytes);
    assert_int_equal(plm_event_kept(bytes, sizeof bytes, 5), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksum),
        cmocka_unit_test(whole_records_stay),
        cmocka_unit_test(damage_ends_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
