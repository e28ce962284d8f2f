/* Reads ZIP archives (PKWARE, APPNOTE.TXT). The list of members is at the end of the file, and each
 * member also has a header. All positions and sizes are compared with the size of the file. An .npz
 * file is such an archive. Only what numpy writes is supported: members that are stored or
 * deflated, without encryption and below 4 GiB. */
#include "data/zip.h"

#include <string.h>
#include <zlib.h>

/* END, ENTRY, LOCAL: number of bytes of the record at the end, of an entry of the list, and of the
 * header of a member, each without its texts. COMMENT: max bytes of the comment at the end. LIST:
 * max bytes of the list of members. */
enum { END = 22, ENTRY = 46, LOCAL = 30, COMMENT = 65535, LIST = 1 << 24 };

/* Returns a little-endian number of `bytes` bytes. */
static uint32_t number(const unsigned char *at, int bytes)
{
    uint32_t x = 0;
    for (int i = bytes; i-- > 0;)
        x = x << 8 | at[i];
    return x;
}

/* Fails with E_FORMAT because the archive is damaged. what: the fault. */
static plm_status fail(plm *w, const plm_reader *r, const char *what)
{
    return plm_fail(w, PLM_E_FORMAT, plm_reader_path(r), "download or create the file again",
                    "the archive is damaged: %s", what);
}

/* ---- the list ---- */

/* Finds the record at the end of the file, and copies it. False: the file has no such record. The
 * record is searched backwards from the end of the file, since a comment of unknown length may
 * follow it. */
static bool find_end(const plm_reader *r, unsigned char *tail, unsigned char end[END])
{
    const int64_t size = plm_reader_size(r);
    const size_t bytes = size < END + COMMENT ? (size_t)size : END + COMMENT;
    const size_t got = plm_reader_at(r, size - (int64_t)bytes, tail, bytes);
    for (size_t left = got >= END ? got - END + 1 : 0; left > 0; left--)
        if (memcmp(tail + left - 1, "PK\5\6", 4) == 0) {
            memcpy(end, tail + left - 1, END);
            return true;
        }
    return false;
}

/* Sets *place and *bytes to the position and size of the list of members, and *count to the number
 * of members. */
static plm_status find_list(plm *w, const plm_reader *r, int64_t *place, size_t *bytes,
                            size_t *count)
{
    unsigned char end[END], *tail = plm_allocate(w, END + COMMENT);
    if (tail == NULL)
        return PLM_E_MEMORY;
    const bool found = find_end(r, tail, end);
    plm_release(w, tail);
    if (!found)
        return fail(w, r, "it has no list of files");
    *count = number(end + 10, 2);
    *bytes = number(end + 12, 4);
    *place = number(end + 16, 4);
    if (*place == UINT32_MAX || *count == 0xFFFF)
        return plm_fail(w, PLM_E_UNSUPPORTED, plm_reader_path(r),
                        "save smaller arrays, or several archives",
                        "the archive is larger than 4 GiB");
    if (*bytes > LIST || *place + (int64_t)*bytes > plm_reader_size(r))
        return fail(w, r, "its list of files is truncated");
    return PLM_OK;
}

/* Reads an entry at the beginning of left[n], the rest of the list. *taken = number of bytes of the
 * entry. n is compared before any byte is read. */
