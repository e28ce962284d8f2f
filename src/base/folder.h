/* Folders, by descriptors: what a descriptor names stays the same when the folder is renamed. All
 * functions that return false or -1 leave the reason in errno. */
#ifndef PLM_BASE_FOLDER_H
#define PLM_BASE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/* In place of a descriptor: the folder where the program runs. Other than -1, an error. */
enum { PLM_FOLDER_HERE = -2 };

/* The descriptor of a folder that lies below another one; -1 = an error. */
int plm_folder_open(int below, const char *name);
/* Closes a descriptor; a negative one is fine. Leaves errno alone. */
void plm_folder_close(int folder);
/* Calls visit(user, name) for each entry of a folder, "." and ".." included, in no order, until one
 * call returns false, which is then the result. */
bool plm_folder_each(int folder, bool (*visit)(void *user, const char *name), void *user);
/* The same for the folder of a path. */
bool plm_folder_each_at(const char *path, bool (*visit)(void *user, const char *name), void *user);
/* Whether a folder has an entry of that name. */
bool plm_folder_has(int folder, const char *name);
/* Makes a folder; EEXIST = the name is taken. */
bool plm_folder_make(int below, const char *name);
/* Makes a folder and those above it. *kept = length of the part of the path that was there. */
bool plm_folder_make_all(const char *path, size_t *kept);
/* Removes an empty folder. */
bool plm_folder_remove(int below, const char *name);
/* Removes the folders of a path beyond its first `kept` characters, the deepest first, until one is
 * not empty. */
void plm_folder_remove_all(const char *path, size_t kept);
/* Removes a file of a folder. */
bool plm_folder_drop(int folder, const char *name);
/* Gives a file a second name: the same one in another folder. */
bool plm_folder_link(int from, int to, const char *name);
/* Moves an entry to another name in another folder, over what is there. */
bool plm_folder_move(int from, const char *old, int to, const char *name);
/* Removes the files NAME.XXXXXXXX.part that killed programs left in a folder. To be called while
 * nobody writes there, or when the program ends at once. */
void plm_folder_tidy(const char *path);

#endif
