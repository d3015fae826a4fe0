/* Inside the model only. */
#ifndef GATEHOUSE_SRC_MODEL_GROUP_INTERNAL_H
#define GATEHOUSE_SRC_MODEL_GROUP_INTERNAL_H

#include <gatehouse/store.h>

/* Makes the folded names of all groups anew, for a migration after text_fold has changed. Of groups
 * whose names have become one, the later ones keep theirs but answer to “NAME (2)”, “NAME (3)”. */
enum error group_refold(struct store *store) MUST_CHECK;

#endif
