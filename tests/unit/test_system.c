/* The seam to the system: threads without signals, conditions, this process, paths, blocks. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/path.h"
#include "base/contents.h"
#include "base/folder.h"
#include "base/lock.h"
#include "base/stream.h"
#include "base/system.h"
#include "helper.h"

typedef struct {
    plm_lock lock;
    plm_condition changed;
    int turn; /* 1 = the thread's */
    int blocked;
} shared;

/* Waits for its turn and gives it back. */
static void *work(void *argument)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
    shared *s = argument;
    sigset_t now;
    pthread_sigmask(SIG_SETMASK, NULL, &now);
    plm_lock_take(&s->lock);
    while (s->turn != 1)
        plm_condition_wait(&s->changed, &s->lock);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        s->blocked += sigismember(&now, numbers[i]);
    s->turn = 2;
    plm_condition_wake(&s->changed);
    plm_lock_give(&s->lock);
    return NULL;
}

static void threads_get_no_signals(void **state)
{
    (void)state;
    shared s = {.turn = 0};
    plm_thread t;
    sigset_t before, after;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    assert_true(plm_lock_open(&s.lock));
    assert_true(plm_condition_open(&s.changed));
    assert_true(plm_thread_start(&t, 1 << 21, work, &s));
    plm_lock_take(&s.lock);
    s.turn = 1;
    plm_condition_wake(&s.changed);
    while (s.turn != 2)
        plm_condition_wait(&s.changed, &s.lock);
    plm_lock_give(&s.lock);
    plm_thread_join(&t);
    plm_condition_close(&s.changed);
    plm_lock_close(&s.lock);
    assert_int_equal(s.blocked, 4);
    pthread_sigmask(SIG_SETMASK, NULL, &after); /* the caller's own stay as they were */
    assert_int_equal(sigismember(&before, SIGINT), sigismember(&after, SIGINT));
}

static void a_child_is_another_process(void **state)
{
    (void)state;
    const int64_t own = plm_process();
    int result = 0;
    const pid_t child = fork();
    if (child == 0)
        _exit(plm_process() == own);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result) && WEXITSTATUS(result) == 0);
}

static void the_clock_goes_forward(void **state)
{
    (void)state;
    const double seconds = plm_seconds();
    const int64_t first = plm_nanoseconds(), second = plm_nanoseconds();
    assert_true(first <= second && seconds <= (double)second * 1e-9);
}

static void blocks_are_aligned(void **state)
{
    (void)state;
    static const size_t bytes[] = {64, 4096, (1 << 22) - 64, 1 << 22, (1 << 22) + 64};
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        char *block = plm_system_block(bytes[i], 64);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 64, 0);
        block[bytes[i] - 1] = 1;
        free(block);
    }
}

static void paths(void **state)
{
    (void)state;
    helper h;
    char name[64], below[96];
    static char endless[PATH_MAX + 10];
    helper_open(&h);
    plm_text text = {.w = &h.w};
    snprintf(name, sizeof name, "test_system.%ld", (long)getpid());
    snprintf(below, sizeof below, "%s/x", name);
    assert_false(plm_path_exists(name));
    assert_int_equal(plm_check_writable(&h.w, name), PLM_OK); /* its folder is */
    assert_int_equal(plm_read_text(&h.w, name, &text), PLM_OK);
    assert_int_equal(text.length, 0);
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    fwrite("a\0b", 1, 3, f);
    fclose(f);
    assert_true(plm_path_exists(name) && plm_path_is_writable(name));
    assert_int_equal(plm_read_text(&h.w, name, &text), PLM_OK);
    assert_int_equal(text.length, 3);
    assert_memory_equal(text.data, "a\0b", 3);
    assert_int_equal(plm_check_writable(&h.w, below), PLM_E_IO); /* a file is no folder */
    assert_error(&h.w, PLM_E_IO, "cannot open", "file, not a folder");
    memset(endless, 'x', sizeof endless - 1);
    assert_int_equal(plm_check_writable(&h.w, endless), PLM_E_IO);
    assert_error(&h.w, PLM_E_IO, "cannot open", "shorter name");
    assert_int_equal(plm_read_text(&h.w, ".", &text), PLM_E_IO);
    remove(name);
    plm_text_free(&text);
    helper_close(&h);
}

/* The names that systems give to descriptors, and names that are like them. */
static void descriptors(void **state)
{
    static const struct {
        const char *path;
        int descriptor;
    } names[] = {{"/dev/stdout", 1},
                 {"/dev/stderr", 2},
                 {"/dev/fd/0", 0},
                 {"/dev/fd/17", 17},
                 {"/proc/self/fd/123456", 123456},
                 {"/dev/fd/1234567", -1},
                 {"/dev/fd/", -1},
                 {"/dev/fd/3x", -1},
                 {"/dev/fd", -1},
                 {"model.st7", -1},
                 {"/tmp/net/7", -1},
                 {"/data/self/f/5", -1},
                 {"/dev/stdouts", -1},
                 {"", -1}};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (plm_path_descriptor(names[i].path) != names[i].descriptor)
            fail_msg("%s: %d", names[i].path, plm_path_descriptor(names[i].path));
}

