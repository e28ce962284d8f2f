/* Works with folders by their descriptors. A descriptor still refers to the same folder after the
 * folder is renamed. All functions that return false or -1 leave the reason in errno. */
#ifndef PLM_BASE_FOLDER_H
#define PLM_BASE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/* Stands for the current folder of the process where a descriptor is expected. It differs from -1,
 * which means an error. */
enum { PLM_FOLDER_HERE = -2 };
/* Bytes of the date of a file, with its 0 byte. */
enum { PLM_DATE_CAPACITY = 24 };

/* Opens the folder `name` in the folder `below` and returns its descriptor; -1 = an error. */
int plm_folder_open(int below, const char *name);
/* Opens the folder `name` in the folder `below`, but does not follow a symbolic link: errno is then
 * ELOOP or ENOTDIR. Returns the descriptor; -1 = an error. */
int plm_folder_open_itself(int below, const char *name);
/* Closes a descriptor; a negative one is fine. Leaves errno alone. */
void plm_folder_close(int folder);
/* Calls visit(user, name) for each entry of a folder, "." and ".." included, in any order. If a
 * call returns false, the walk ends and returns false. */
bool plm_folder_each(int folder, bool (*visit)(void *user, const char *name), void *user);
/* Calls visit(user, name) for each entry of the folder at a path. If a call returns false, the walk
 * ends and returns false. */
bool plm_folder_each_at(const char *path, bool (*visit)(void *user, const char *name), void *user);
/* True if a folder has an entry of that name. */
bool plm_folder_has(int folder, const char *name);
/* Writes into out when the entry `name` was last changed, in local time, as "2026-03-31 17:05".
 * Returns false if there is no such entry. below may be PLM_FOLDER_HERE. */
bool plm_folder_date(int below, const char *name, char out[PLM_DATE_CAPACITY]);
/* Makes the folder `name` in the folder `below`. errno is EEXIST if the name is taken. */
bool plm_folder_make(int below, const char *name);
/* Makes a folder and the missing folders above it. *kept = length of the part of the path that
 * existed before. */
bool plm_folder_make_all(const char *path, size_t *kept);
/* Removes the empty folder `name` in the folder `below`. */
bool plm_folder_remove(int below, const char *name);
/* Removes the folders of a path beyond its first `kept` characters, the deepest first, until one is
 * not empty. */
void plm_folder_remove_all(const char *path, size_t kept);
/* Removes the file `name` in a folder. */
bool plm_folder_drop(int folder, const char *name);
/* Gives the file `name` in the folder `from` a second name (a hard link): the same name in the
 * folder `to`. */
bool plm_folder_link(int from, int to, const char *name);
/* Moves the entry `old` of the folder `from` to `name` in the folder `to`. A file of that name is
 * replaced. */
bool plm_folder_move(int from, const char *old, int to, const char *name);
/* Removes the files NAME.XXXXXXXX.part that killed programs left in a folder. Call it only while
 * nobody writes into the folder, or directly before the program ends. */
void plm_folder_tidy(const char *path);

#endif
