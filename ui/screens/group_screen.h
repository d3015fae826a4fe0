/* What the files of the group form share. */
#ifndef GATEHOUSE_UI_GROUP_SCREEN_H
#define GATEHOUSE_UI_GROUP_SCREEN_H

#include "ui/kit/field.h"
#include "ui/kit/grid.h"
#include "ui/kit/list.h"
#include "ui/kit/pane.h"
#include "ui/screen.h"

#include <gatehouse/group.h>

/* In Tab order. */
enum group_part {
    GROUP_PART_DESCRIPTION,
    GROUP_PART_MEMBERS,
    GROUP_PART_PERMISSIONS,
    GROUP_PART_SAVE,
    GROUP_PART_CANCEL,
    GROUP_PART_COUNT
};

struct group_form {
    struct screen screen;
    int64_t number;
    enum group_part part;
    bool loaded;
    int64_t now;

    struct group group;
    struct group_details saved; /* as the fields were filled */
    int64_t version;
    int64_t seen; /* the newest event when the fields were filled */
    struct field description;
    struct id_set permissions, joining, leaving; /* staged */

    struct list members; /* those who join come first */
    struct permissions *catalogue;
    struct grid grid;
    struct pane pane;
    enum command next; /* what leaving the form was asked for; COMMAND_NONE: going back */
};

/* group_members.c */
struct group_member {
    struct account_row row;
    bool joining;
};
extern const struct list_source group_members_source;
int group_member_add(struct screen *screen);
int group_member_remove(struct screen *screen);
const char *group_member_why_not(const struct screen *screen);
const char *group_member_why_not_remove(const struct screen *screen);
int group_members_move(struct group_form *form, enum command command);

#endif