static plm_status read_entry(plm_arena *a, const plm_reader *r, const unsigned char *e, size_t n,
                             plm_zip_member *out, size_t *taken)
{
    const size_t name = n >= ENTRY ? number(e + 28, 2) : 0;
    *taken = n >= ENTRY ? ENTRY + name + number(e + 30, 2) + number(e + 32, 2) : SIZE_MAX;
    if (*taken > n || memcmp(e, "PK\1\2", 4) != 0)
        return fail(a->w, r, "its list of files is invalid");
    *out = (plm_zip_member){.name = plm_arena_text(a, (const char *)e + ENTRY, name),
                            .packed = number(e + 20, 4),
                            .bytes = number(e + 24, 4),
                            .sum = number(e + 16, 4),
                            .place = number(e + 42, 4),
                            .method = (int)number(e + 10, 2)};
    if (out->name == NULL)
        return PLM_E_MEMORY;
    if ((number(e + 8, 2) & 1) != 0 || (out->method != 0 && out->method != 8) ||
        out->packed == UINT32_MAX || out->bytes == UINT32_MAX || out->place == UINT32_MAX)
        return plm_fail(a->w, PLM_E_UNSUPPORTED, plm_reader_path(r),
                        "write the archive with numpy.savez or numpy.savez_compressed",
                        "'%.60s' in the archive is encrypted, compressed by an unusual method, or "
                        "larger than 4 GiB",
                        out->name);
    return PLM_OK;
}

/* Lists the members of an archive, in the arena. Fails if the file has 4 GiB or more (ZIP64), or if
 * the list does not fit into the file. */
plm_status plm_zip_list(plm_arena *a, plm_reader *r, plm_zip_member **out, size_t *count)
{
    int64_t place = 0;
    size_t bytes = 0, taken = 0, at = 0;
    if (plm_reader_size(r) < 0)
        return plm_fail(a->w, PLM_E_IO, plm_reader_path(r), "use a file name instead of a pipe",
                        "an archive cannot be read from a pipe");
    PLM_TRY(find_list(a->w, r, &place, &bytes, count));
    unsigned char *list = plm_allocate(a->w, bytes + 1);
    *out = plm_arena_array(a, *count + 1, sizeof **out);
    plm_status status = list && *out ? PLM_OK : PLM_E_MEMORY;
    if (status >= 0 && plm_reader_at(r, place, list, bytes) != bytes)
        status = fail(a->w, r, "its list of files is truncated");
    for (size_t i = 0; i < *count && status >= 0; i++, at += taken)
        status = read_entry(a, r, list + at, bytes - at, &(*out)[i], &taken);
    plm_release(a->w, list);
    return status;
}

/* ---- members ---- */

/* Reads the compressed bytes of a member, at position `place`, and unpacks them. */
static plm_status inflate_member(plm *w, const plm_reader *r, const plm_zip_member *m,
                                 int64_t place, unsigned char *out)
{
    unsigned char *packed = plm_allocate_unset(w, (size_t)m->packed + 1);
    if (packed == NULL)
        return PLM_E_MEMORY;
    plm_status status = plm_reader_at(r, place, packed, m->packed) == m->packed
                            ? plm_inflate(w, plm_reader_path(r), packed, m->packed, out, m->bytes)
                            : fail(w, r, "a file in it is truncated");
    plm_release(w, packed);
    return status;
}

/* Unpacks a member into out[m->bytes] and compares its checksum. The header before the member
 * repeats its name, whose length may differ from that in the list, so it is read, too. */
plm_status plm_zip_unpack(plm *w, const plm_reader *r, const plm_zip_member *m, unsigned char *out)
{
    unsigned char h[LOCAL];
    const int64_t size = plm_reader_size(r);
    if (plm_reader_at(r, m->place, h, LOCAL) != LOCAL || memcmp(h, "PK\3\4", 4) != 0)
        return fail(w, r, "the header of a file in it is invalid");
    const int64_t place = (int64_t)m->place + LOCAL + number(h + 26, 2) + number(h + 28, 2);
    if (place + m->packed > size || (m->method == 0 && m->packed != m->bytes))
        return fail(w, r, "a file in it is truncated");
    if (m->method != 0)
        PLM_TRY(inflate_member(w, r, m, place, out));
    else if (plm_reader_at(r, place, out, m->bytes) != m->bytes)
        return fail(w, r, "a file in it is truncated");
    return crc32(0, out, m->bytes) == m->sum ? PLM_OK
                                             : fail(w, r, "the checksum of a file in it is wrong");
}