/* ---- folders ---- */

static void touch(const char *path)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fclose(f);
}

/* Counts entries that begin with "file", up to two of them. */
static bool count(void *user, const char *name)
{
    int *found = user;
    *found += strncmp(name, "file", 4) == 0;
    return *found < 2;
}

/* The names of a folder of this process, and of one two levels below. */
static void name_folders(char path[64], char below[80])
{
    snprintf(path, 64, "test_folders.%ld", (long)getpid());
    snprintf(below, 80, "%s/a//b", path);
}

static void folders_are_made(void **state)
{
    (void)state;
    char path[64], below[80], file[100];
    size_t kept = 99;
    name_folders(path, below);
    assert_true(plm_folder_make_all(below, &kept));
    assert_int_equal(kept, 0);
    assert_true(plm_folder_make_all(below, &kept));
    assert_int_equal(kept, strlen(below));
    assert_false(plm_folder_make(PLM_FOLDER_HERE, path));
    assert_int_equal(errno, EEXIST);
    snprintf(file, sizeof file, "%s/file", path);
    touch(file);
    assert_true(plm_path_is_file(file) && !plm_path_is_folder(file) && plm_path_size(file) == 0);
    assert_true(plm_path_is_folder(path) && !plm_path_is_file(path));
    assert_false(plm_folder_make_all(file, &kept));
    assert_int_equal(errno, ENOTDIR);
    plm_folder_remove_all(below, strlen(path));
    assert_true(plm_path_exists(path) && !plm_path_exists(below));
    assert_true(plm_folder_drop(PLM_FOLDER_HERE, file));
    plm_folder_remove_all(path, 0);
    assert_false(plm_path_exists(path));
}

static void entries_are_moved(void **state)
{
    (void)state;
    char path[64], below[80], file[100], linked[100];
    size_t kept = 0;
    name_folders(path, below);
    assert_true(plm_folder_make_all(below, &kept));
    const int at = plm_folder_open(PLM_FOLDER_HERE, path), to = plm_folder_open(at, "a/b");
    assert_true(at >= 0 && to >= 0);
    snprintf(file, sizeof file, "%s/file", path);
    snprintf(linked, sizeof linked, "%s/file", below);
    touch(file);
    assert_true(plm_folder_link(at, to, "file") && plm_folder_has(to, "file"));
    assert_true(plm_path_is_same(file, linked) && !plm_path_is_same(file, below));
    assert_true(plm_folder_move(at, "file", to, "moved") && !plm_folder_has(at, "file"));
    snprintf(file, sizeof file, "%s/x.0123abcd.part", below);
    touch(file);
    plm_folder_tidy(below);
    assert_false(plm_path_exists(file));
    assert_true(plm_folder_drop(to, "file") && plm_folder_drop(to, "moved"));
    plm_folder_close(to);
    plm_folder_close(at);
    plm_folder_remove_all(below, 0);
    assert_false(plm_path_exists(path));
}

static void entries_are_visited(void **state)
{
    (void)state;
    char path[64], below[80], file[100];
    size_t kept = 0;
    int found = 0;
    name_folders(path, below);
    assert_true(plm_folder_make_all(path, &kept));
    const int at = plm_folder_open(PLM_FOLDER_HERE, path);
    for (int i = 0; i < 3; i++) {
        snprintf(file, sizeof file, "%s/file%d", path, i);
        touch(file);
    }
    assert_false(plm_folder_each(at, count, &found)); /* ended by the second */
    found = -5;
    assert_true(plm_folder_each_at(path, count, &found));
    assert_int_equal(found, -2);
    for (int i = 0; i < 3; i++) {
        snprintf(file, sizeof file, "file%d", i);
        assert_true(plm_folder_drop(at, file));
    }
    plm_folder_close(at);
    plm_folder_remove_all(path, 0);
    assert_false(plm_path_exists(path));
}

/* -1 is an error, never the folder where the program runs. */
static void no_folder(void **state)
{
    (void)state;
    int found = 0;
    assert_int_equal(plm_folder_open(PLM_FOLDER_HERE, "no/such/folder"), -1);
    assert_int_equal(errno, ENOENT);
    assert_false(plm_folder_has(-1, "."));
    assert_false(plm_folder_each(-1, count, &found));
    assert_false(plm_folder_each_at("no/such/folder", count, &found));
    assert_int_equal(plm_path_size("no/such/folder"), -1);
    errno = EAGAIN;
    plm_folder_close(-1);
    assert_int_equal(errno, EAGAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(threads_get_no_signals),
                                       cmocka_unit_test(a_child_is_another_process),
                                       cmocka_unit_test(the_clock_goes_forward),
                                       cmocka_unit_test(blocks_are_aligned),
                                       cmocka_unit_test(paths),
                                       cmocka_unit_test(descriptors),
                                       cmocka_unit_test(folders_are_made),
                                       cmocka_unit_test(entries_are_moved),
                                       cmocka_unit_test(entries_are_visited),
                                       cmocka_unit_test(no_folder)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
