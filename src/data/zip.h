/* Reads the members of a ZIP archive, as numpy.savez writes it: stored or deflated, without
 * encryption, below 4 GiB. */
#ifndef PLM_DATA_ZIP_H
#define PLM_DATA_ZIP_H

#include "base/stream.h"

/* A member of an archive. */
typedef struct {
    const char *name;
    uint32_t packed, bytes; /* bytes in the archive, and unpacked */
    uint32_t sum;           /* CRC-32 of the unpacked bytes */
    uint32_t place;         /* of its own header in the archive */
    int method;             /* 0 = stored, 8 = deflated */
} plm_zip_member;

/* Lists the members of an archive: (*out)[*count], in the arena. Errors: E_FORMAT, E_UNSUPPORTED;
 * E_IO if the file is a pipe. */
PLM_CHECKED plm_status plm_zip_list(plm_arena *a, plm_reader *r, plm_zip_member **out,
                                    size_t *count);
/* Unpacks a member into out[member->bytes]. Errors: E_FORMAT. */
PLM_CHECKED plm_status plm_zip_unpack(plm *w, const plm_reader *r, const plm_zip_member *m,
                                      unsigned char *out);

#endif
