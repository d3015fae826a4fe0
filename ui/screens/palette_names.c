#include "ui/screens/palette_names.h"

#include "ui/background.h"
#include "ui/kit/table.h"
#include "ui/screens/account_form.h"

#include <gatehouse/account_list.h>
#include <gatehouse/ambient.h>
#include <gatehouse/ascii.h>
#include <gatehouse/group.h>
#include <gatehouse/permission.h>
#include <gatehouse/words.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACCOUNTS = 20, OTHERS = (PALETTE_NAMES - ACCOUNTS) / 2 };

struct finding {
    struct job job;
    void *owner;
    void (*found)(void *owner, const struct palette_names *names);
    char typed[PALETTE_TYPED * 4 + 1];
    struct palette_names names;
};

static const char *without_sa(const char *text)
{
    return ascii_ncasecmp(text, "sa::", 4) ? text : text + 4;
}

static bool begins(const struct palette_name *name, const char *typed)
{
    typed = without_sa(typed);
    return !ascii_ncasecmp(without_sa(name->label), typed, strlen(typed));
}

static struct palette_name *add(struct palette_names *names, enum palette_kind kind, int64_t number)
{
    struct palette_name *name = &names->items[names->count++];
    *name = (struct palette_name){.kind = kind, .number = number};
    return name;
}

static bool has(const struct palette_names *names, enum palette_kind kind, int64_t number)
{
    for (size_t i = 0; i < names->count; i++)
        if (names->items[i].kind == kind && names->items[i].number == number) return true;
    return false;
}

/* The accounts that match, from this name on in order. */
static enum error add_accounts(struct store *store, const char *typed, const char *from,
                               struct palette_names *names)
{
    struct account_row rows[ACCOUNTS];
    struct account_place place = {0};
    size_t count = 0;
    const struct account_query query = {.filter = typed};
    const size_t length = strnlen(from, ACCOUNT_NAME_MAX);
    for (size_t i = 0; i < length; i++)
        place.name[i] = ascii_lower(from[i]);
    enum error e = account_page(store, ambient_now(), &query, &place,
                                (struct page){.max = ACCOUNTS, .inclusive = true}, rows, &count);
    if (e == ERR_INVALID) return OK; /* no ID has a colon */
    for (size_t i = 0; i < count && !e && names->count < ACCOUNTS; i++)
        if (!has(names, PALETTE_ACCOUNT, rows[i].number))
            account_id_text(add(names, PALETTE_ACCOUNT, rows[i].number)->label, rows[i].name);
    return e;
}

static enum error add_groups(struct store *store, const char *typed, struct palette_names *names)
{
    struct group_rows *groups;
    enum error e = group_list(store, typed, OTHERS, &groups);
    if (e) return e == ERR_INVALID ? OK : e;
    for (size_t i = 0; i < groups->count; i++) {
        struct palette_name *name = add(names, PALETTE_GROUP, groups->items[i].number);
        snprintf(name->label, sizeof name->label, "%s", groups->items[i].name);
    }
    free(groups);
    return OK;
}

static enum error add_permissions(struct store *store, const char *typed,
                                  struct palette_names *names)
{
    struct permissions *all;
    enum error e = permission_list(store, &all);
    if (e) return e;
    for (size_t i = 0; i < all->count && names->count < PALETTE_NAMES; i++) {
        const char *const texts[] = {all->items[i].name, all->items[i].id};
        if (!words_match(WORDS_NONE, typed, texts, 2, "")) continue;
        struct palette_name *name = add(names, PALETTE_PERMISSION, all->items[i].number);
        snprintf(name->label, sizeof name->label, "%s", all->items[i].name);
    }
    free(all);
    return OK;
}

/* Those that begin with what was typed first, the others as they are. */
static void order(struct palette_names *names, const char *typed)
{
    for (size_t i = 1; i < names->count; i++)
        for (size_t at = i;
             at && begins(&names->items[at], typed) && !begins(&names->items[at - 1], typed);
             at--) {
            struct palette_name above = names->items[at - 1];
            names->items[at - 1] = names->items[at];
            names->items[at] = above;
        }
}

static enum error run(struct job *job, struct store *store)
{
    struct finding *finding = (struct finding *)job;
    struct palette_names *names = &finding->names;
    enum error e = add_accounts(store, finding->typed, without_sa(finding->typed), names);
    if (!e && names->count < ACCOUNTS) e = add_accounts(store, finding->typed, "", names);
    if (!e) e = add_groups(store, finding->typed, names);
    if (!e) e = add_permissions(store, finding->typed, names);
    if (!e) order(names, finding->typed);
    return e;
}

static void done(struct app *app, struct job *job, enum error e)
{
    struct finding *finding = (struct finding *)job;
    if (e) {
        finding->names.count = 0;
        app_say_error(app);
    }
    finding->found(finding->owner, &finding->names);
}

static void free_job(struct job *job)
{
    free(job);
}

void palette_names_find(struct app *app, void *owner, const char *typed,
                        void (*found)(void *owner, const struct palette_names *names))
{
    struct finding *finding = app_alloc(app, sizeof *finding);
    if (!finding) return;
    finding->job = (struct job){.owner = owner, .run = run, .done = done, .free = free_job};
    finding->owner = owner;
    finding->found = found;
    snprintf(finding->typed, sizeof finding->typed, "%s", typed);
    background_post(app->background, &finding->job);
}

void palette_names_narrow(struct palette_names *names, const char *typed)
{
    size_t kept = 0;
    for (size_t i = 0; i < names->count; i++) {
        const char *const texts[] = {names->items[i].label};
        if (words_match(WORDS_NONE, typed, texts, 1, "")) names->items[kept++] = names->items[i];
    }
    names->count = kept;
}

const char *palette_kind_text(enum palette_kind kind)
{
    return kind == PALETTE_ACCOUNT ? "account" : kind == PALETTE_GROUP ? "group" : "permission";
}

int palette_name_open(struct app *app, const struct palette_name *name)
{
    static const enum command tabs[] = {[PALETTE_ACCOUNT] = COMMAND_TAB_ACCOUNTS,
                                        [PALETTE_GROUP] = COMMAND_TAB_GROUPS,
                                        [PALETTE_PERMISSION] = COMMAND_TAB_PERMISSIONS};
    enum command tab = tabs[name->kind];
    int effects = screen_run(app->top, tab);
    if (app->top->class->tab != tab) return effects; /* it asks */
    if (name->kind == PALETTE_ACCOUNT)
        account_form_open(app, name->number);
    else
        effects |= table_show(&((struct table_screen *)app->top)->table, name->number);
    return effects | EFFECT_DRAW;
}
