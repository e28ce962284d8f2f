/* Opens the runtime of the command, and the objects of subcommands that load a model or a run file,
 * see home.h. */
#include "home.h"

#include <stdlib.h>
#include <string.h>

#include "run/places.h"
#include "run/runfile.h"
#include "run/tuning.h"

enum { INDENT = 2 }; /* number of blanks before the lines of a table that is part of a warning */

/* Prints a warning. If it has several lines, all but the first are a table, which is printed below
 * the first. */
static void warn_lines(const char *text)
{
    const size_t first = strcspn(text, "\n");
    plm_text lines = {0};
    plm_cli_warn("%.*s", (int)first, text);
    if (text[first] && text[first + 1]) {
        plm_text_add_lines(&lines, text + first + 1, INDENT);
        plm_text_add(&lines, text[strlen(text) - 1] == '\n' ? "" : "\n");
    }
    plm_cli_print(stderr, &lines);
}

/* Prints a warning (level 1 or more) or a note of the library. The progress line is cleared first,
 * so that it does not run into the message. */
static void on_log(void *user, int level, const char *text)
{
    plm_cli_home *h = user;
    if (h->progress)
        plm_cli_progress_clear(h->progress);
    if (level >= 1)
        warn_lines(text);
    else
        plm_cli_note("%s", text);
}

int plm_cli_home_open(plm_cli_home *h)
{
    const plm_environment e = {.home = getenv("HOME"),
                               .data = getenv("PLUMMET_DATA"),
                               .data_home = getenv("XDG_DATA_HOME"),
                               .data_dirs = getenv("XDG_DATA_DIRS"),
                               .cache = getenv("XDG_CACHE_HOME")};
    const int width = plm_screen_room(plm_cli_screen_of(stderr)) - INDENT;
    *h = (plm_cli_home){.w = plm_open(PLM_OPTIONS(.threads = 1, .log = on_log, .user = h,
                                                  .log_width = width > 0 ? width : 0))};
    h->arena.w = h->w;
    h->data_dir = h->w ? plm_places_of_data(&h->arena, &e) : NULL;
    h->tuning = h->data_dir ? plm_place_of_tuning(&h->arena, &e) : NULL;
    plm_tuning_file_read(h->w, h->tuning);
    return h->data_dir ? PLM_EXIT_GOOD : plm_cli_fail_memory();
}

void plm_cli_home_close(plm_cli_home *h)
{
    plm_tuning_file_write(h->w, h->tuning);
    plm_arena_free(&h->arena);
    plm_close(h->w);
    *h = (plm_cli_home){0};
}

int plm_cli_home_run(const plm_cli_call *call, int (*run)(const plm_cli_call *, plm_cli_home *))
{
    plm_cli_home home;
    int code = plm_cli_home_open(&home);
    code = code ? code : run(call, &home);
    plm_cli_home_close(&home);
    return code;
}

int plm_cli_work_settings(plm_cli_work *work)
{
    plm_settings *s = &work->settings;
    plm_status status = PLM_OK;
    for (int i = 0; status >= 0 && i < work->call->overrides; i++)
        status = plm_settings_override(s, work->call->override[i]);
    status = status < 0 ? status : plm_settings_check(s);
    return plm_cli_code(work->home.w, status);
}

/* Opens the settings of the subcommand, and the settings of the run that it may work on. */
static plm_status open_settings(plm_cli_work *work, const plm_setting_key *keys)
{
    const plm_status status = plm_settings_open(&work->settings, work->home.w, keys);
    return status < 0 ? status : plm_settings_open(&work->run, work->home.w, plm_run_keys);
}

/* Runs a subcommand and frees all objects made for it. The job is freed after the evaluation, and
 * before the settings from which it borrows. */
int plm_cli_work_run(const plm_cli_call *call, const plm_setting_key *keys,
                     int (*run)(plm_cli_work *work))
{
    plm_cli_work work = {.call = call};
    int code = plm_cli_home_open(&work.home);
    if (!code) {
        plm *w = work.home.w;
        work.job = (plm_job){.home = w, .data_dir = work.home.data_dir};
        work.evaluation = (plm_evaluation){.job = &work.job,
                                           .model = call->argument[0],
                                           .given = &work.settings,
                                           .run = &work.run,
                                           .rows = -1};
        code = plm_cli_code(w, open_settings(&work, keys));
        code = code ? code : run(&work);
        plm_evaluation_free(&work.evaluation);
        plm_job_free(&work.job);
        plm_settings_free(&work.run);
        plm_settings_free(&work.settings);
    }
    plm_cli_home_close(&work.home);
    return code;
}
