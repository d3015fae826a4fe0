/* What the palette finds besides commands: accounts, groups and permissions by name. */
#ifndef GATEHOUSE_UI_PALETTE_NAMES_H
#define GATEHOUSE_UI_PALETTE_NAMES_H

#include "ui/app.h"

enum { PALETTE_NAMES = 40, PALETTE_TYPED = 80 };

struct palette_name {
    enum palette_kind { PALETTE_ACCOUNT, PALETTE_GROUP, PALETTE_PERMISSION } kind;
    int64_t number;
    char label[300];
};
struct palette_names {
    size_t count;
    struct palette_name items[PALETTE_NAMES]; /* those that begin with what was typed first */
};

/* Looks for them in the background, as the job of `owner`, whose newer one replaces it. `found` is
 * called on the main thread unless the job was dropped; what it gets is only lent. */
void palette_names_find(struct app *app, void *owner, const char *typed,
                        void (*found)(void *owner, const struct palette_names *names));
/* Keeps those that also have what is typed now, until they are looked for again. */
void palette_names_narrow(struct palette_names *names, const char *typed);
/* "account", … */
const char *palette_kind_text(enum palette_kind kind);
/* Opens the account, or the tab with the group or the permission under the cursor, as the key of
 * that tab would: a form with changes asks first. Returns effects. */
int palette_name_open(struct app *app, const struct palette_name *name);

#endif
