/* Tables that are larger than memory: some of their cells, and of the values made from them, are in
 * temporary files (base/spill.h). Each column and each part is a separate array, so the system
 * reads and writes only those that are being used. */
#include <string.h>

#include "base/system.h"
#include "data/typed.h"

/* Returns the folder for temporary files. /tmp comes last, since it is often in memory itself. NULL
 * = no memory. */
static const char *folder_of(plm_source *s, const char *given)
{
    if (*given)
        return plm_source_path(s, given);
    return plm_path_is_folder("/var/tmp") ? "/var/tmp" : "/tmp";
}

/* Sets up the temporary files. By default the table may use half the memory, so the rest is left
 * for the net and for other programs. If the system does not tell how much memory there is, no
 * temporary files are used. */
plm_status plm_typed_spill(plm_source *s, int64_t memory, const char *folder)
{
    const size_t half = plm_system_memory() / 2;
    const char *path = folder_of(s, folder);
    if (!path)
        return PLM_E_MEMORY;
    if (*folder && !plm_path_is_folder(path))
        return plm_fail(&s->w, PLM_E_SPEC, s->spec,
                        "set spill=FOLDER to an existing folder, on a disk with free space",
                        "there is no folder '%.100s' for temporary files", path);
    return plm_source_spill(s, memory > 0 ? (size_t)memory : half > 0 ? half : SIZE_MAX, path);
}

/* Notes the use of temporary files after the table was read, as a training with files on a slow
 * disk may take much longer than the user expects. */
void plm_typed_note_spill(const plm_source *s)
{
    if (s->spill->files > 0)
        plm_note(&s->w,
                 "%.100s: %.3g GB of the table are in temporary files in %.100s, since the table "
                 "is larger than memory=BYTES, by default half the memory of the machine",
                 s->file, (double)s->spill->files / 1e9, s->spill->folder);
}

/* Returns the status. An allocator can only return NULL, which means no memory; only the spill
 * knows whether the disk was the cause. */
plm_status plm_typed_spill_status(plm_source *s, plm_status status)
{
    if (status != PLM_E_MEMORY || !s->spill || s->spill->error == 0)
        return status;
    return plm_fail(
        &s->w, PLM_E_IO, s->file ? s->file : s->spec,
        "set another folder with spill=FOLDER, or more memory with memory=BYTES",
        "the table is larger than memory=BYTES, and a temporary file in %.100s cannot be "
        "made: %s",
        s->spill->folder, strerror(s->spill->error));
}
