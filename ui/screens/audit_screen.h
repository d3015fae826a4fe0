/* What the files of the Audit tab share. */
#ifndef GATEHOUSE_UI_AUDIT_SCREEN_H
#define GATEHOUSE_UI_AUDIT_SCREEN_H

#include "ui/screens/audit_filter.h"

/* An event as the list shows it. */
struct audited {
    int64_t sequence, at, account;
    char who[160], from[136], kind[48], subject[260], change[400];
};

struct audit {
    struct screen screen;
    struct table table;
    struct table_source source; /* its title says whether the list follows */
    bool following;             /* the cursor stays on the newest event */
    int64_t newest;             /* the newest event of the last load; -1: none was done */
};

/* The one under the cursor, or NULL. */
static inline const struct audited *audit_current(const struct audit *audit)
{
    return list_current(&audit->table.list);
}

void audit_draw(struct app *app, struct screen *screen, const struct canvas *canvas);

/* The whole event in a dialog. Returns effects. */
int audit_event_open(struct app *app, int64_t sequence);
/* The form of an account that an event names; says so when it is gone. Returns effects. */
int audit_account_open(struct app *app, int64_t account);

#endif
