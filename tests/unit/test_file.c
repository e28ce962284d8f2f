/* plm_file: text, bytes written over others, files that grow, names, and temporary files of
 * programs that were killed. What replaces an old file: test_stream.c and tests/cli/files.sh. */
#define _XOPEN_SOURCE 700
#include "data_support.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void holds(const char *path, const char *wanted)
{
    char text[256] = "";
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("there is no %s", path);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    assert_string_equal(text, wanted);
}

static void text_and_bytes_written_over(void **state)
{
    (void)state;
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    const char *path = test_path("text");
    plm_file *f = plm_file_open(w, path);
    assert_non_null(f);
    assert_int_equal(plm_file_print(f, "rows %4d, %.2f %s", 0, 1.5, "x"), PLM_OK);
    assert_int_equal(plm_file_write_at(f, 5, "1234", 4), PLM_OK);
    assert_int_equal(plm_file_write_at(f, 16, "yy", 2),
                     PLM_E_ORDER); /* one byte is behind the end */
    assert_int_equal(plm_file_write_at(f, -1, "y", 1), PLM_E_ORDER);
    assert_int_equal(plm_file_print(f, "!"), PLM_OK); /* wrong use is no fault of the file */
    assert_int_equal(plm_file_commit(f), PLM_OK);
    holds(path, "rows 1234, 1.50 x!");
    test_close(w, &memory);
}

static void a_file_grows(void **state)
{
    (void)state;
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    const char *path = test_path("log");
    plm_file *f = plm_file_append(w, path);
    assert_non_null(f);
    assert_int_equal(plm_file_print(f, "one\n"), PLM_OK);
    holds(path, "");
    assert_int_equal(plm_file_flush(f), PLM_OK);
    holds(path, "one\n");
    assert_int_equal(plm_file_write_at(f, 0, "O", 1), PLM_E_ORDER);
    assert_int_equal(plm_file_print(f, "two\n"), PLM_OK);
    assert_int_equal(plm_file_sync(f), PLM_OK);
    holds(path, "one\ntwo\n");
    assert_int_equal(plm_file_print(f, "three\n"), PLM_OK);
    plm_file_abandon(f);
    holds(path, "one\ntwo\n");
    f = plm_file_append(w, path);
    assert_int_equal(plm_file_print(f, "three\n"), PLM_OK);
    assert_int_equal(plm_file_commit(f), PLM_OK);
    holds(path, "one\ntwo\nthree\n");
    test_close(w, &memory);
}

