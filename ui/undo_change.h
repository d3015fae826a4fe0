/* Inside of undo: what is remembered of a change. */
#ifndef GATEHOUSE_UI_UNDO_CHANGE_H
#define GATEHOUSE_UI_UNDO_CHANGE_H

#include "ui/undo.h"

#include <gatehouse/token.h>

enum { UNDO_MAX = 20 };
enum undo_kind { KIND_BULK, KIND_SUSPENDED, KIND_EXPIRY, KIND_RENAME, KIND_DETAILS, KIND_GROUP };

struct change {
    enum undo_kind kind;
    enum bulk_kind bulk;
    int64_t target;
    bool on; /* what was set */
    int64_t expired_before, expires_after;
    int64_t version;
    struct id_set rows; /* accounts or tokens, as the kind says */
    char before[TOKEN_NAME_MAX * 4 + 1], after[TOKEN_NAME_MAX * 4 + 1];
    struct account_details details;
    struct group_details group;
    struct id_set joined, left; /* of the group */
};

struct undo {
    struct change changes[UNDO_MAX];
    size_t count;
};

/* What takes it back; BULK_COUNT: nothing does. */
enum bulk_kind undo_inverse(enum bulk_kind kind);
void undo_change_free(struct change *change);

#endif
