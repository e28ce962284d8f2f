/* Writes what the doctor has measured while the run trained: heat maps of layers over time for the
 * gradient, the update and dead units. */
#include "base/system.h"
#include "plot/plot.h"
#include "report/html.h"

/* Writes the maps and their numbers. */
static plm_status maps(const plm_report *r, FILE *f, const plm_plot *plot)
{
    plm_text csv = {.w = r->w};
    plm_status status = PLM_OK;
    plm_html_section(f, "readings", "Layers over time");
    fputs("<div class=\"charts\">\n", f);
    for (int i = 0; status >= 0 && i < plot->heats; i++) {
        plm_heat map = plot->heat[i];
        map.title = map.scale = map.marks = NULL;
        status = plm_html_heat(r->w, f, &map, plot->heat[i].scale);
    }
    fputs("</div>\n", f);
    plm_plot_readings_csv(plot, &csv);
    plm_html_csv(f, "layers.csv", &csv);
    plm_html_section_end(f);
    return status;
}

/* Writes the heat maps. A run without the doctor has no readings, and so no such section. For long
 * runs, neighbouring steps share a column of the map. */
plm_status plm_report_readings(const plm_report *r, FILE *f)
{
    enum { COLUMNS = 32 };
    plm_arena a = {.w = r->w};
    plm_plot plot = {0};
    const char *path = plm_arena_format(&a, "%s/readings.csv", r->folder);
    const bool there = path && plm_path_exists(path);
    plm_status status = path ? PLM_OK : PLM_E_MEMORY;
    plm_arena_free(&a);
    if (there)
        status = plm_plot_folder_readings(r->w, r->folder, COLUMNS, &plot);
    if (status == PLM_E_DATA) /* the file is empty: the run was killed before the first measurement
                               * */
        status = PLM_OK;
    else if (status >= 0 && plot.heats > 0)
        status = maps(r, f, &plot);
    plm_plot_free(&plot);
    return status;
}
