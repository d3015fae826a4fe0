/* Inside the model only. */
#ifndef GATEHOUSE_SRC_MODEL_GROUP_INTERNAL_H
#define GATEHOUSE_SRC_MODEL_GROUP_INTERNAL_H

#include <gatehouse/store.h>

/* Computes the folded names of all groups again, for a migration after text_fold has changed. Of
 * groups whose folded names are now the same, the later ones keep their names but answer to
 * “NAME (2)”, “NAME (3)”. */
enum error group_refold(struct store *store) MUST_CHECK;

#endif
