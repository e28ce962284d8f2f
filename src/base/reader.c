/* Reads files and decompresses gzip on the way. A gzip file is one or more members (RFC 1952),
 * possibly followed by zeros. Other bytes after a member, a member that ends early or a wrong
 * checksum mean that the file is damaged. */
#undef _GNU_SOURCE /* with _GNU_SOURCE, string.h would declare another strerror_r */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#define _FILE_OFFSET_BITS 64
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/contents.h"
#include "base/stream.h"

enum {
    BLOCK = 1 << 16,    /* bytes that are read from the file at once */
    GZIP_ONLY = 15 + 16 /* for zlib: the largest window, gzip only */
};

/* A file being read. Bytes go from the file through `block` and, if compressed, through zlib. */
struct plm_reader {
    plm *w;
    char *path;           /* own copy, for messages */
    int file;             /* descriptor; -1 = not open */
    int64_t size;         /* number of bytes on disk; -1 = not a regular file */
    int64_t from_disk;    /* bytes read from the file */
    int64_t given;        /* bytes handed out */
    bool compressed;      /* gzip, by its first bytes */
    bool inflating;       /* zlib was initialized and must be freed */
    bool in_member;       /* a gzip member has begun and not ended */
    bool at_end;          /* the file has no more bytes */
    plm_status fault;     /* a reader that failed stays failed until it is rewound */
    z_stream zlib;        /* the state of decompression, which goes on from call to call */
    size_t first, last;   /* the unread bytes of block are [first, last) */
    unsigned char *block; /* [BLOCK] */
};

/* ---- the file ---- */

/* Reads from the file into the free part of the block. Sets at_end when nothing more comes. */
static plm_status add_to_block(plm_reader *r)
{
    ssize_t n;
    do
        n = read(r->file, r->block + r->last, BLOCK - r->last);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return plm_fail_system(r->w, errno, "cannot read", r->path);
    r->last += (size_t)n;
    r->from_disk += n;
    r->at_end = n == 0;
    return PLM_OK;
}

/* Refills the block, whose bytes are all read. */
static plm_status fill(plm_reader *r)
{
    r->first = r->last = 0;
    return add_to_block(r);
}

/* Reads bytes of a plain file into out until it has n bytes or the file ends. *got: number of bytes
 * in out, updated. */
static plm_status read_plain(plm_reader *r, unsigned char *out, size_t n, size_t *got)
{
    while (*got < n) {
        if (r->first == r->last) {
            PLM_TRY(fill(r));
            if (r->at_end)
                break;
        }
        const size_t there = r->last - r->first, take = there < n - *got ? there : n - *got;
        memcpy(out + *got, r->block + r->first, take);
        r->first += take;
        *got += take;
    }
    return PLM_OK;
}

/* ---- gzip ---- */

/* Allocates memory for zlib from the runtime, so that tests can make it fail and the memory is
 * counted. */
static voidpf allocate_for_zlib(voidpf w, uInt count, uInt size)
{
    return plm_allocate_array(w, count, size);
}

/* Frees memory that zlib has taken through allocate_for_zlib. */
static void release_for_zlib(voidpf w, voidpf block)
{
    plm_release(w, block);
}

/* Fails with the position in the file where the gzip data is wrong. */
static plm_status fail_damaged(plm_reader *r, const char *how)
{
    return plm_fail(r->w, PLM_E_FORMAT, r->path, "fetch or make the file again; gzip -t tests it",
                    "'%.400s' is damaged: %s near byte %lld of the file", r->path, how,
                    (long long)(r->from_disk - (int64_t)(r->last - r->first)));
}

/* Called between two members of a gzip file: skips zeros, then starts the next member. *more =
 * false at the end of the file. */
static plm_status begin_member(plm_reader *r, bool *more)
{
    *more = false;
    for (;; r->first++) {
        if (r->first == r->last) {
            PLM_TRY(fill(r));
            if (r->at_end)
                return PLM_OK;
        }
        if (r->block[r->first] != 0)
            break;
    }
    if (r->block[r->first] != 0x1f)
        return fail_damaged(r, "something that is not gzip follows");
    if (inflateReset(&r->zlib) != Z_OK)
        return plm_fail(r->w, PLM_E_INTERNAL, r->path, "please report this fault of plummet",
                        "zlib cannot be reset");
    r->in_member = true;
    *more = true;
    return PLM_OK;
}

/* Decompresses bytes of the block into the free part of out [n]. *got: number of bytes in out,
 * updated. */
