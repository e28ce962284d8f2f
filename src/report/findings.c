/* Writes what the doctor found while the run trained, from its doctor.json. The findings are read
 * from this file, so writing the page does not repeat the examination. */
#include <errno.h>

#include "base/contents.h"
#include "base/json.h"
#include "base/stream.h"
#include "report/html.h"

/* Returns the text of a key of an object; "" = the object has no such text. */
static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* Writes the remedies of a finding. */
static void remedies(FILE *f, const json_t *list)
{
    size_t i = 0;
    json_t *one = NULL;
    json_array_foreach(list, i, one)
    {
        const char *key = NULL;
        json_t *value = NULL;
        if (*text_of(one, "do")) {
            fputs("<p>", f);
            plm_html_text(f, text_of(one, "do"));
            fputs("</p>\n", f);
        }
        json_object_foreach(json_object_get(one, "set"), key, value)
        {
            fputs("<p><code>", f);
            plm_html_text(f, key);
            fputs("=", f);
            plm_html_text(f, json_string_value(value) ? json_string_value(value) : "");
            fputs("</code></p>\n", f);
        }
    }
}

/* Writes one finding. */
static void finding(FILE *f, const json_t *one)
{
    fputs("<article class=\"", f);
    plm_html_text(f, text_of(one, "level"));
    fputs("\"><h3>", f);
    plm_html_text(f, text_of(one, "level"));
    fputs(" ", f);
    plm_html_text(f, text_of(one, "code"));
    fputs("</h3>\n<p>", f);
    plm_html_text(f, text_of(one, "what"));
    fputs("</p>\n", f);
    if (*text_of(one, "evidence")) {
        fputs("<pre>", f);
        for (const char *line = text_of(one, "evidence"); *line;) {
            plm_text row = {0};
            size_t length = 0;
            while (line[length] && line[length] != '\n')
                length++;
            plm_text_append(&row, line, length);
            plm_html_text(f, plm_text_get(&row));
            fputc('\n', f);
            plm_text_free(&row);
            line += length + (line[length] == '\n');
        }
        fputs("</pre>\n", f);
    }
    remedies(f, json_object_get(one, "remedies"));
    fputs("</article>\n", f);
}

/* Writes all findings. */
static void findings(FILE *f, const json_t *list)
{
    size_t i = 0;
    json_t *one = NULL;
    plm_html_section(f, "doctor", "What the doctor found");
    if (json_array_size(list) == 0)
        fputs("<p>Nothing.</p>\n", f);
    json_array_foreach(list, i, one) finding(f, one);
    plm_html_section_end(f);
}

/* Writes the findings in doctor.json, a file that a training writes if the doctor has watched it.
 * Without this file the section is left out. */
plm_status plm_report_findings(const plm_report *r, FILE *f)
{
    plm_arena a = {.w = r->w};
    size_t length;
    json_t *root = NULL;
    const char *path = plm_arena_format(&a, "%s/doctor.json", r->folder);
    char *text = path ? plm_contents(r->w, path, 1 << 24, &length) : NULL;
    plm_status status = path ? PLM_OK : PLM_E_MEMORY;
    if (text)
        status = plm_json_parse(r->w, path, "findings", text, length, &root);
    else if (path && errno != ENOENT)
        status = errno == ENOMEM ? plm_fail_memory(r->w, path)
                                 : plm_fail_system(r->w, errno, "cannot read", path);
    if (root)
        findings(f, json_object_get(root, "findings"));
    json_decref(root);
    plm_release(r->w, text);
    plm_arena_free(&a);
    return status;
}
