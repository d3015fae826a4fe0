/* What the files of the Permissions tab share. */
#ifndef GATEHOUSE_UI_PERMISSIONS_SCREEN_H
#define GATEHOUSE_UI_PERMISSIONS_SCREEN_H

#include "ui/kit/table.h"

#include <gatehouse/permission.h>

enum permissions_sort { BY_NAME, BY_ID, BY_ACCOUNTS, BY_GROUPS };

struct permission_entry {
    struct permission permission;
    int64_t holders; /* effectively; -1: not counted yet */
    bool fresh;      /* counted since the last load */
};

/* The catalogue is short: it is read whole, and the list pages over what matches. */
struct permissions_screen {
    struct screen screen;
    struct table table;
    struct permission_entry *entries; /* those that match, in order */
    size_t count, total;
    bool counting; /* holders, in the background */
};

/* Reads the catalogue anew, as far as it matches the filter. */
enum error permissions_read(struct permissions_screen *screen) MUST_CHECK;
/* How many accounts hold it effectively, -1 while that is not counted. */
int64_t permissions_holders(const struct permissions_screen *screen, int64_t number);
extern const struct table_source permissions_source;

/* permissions_count.c: who holds what effectively, one permission after the other. */
bool permissions_want_holders(const struct permissions_screen *screen);
void permissions_count_holders(struct permissions_screen *screen);
void permissions_stop_counting(struct permissions_screen *screen);

/* The one under the cursor, or NULL. */
static inline const struct permission *permissions_current(const struct permissions_screen *screen)
{
    const struct permission_entry *here = list_current(&screen->table.list);
    return here ? &here->permission : NULL;
}

/* n, e, D and the menu. Return effects. */
int permissions_new(struct app *app);
int permissions_edit(struct permissions_screen *screen);
int permissions_delete(struct permissions_screen *screen);
int permissions_menu(struct permissions_screen *screen);

#endif