/* A limit of the size of files is a disk that is full behind a number of bytes. */
static void what_fails_is_taken_back(void **state)
{
    (void)state;
    static char much[200000];
    test_memory memory;
    struct rlimit before;
    plm *w = test_open(&memory, NULL);
    const char *log = test_write_text("limited.log", "kept\n"),
               *whole = test_write_text("limited", "old");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit limit = {.rlim_cur = 100000, .rlim_max = before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    plm_file *f = plm_file_append(w, log), *g = plm_file_open(w, whole);
    assert_int_equal(plm_file_print(f, "more\n"), PLM_OK);
    assert_int_equal(plm_file_flush(f), PLM_OK);
    memset(much, 'x', sizeof much);
    assert_int_equal(plm_file_write(f, much, sizeof much), PLM_E_IO);
    assert_int_equal(plm_file_print(f, "again\n"), PLM_E_IO); /* an error stays */
    assert_int_equal(plm_file_commit(f), PLM_E_IO);
    holds(log, "kept\nmore\n");
    assert_int_equal(plm_file_write(g, much, sizeof much), PLM_E_IO);
    assert_non_null(strstr(plm_last_error(w)->what, "File too large"));
    assert_int_equal(plm_file_commit(g), PLM_E_IO);
    holds(whole, "old");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    test_close(w, &memory);
}

static bool exists(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}

static void old_temporary_files_go(void **state)
{
    (void)state;
    static const char *const ours[] = {"net.st.01234567.part", "net.st.abcdef89.part"};
    static const char *const foreign[] = {"net.st",
                                          "net.st.part",
                                          "net.st.0123456.part",
                                          "net.st.012345678.part",
                                          "net.st.0123456G.part",
                                          "net.st.01234567.part2",
                                          "other.01234567.part",
                                          "xnet.st.01234567.part"};
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    for (int i = 0; i < 2; i++)
        test_write_text(ours[i], "half");
    for (int i = 0; i < 8; i++)
        test_write_text(foreign[i], "kept");
    const char *link = test_path("to-net");
    assert_int_equal(symlink("net.st", link), 0);
    assert_int_equal(plm_file_tidy(w, link), PLM_OK); /* a link means the file it names */
    for (int i = 0; i < 2; i++)
        assert_false(exists(test_path(ours[i])));
    for (int i = 0; i < 8; i++)
        holds(test_path(foreign[i]), "kept");
    assert_int_equal(plm_file_tidy(w, test_path("net.st")), PLM_OK);
    assert_int_equal(plm_file_tidy(w, "/no/such/folder/net.st"), PLM_E_IO);
    assert_int_equal(plm_file_tidy(w, NULL), PLM_E_ORDER);
    assert_int_equal(plm_file_tidy(NULL, "x"), PLM_E_ORDER);
    test_close(w, &memory);
}

static void nothing_is_taken_politely(void **state)
{
    (void)state;
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    assert_null(plm_file_open(NULL, "x"));
    assert_null(plm_file_open(w, NULL));
    assert_int_equal(plm_last_error(w)->status, PLM_E_ORDER);
    assert_null(plm_file_append(w, NULL));
    assert_null(plm_file_append(w, "/"));
    assert_int_equal(plm_last_error(w)->status, PLM_E_IO);
    assert_int_equal(plm_file_write(NULL, "x", 1), PLM_E_ORDER);
    assert_int_equal(plm_file_print(NULL, "x"), PLM_E_ORDER);
    assert_int_equal(plm_file_write_at(NULL, 0, "x", 1), PLM_E_ORDER);
    assert_int_equal(plm_file_flush(NULL), PLM_E_ORDER);
    assert_int_equal(plm_file_sync(NULL), PLM_E_ORDER);
    assert_int_equal(plm_file_commit(NULL), PLM_E_ORDER);
    plm_file_abandon(NULL);
    test_close(w, &memory);
}

/* A pipe has no place to go back to, nor a disk. */
static void a_pipe_is_written_to(void **state)
{
    (void)state;
    test_memory memory;
    char text[8] = "";
    plm *w = test_open(&memory, NULL);
    const char *path = test_path("pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    const int reader = open(path, O_RDONLY | O_NONBLOCK);
    plm_file *f = plm_file_open(w, path);
    assert_non_null(f);
    assert_int_equal(plm_file_print(f, "abc"), PLM_OK);
    assert_int_equal(plm_file_flush(f), PLM_OK);
    assert_int_equal(plm_file_write_at(f, 0, "x", 1), PLM_E_IO);
    assert_int_equal(plm_file_commit(f), PLM_E_IO);
    f = plm_file_append(w, path);
    assert_int_equal(plm_file_print(f, "def"), PLM_OK);
    assert_int_equal(plm_file_sync(f), PLM_OK);
    assert_int_equal(plm_file_commit(f), PLM_OK);
    assert_int_equal(read(reader, text, sizeof text - 1), 6);
    assert_string_equal(text, "abcdef");
    close(reader);
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_bytes_written_over), cmocka_unit_test(a_file_grows),
        cmocka_unit_test(what_fails_is_taken_back),    cmocka_unit_test(old_temporary_files_go),
        cmocka_unit_test(nothing_is_taken_politely),   cmocka_unit_test(a_pipe_is_written_to),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
