/* What tests of run files share: a folder of their own, and a check that nothing is printed. */
#ifndef PLM_TESTS_UNIT_RUN_SUPPORT_H
#define PLM_TESTS_UNIT_RUN_SUPPORT_H

#include "helper.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plummet_run.h"

typedef struct {
    char folder[64];
    int home, out, err; /* descriptors that were there before */
    plm *w;
    int warnings;
} scene;

static inline void on_log(void *user, int level, const char *line)
{
    scene *s = user;
    (void)line;
    s->warnings += level > 0;
}

/* A build without libyaml reads no run files: the test is skipped. */
static inline void need_run_files(void)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_run_file *f = plm_run_file_open(w, "digits", 0, NULL);
    const bool missing = !f && plm_last_error(w)->status == PLM_E_UNSUPPORTED;
    plm_run_file_close(f);
    plm_close(w);
    if (missing)
        skip();
}

static inline void begin(scene *s)
{
    need_run_files();
    *s = (scene){.folder = "/tmp/plummet-run-XXXXXX", .home = open(".", O_RDONLY)};
    assert_non_null(mkdtemp(s->folder));
    assert_int_equal(chdir(s->folder), 0);
    fflush(NULL);
    s->out = dup(1);
    s->err = dup(2);
    const int file = open("printed", O_RDWR | O_CREAT, 0600);
    assert_true(dup2(file, 1) == 1 && dup2(file, 2) == 2);
    close(file);
    s->w = plm_open(PLM_OPTIONS(.threads = 1, .log = on_log, .user = s));
}

static inline void end(scene *s)
{
    struct stat about;
    char command[96];
    plm_close(s->w);
    fflush(NULL);
    const bool known = stat("printed", &about) == 0;
    dup2(s->out, 1);
    dup2(s->err, 2);
    close(s->out);
    close(s->err);
    assert_int_equal(fchdir(s->home), 0);
    close(s->home);
    snprintf(command, sizeof command, "rm -rf '%s'", s->folder);
    assert_int_equal(system(command), 0);
    assert_true(known && about.st_size == 0);
}

static inline void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* All of the error: its status, and its place whole. */
static inline void assert_place(const plm *w, plm_status status, const char *where,
                                const char *what, const char *hint)
{
    assert_error(w, status, what, hint);
    assert_string_equal(plm_last_error(w)->where, where);
}

static const char net[] = "data: digits | take(200) | batch(20)\n"
                          "model:\n"
                          "  - input(64)\n"
                          "  - dense(8, activation=relu)\n"
                          "  - dense(10, activation=softmax)\n"
                          "epochs: 3\n";

#endif
