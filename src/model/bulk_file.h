/* The file that a bulk generation writes its tokens to: on the disk before the commit, and removed
 * when that does not come. */
#ifndef GATEHOUSE_MODEL_BULK_FILE_H
#define GATEHOUSE_MODEL_BULK_FILE_H

#include <gatehouse/secret.h>
#include <stdbool.h>

struct bulk_file;

/* A new file, 0600; nothing is overwritten. Closed with bulk_file_close. */
enum error bulk_file_open(const char *path, struct bulk_file **out) MUST_CHECK;
/* "sa::name<TAB>token". */
enum error bulk_file_add(struct bulk_file *file, const char *name,
                         const struct secret *token) MUST_CHECK;
enum error bulk_file_sync(struct bulk_file *file) MUST_CHECK;
/* Keeps the file or removes it; frees. */
void bulk_file_close(struct bulk_file *file, bool keep);

#endif
