/* What the files of the Groups tab share. */
#ifndef GATEHOUSE_UI_GROUPS_SCREEN_H
#define GATEHOUSE_UI_GROUPS_SCREEN_H

#include "ui/kit/table.h"

#include <gatehouse/group.h>

struct groups {
    struct screen screen;
    struct table table;
};

/* The one under the cursor, or NULL. */
static inline const struct group *groups_current(const struct groups *groups)
{
    return list_current(&groups->table.list);
}

/* n, r, D and the menu. Return effects. */
int groups_new(struct groups *groups);
int groups_rename(struct groups *groups);
int groups_delete(struct groups *groups);
int groups_menu(struct groups *groups);

#endif
