/* Asks the system about the time, this process and paths, and for large blocks of memory. Together
 * with lock.c (threads), cores.c and the files (reader.c, contents.c, file.c, path.c, paths.c,
 * place.c, tidy.c, folder.c, folder_lock.c) this is all that plummet needs of a system beyond C11.
 * Nothing outside of src/base calls the system directly (tools/check_layers system), except for the
 * terminal, signals and pipes of the command. Another system needs another version of these
 * files. */
#ifndef PLM_BASE_SYSTEM_H
#define PLM_BASE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns the time, in nanoseconds, of a clock that never goes back. It may decide which thread
 * does some work, but never change a result. */
int64_t plm_nanoseconds(void);
/* Returns the time of the clock of plm_nanoseconds in seconds. */
double plm_seconds(void);
/* Returns the time of day in seconds since 1970, for marks in files that people read. */
double plm_time_of_day(void);
/* Returns the number of this process. A child process made by fork has another one. */
int64_t plm_process(void);
/* True if something exists at the path; it may still not be readable. */
bool plm_path_exists(const char *path);
/* True if this process may write to the file or folder. If not, errno has the reason. */
bool plm_path_is_writable(const char *path);
/* Size in bytes of the longest path of this system, with its final 0. */
enum { PLM_PATH_CAPACITY = 4096 };

/* The path of standard input. */
#define PLM_STANDARD_INPUT "/dev/stdin"

/* Finds the absolute path without symbolic links; false = nothing exists at the path. */
bool plm_path_real(const char *path, char out[PLM_PATH_CAPACITY]);
/* True if the path is a folder. */
bool plm_path_is_folder(const char *path);
/* True if the path is a regular file. */
bool plm_path_is_file(const char *path);
/* True if both paths lead to the same file or folder; false if nothing exists at one of them. */
bool plm_path_is_same(const char *a, const char *b);
/* True if what is written to one path would change or replace what is written to the other. The
 * files need not exist. Pipes and devices, to which several may write, give false. */
bool plm_path_writes_same(const char *a, const char *b);
/* Returns the size of a file in bytes; -1 = there is none. */
int64_t plm_path_size(const char *path);
/* Returns a block of memory, not zeroed, for free(). bytes is a multiple of `alignment`. A large
 * block uses large pages if the system has them, so that reading rows in random order needs fewer
 * address translations. NULL = no memory. */
void *plm_system_block(size_t bytes, size_t alignment);
/* Frees a block of plm_system_block; NULL is fine. */
void plm_system_free(void *block);
/* Returns a block of memory that is a mapped file without a name in the folder: zeros, whose space
 * is reserved on the disk. NULL = it cannot be made, see errno. */
void *plm_system_file_block(const char *folder, size_t bytes);
/* Frees a block of plm_system_file_block and its file. */
void plm_system_file_free(void *block, size_t bytes);
/* Returns the bytes of memory that this machine has; 0 = not known. */
size_t plm_system_memory(void);

#endif
