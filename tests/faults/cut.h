/* A power cut: what programs have written and not synced is lost, in the way that hurts most. The
 * disk keeps a file's bytes at fsync of the file, and names at fsync of their folder.
 *   FAULTS_CUT=data    bytes that were not synced are lost, all names stay
 *   FAULTS_CUT=names   names that were not synced are undone, all bytes stay
 *   FAULTS_CUT=both
 *   FAULTS_KEEP=FOLDER on the same disk, where files that lose their name are kept */
#ifndef PLM_TESTS_FAULTS_CUT_H
#define PLM_TESTS_FAULTS_CUT_H

/* A name has come: a file was created or linked. */
void cut_created(const char *path);
/* Before a name goes over to another, or goes. */
void cut_renamed(const char *from, const char *to);
void cut_removed(const char *path);
/* Before an open file is changed, and after it or a folder was synced. */
void cut_written(int file);
void cut_synced(int file);
/* Undoes what is not on the disk. */
void cut_power(void);

#endif