static plm_status inflate_some(plm_reader *r, unsigned char *out, size_t n, size_t *got)
{
    z_stream *z = &r->zlib;
    /* zlib counts in 32 bits, so large reads are split */
    const uInt capacity = n - *got > BLOCK * 16 ? BLOCK * 16 : (uInt)(n - *got);
    z->next_in = r->block + r->first;
    z->avail_in = (uInt)(r->last - r->first);
    z->next_out = out + *got;
    z->avail_out = capacity;
    const int result = inflate(z, Z_NO_FLUSH);
    r->first = r->last - z->avail_in;
    *got += capacity - z->avail_out;
    if (result == Z_STREAM_END)
        r->in_member = false;
    else if (result == Z_MEM_ERROR)
        return plm_fail_memory(r->w, r->path);
    else if (result != Z_OK && result != Z_BUF_ERROR)
        return fail_damaged(r, z->msg ? z->msg : "bad gzip data");
    return PLM_OK;
}

/* Decompresses bytes into out until it has n bytes or the last member ends. *got: number of bytes
 * in out, updated. */
static plm_status read_gzip(plm_reader *r, unsigned char *out, size_t n, size_t *got)
{
    while (*got < n) {
        if (!r->in_member) {
            bool more = false;
            PLM_TRY(begin_member(r, &more));
            if (!more)
                break;
        }
        if (r->first == r->last) {
            PLM_TRY(fill(r));
            if (r->at_end)
                return fail_damaged(r, "the gzip data ends early,");
        }
        PLM_TRY(inflate_some(r, out, n, got));
    }
    return PLM_OK;
}

/* Decompresses all n bytes in one call. zlib counts in 32 bits, so n and bytes must be below 4
 * GiB. */
plm_status plm_inflate(plm *w, const char *path, const void *in, size_t n, void *out, size_t bytes)
{
    z_stream z = {.zalloc = allocate_for_zlib,
                  .zfree = release_for_zlib,
                  .opaque = w,
                  .next_in = (Bytef *)(uintptr_t)in, /* not const in all versions of zlib */
                  .avail_in = (uInt)n,
                  .next_out = out,
                  .avail_out = (uInt)bytes};
    int result = inflateInit2(&z, -15);
    result = result == Z_OK ? inflate(&z, Z_FINISH) : result;
    const bool whole = result == Z_STREAM_END && z.avail_out == 0;
    (void)inflateEnd(&z);
    if (result == Z_MEM_ERROR)
        return plm_fail_memory(w, path);
    return whole ? PLM_OK
                 : plm_fail(w, PLM_E_FORMAT, path, "fetch or make the file again",
                            "'%.400s' is damaged: its compressed bytes are wrong", path);
}

/* ---- the reader ---- */

/* Fills the first block and tests whether the file is gzip: it then begins with 1f 8b 08 (08 is
 * deflate, the only method). */
static plm_status begin(plm_reader *r)
{
    PLM_TRY(fill(r));
    while (!r->at_end && r->last < 3) /* a pipe may give less than was asked for */
        PLM_TRY(add_to_block(r));
    r->at_end = false;
    r->compressed = r->last >= 3 && r->block[0] == 0x1f && r->block[1] == 0x8b && r->block[2] == 8;
    /* zlib is initialized once and reused after a rewind */
    if (!r->compressed || r->inflating)
        return PLM_OK;
    r->zlib = (z_stream){.zalloc = allocate_for_zlib, .zfree = release_for_zlib, .opaque = r->w};
    if (inflateInit2(&r->zlib, GZIP_ONLY) != Z_OK)
        return plm_fail_memory(r->w, r->path);
    r->inflating = true;
    return PLM_OK;
}

/* Opens the file and finds out its size. */
static plm_status open_file(plm_reader *r)
{
    struct stat about;
    r->file = plm_open_to_read(r->path);
    if (r->file < 0)
        return plm_fail_system(r->w, errno, "cannot open", r->path);
    if (fstat(r->file, &about) != 0)
        return plm_fail_system(r->w, errno, "cannot examine", r->path);
    if (S_ISDIR(about.st_mode))
        return plm_fail_system(r->w, EISDIR, "cannot read", r->path);
    r->size = S_ISREG(about.st_mode) ? (int64_t)about.st_size : -1;
    return begin(r);
}

/* Allocates a reader and opens the file. If something fails, everything made so far is freed. */
plm_status plm_reader_open(plm *w, const char *path, plm_reader **out)
{
    *out = NULL;
    plm_reader *r = plm_allocate(w, sizeof(plm_reader));
    if (!r)
        return PLM_E_MEMORY;
    r->w = w;
    r->file = -1;
    r->path = plm_duplicate(w, path);
    r->block = r->path ? plm_allocate(w, BLOCK) : NULL;
    const plm_status status = r->block ? open_file(r) : PLM_E_MEMORY;
    if (status < 0) {
        plm_reader_close(r);
        return status;
    }
    *out = r;
    return PLM_OK;
}

/* Reads plain or compressed bytes. After an error every further call fails until the reader is
 * rewound. */
