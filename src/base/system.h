/* Small questions to the system: the time, this process, paths, large blocks of memory. Together
 * with lock.c (threads), cores.c and the files (reader.c, contents.c, file.c, path.c, paths.c,
 * place.c, tidy.c, folder.c, folder_lock.c) this is all that plummet needs of a system beyond C11:
 * nothing outside src/base calls it directly (tools/check_layers system), but for the terminal,
 * signals and pipes of the command. Another system is another version of these files. */
#ifndef PLM_BASE_SYSTEM_H
#define PLM_BASE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A clock that only goes forward. It may decide who does some work, never what comes of it. */
int64_t plm_nanoseconds(void);
/* The same clock in seconds. */
double plm_seconds(void);
/* The number of this process; a child made by fork has another one. */
int64_t plm_process(void);
/* Whether a path names something. Whether it can be read is seen when it is read. */
bool plm_path_exists(const char *path);
/* Whether this process may write to the file or folder of a path; if not, errno tells why. */
bool plm_path_is_writable(const char *path);
/* Bytes of the longest path of this system, with its end. */
enum { PLM_PATH_CAPACITY = 4096 };

/* The absolute path of what is there, without links; false = nothing is. */
bool plm_path_real(const char *path, char out[PLM_PATH_CAPACITY]);
/* Whether a path names a folder, and whether it names a regular file. */
bool plm_path_is_folder(const char *path);
bool plm_path_is_file(const char *path);
/* Whether both paths name the same file or folder, in whatever way; false if one names nothing. */
bool plm_path_is_same(const char *a, const char *b);
/* Bytes of a file; -1 = there is none. */
int64_t plm_path_size(const char *path);
/* A block for free() at a multiple of `alignment`, not zeroed; bytes is a multiple of it, too. A
 * large block lies on large pages where the system has them: rows in random order then miss fewer
 * addresses. NULL = no memory. */
void *plm_system_block(size_t bytes, size_t alignment);

#endif