plm_status plm_reader_read(plm_reader *r, void *out, size_t n, size_t *got)
{
    *got = 0;
    if (r->fault < 0)
        return plm_fail(r->w, r->fault, r->path, "open the file again",
                        "reading '%.400s' failed before", r->path);
    r->fault = r->compressed ? read_gzip(r, out, n, got) : read_plain(r, out, n, got);
    r->given += (int64_t)*got;
    return r->fault;
}

/* Reads n bytes. If the file ends before, the error gives the number of decompressed bytes that it
 * has. */
plm_status plm_reader_need(plm_reader *r, void *out, size_t n, const char *what)
{
    size_t got = 0;
    const int64_t start = r->given;
    PLM_TRY(plm_reader_read(r, out, n, &got));
    if (got == n)
        return PLM_OK;
    return plm_fail(r->w, PLM_E_FORMAT, r->path,
                    "the file is cut short or has another format: fetch or make it again",
                    "'%.400s' ends after %lld bytes inside its %s, %lld expected", r->path,
                    (long long)r->given, what, (long long)start + (long long)n);
}

/* Skips n bytes by reading them. */
static plm_status read_over(plm_reader *r, size_t n)
{
    unsigned char piece[4096];
    for (size_t got = 1; n > 0 && got > 0; n -= got)
        PLM_TRY(plm_reader_read(r, piece, n < sizeof(piece) ? n : sizeof(piece), &got));
    return PLM_OK;
}

/* Moves on in a plain regular file. The bytes of compressed files and pipes are read and
 * dropped. */
plm_status plm_reader_skip(plm_reader *r, size_t n)
{
    if (r->compressed || r->size < 0 || r->fault < 0)
        return read_over(r, n);
    /* the bytes in the block are skipped first, the rest by moving in the file */
    const size_t there = r->last - r->first, near = n < there ? n : there, far = n - near;
    r->first += near;
    if (far > (size_t)INT64_MAX || (far > 0 && lseek(r->file, (off_t)far, SEEK_CUR) < 0))
        return plm_fail_system(r->w, far > (size_t)INT64_MAX ? EINVAL : errno, "cannot move within",
                               r->path);
    r->from_disk += (int64_t)far;
    r->given += (int64_t)n;
    return PLM_OK;
}

/* Reads n bytes at an offset, in several calls if needed, as pread may read less than asked for. */
size_t plm_reader_at(const plm_reader *r, int64_t place, void *out, size_t n)
{
    size_t got = 0;
    while (got < n) {
        const ssize_t some = pread(r->file, (char *)out + got, n - got, (off_t)place + (off_t)got);
        if (some == 0 || (some < 0 && errno != EINTR))
            break;
        got += some > 0 ? (size_t)some : 0;
    }
    return got;
}

/* Moves to the first byte and fills the block again. A reader that failed can then be used
 * again. */
plm_status plm_reader_rewind(plm_reader *r)
{
    if (lseek(r->file, 0, SEEK_SET) < 0)
        return plm_fail_system(r->w, errno, "cannot rewind", r->path);
    r->from_disk = r->given = 0;
    r->in_member = r->at_end = false;
    r->fault = begin(r);
    return r->fault;
}

/* Maps a plain regular file into memory to read it without a copy. NULL also for a file that cannot
 * be mapped: the caller then reads it into memory. Pages are read when they are first touched. */
const char *plm_reader_map(const plm_reader *r)
{
    if (r->compressed || r->size <= 0 || (uint64_t)r->size > SIZE_MAX)
        return NULL;
    void *bytes = mmap(NULL, (size_t)r->size, PROT_READ, MAP_PRIVATE, r->file, 0);
    return bytes != MAP_FAILED ? bytes : NULL;
}

/* Frees a mapping of plm_reader_map. size: size of the whole file. */
void plm_reader_unmap(const char *bytes, int64_t size)
{
    if (bytes != NULL)
        (void)munmap((void *)(uintptr_t)bytes, (size_t)size);
}

/* Returns the size of the file on disk in bytes; -1 = a pipe or device. */
int64_t plm_reader_size(const plm_reader *r)
{
    return r->size;
}

/* True if the file is compressed; its first bytes showed it when it was opened. */
bool plm_reader_compressed(const plm_reader *r)
{
    return r->compressed;
}

/* Returns the path that the file was opened by, for messages. */
const char *plm_reader_path(const plm_reader *r)
{
    return r->path;
}

/* Frees a reader, also one that was opened in part. */
void plm_reader_close(plm_reader *r)
{
    if (!r)
        return;
    if (r->inflating)
        inflateEnd(&r->zlib);
    if (r->file >= 0)
        close(r->file);
    plm_release(r->w, r->block);
    plm_release(r->w, r->path);
    plm_release(r->w, r);
}
