#include "ui/screens/form.h"

#include "ui/kit/dialog.h"
#include "ui/kit/undo.h"
#include "ui/screens/conflict.h"
#include "ui/screens/token_dialog.h"
#include "ui/screens/whatif_text.h"

#include <gatehouse/account_change.h>
#include <gatehouse/ambient.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <string.h>

/* Says what is wrong; the cursor goes to it. */
static int refuse(struct form *form, enum part part)
{
    form->part = part;
    return app_say_error(form->screen.app);
}

static void say_created(struct app *app, int64_t number)
{
    struct account_row account;
    if (!account_get(app->store, ambient_now(), number, &account))
        app_say(app, ROLE_GOOD, "✓ Created sa::%s", account.name);
}

static int create(struct form *form, struct account_details *details)
{
    struct app *app = form->screen.app;
    struct act act = app_act(app);
    struct secret *secret = NULL;
    int64_t account, token = 0;
    enum builder_part part = BUILDER_NAME;
    if (store_begin(act.store)) return app_say_error(app);
    enum error e = account_create(&act, form->name.text, details, &account);
    enum part wrong = PART_NAME;
    if (!e && form->makes_token) {
        e = token_builder_generate(&form->builder, &act, account, &token, &secret, &part);
        wrong = (enum part)(PART_BUILDER + (int)part);
    }
    e = store_end(act.store, e);
    if (e) {
        if (token) secret_free(secret);
        return refuse(form, wrong);
    }
    say_created(app, account);
    bool shows = form->makes_token;
    if (form->created) form->created(form->created_arg, account);
    screen_close(&form->screen);
    if (shows) token_dialog_open(app, token, secret);
    return EFFECT_DRAW;
}

static const char *field_name(int diff)
{
    return diff == DIFF_DESCRIPTION ? "Description"
           : diff == DIFF_OWNER     ? "Owner"
           : diff == DIFF_GROUPS    ? "Groups"
                                    : "Permissions";
}

/* The name of a group or a permission. */
static const char *name_of(const struct form *form, int diff, int64_t number)
{
    for (size_t i = 0; diff == DIFF_GROUPS && i < form->all_groups->count; i++)
        if (form->all_groups->items[i].number == number) return form->all_groups->items[i].name;
    for (size_t i = 0; diff == DIFF_PERMISSIONS && i < form->catalogue->count; i++)
        if (form->catalogue->items[i].number == number) return form->catalogue->items[i].name;
    return "?";
}

/* Appends those of `set` that are not in `but` (NULL: all), each after `sign`. */
static void add_names(const struct form *form, int diff, const struct id_set *set,
                      const struct id_set *but, const char *sign, char *out, size_t size)
{
    enum { NAME = 70 };
    size_t used = strlen(out);
    for (size_t i = 0; i < set->count && used + NAME < size; i++) {
        if (but && id_set_has(but, set->ids[i])) continue;
        used += (size_t)snprintf(out + used, size - used, "%s%s%.60s", used ? ", " : "", sign,
                                 name_of(form, diff, set->ids[i]));
    }
}

static const struct id_set *set_of(const struct account_details *details, int diff)
{
    return diff == DIFF_GROUPS ? &details->groups : &details->permissions;
}

static const char *text_of(const struct account_details *details, int diff)
{
    return diff == DIFF_OWNER ? details->owner : details->description;
}

/* A field that was changed here: theirs as it is now, yours as what was changed. */
static void describe(const struct form *form, const struct account_details *theirs,
                     const struct account_details *mine, int diff, char a[static 300],
                     char b[static 300])
{
    enum { SHOWN = 40, SIZE = 300 };
    a[0] = b[0] = 0;
    if (diff == DIFF_DESCRIPTION || diff == DIFF_OWNER) {
        text_visible(a, SIZE, text_of(theirs, diff), SHOWN);
        text_visible(b, SIZE, text_of(mine, diff), SHOWN);
    } else {
        const struct id_set *base = set_of(&form->saved, diff), *own = set_of(mine, diff);
        add_names(form, diff, set_of(theirs, diff), NULL, "", a, SIZE);
        add_names(form, diff, own, base, "with ", b, SIZE);
        add_names(form, diff, base, own, "without ", b, SIZE);
    }
    if (!*a) snprintf(a, SIZE, "(none)");
    if (!*b) snprintf(b, SIZE, "(none)");
}

/* Writes over what is there now only what was changed here. */
static int keep_mine(struct form *form)
{
    struct app *app = form->screen.app;
    struct account_details mine = {0}, theirs = {0}, merged = {0};
    enum error e = form_details(form, &mine);
    if (!e) e = account_details_load(app->store, form->number, &theirs, &form->version);
    if (!e) e = account_details_merge(&form->saved, &mine, &theirs, &merged);
    account_details_free(&mine);
    if (e) {
        account_details_free(&theirs);
        return app_say_error(app);
    }
    account_details_free(&form->saved);
    form->saved = theirs;
    field_set(&form->description, merged.description);
    field_set(&form->owner, merged.owner);
    id_set_free(&form->groups);
    id_set_free(&form->permissions);
    form->groups = merged.groups;
    form->permissions = merged.permissions;
    merged.groups = merged.permissions = (struct id_set){0};
    account_details_free(&merged);
    return form_save(form);
}

static int conflict_answered(struct app *app, void *arg, int choice)
{
    struct form *form = arg;
    if (choice == 1) return keep_mine(form);
    if (choice == 2) {
        form->loaded = false;
        app_say(app, ROLE_GOOD, "Loaded the current version");
        return EFFECT_LOAD;
    }
    return EFFECT_DRAW;
}

static int ask_conflict(struct form *form, const struct account_details *mine)
{
    struct account_details theirs;
    int64_t version;
    if (account_details_load(form->screen.app->store, form->number, &theirs, &version))
        return app_say_error(form->screen.app);
    int diff = account_details_diff(&form->saved, mine);
    char text[2600];
    conflict_changes(form->screen.app, form->number, NULL, form->seen, text, sizeof text);
    for (int bit = DIFF_DESCRIPTION; bit <= DIFF_PERMISSIONS; bit <<= 1) {
        char a[300], b[300];
        if (!(diff & bit)) continue;
        describe(form, &theirs, mine, bit, a, b);
        conflict_add_field(text, sizeof text, field_name(bit), a, b);
    }
    account_details_free(&theirs);
    return conflict_ask(form->screen.app, text, conflict_answered, form);
}

static int write_update(struct form *form, struct account_details *mine)
{
    struct app *app = form->screen.app;
    struct act act = app_act(app);
    enum error e = account_update(&act, form->number, form->version, mine);
    if (e == ERR_CONFLICT) return ask_conflict(form, mine);
    if (e) return app_say_error(app);
    undo_say(app, "", "Updated sa::%s", form->account.name);
    return EFFECT_CLOSE;
}

static int update_answered(struct app *app, void *arg, int choice)
{
    struct account_details mine;
    if (!choice) return EFFECT_DRAW;
    if (form_details(arg, &mine)) return app_say_error(app);
    int effects = write_update(arg, &mine);
    account_details_free(&mine);
    return effects;
}

/* Asks first if the account gains or loses permissions; otherwise writes at once. What it would
 * gain or lose is worth asking only without a conflict. */
static int update(struct form *form, struct account_details *mine)
{
    struct app *app = form->screen.app;
    char text[600], title[ACCOUNT_NAME_MAX + 16];
    int64_t accounts;
    struct account_details present;
    int64_t version;
    if (account_details_load(app->store, form->number, &present, &version))
        return app_say_error(app);
    account_details_free(&present);
    if (version != form->version) return ask_conflict(form, mine);
    const struct whatif_change change = {.account = form->number,
                                         .account_groups = &mine->groups,
                                         .account_permissions = &mine->permissions};
    if ((account_details_diff(&form->saved, mine) & (DIFF_GROUPS | DIFF_PERMISSIONS)) == 0)
        return write_update(form, mine);
    if (!whatif_describe_count(app, &change, text, sizeof text, &accounts)) return EFFECT_DRAW;
    if (!accounts) return write_update(form, mine);
    snprintf(title, sizeof title, "Update sa::%s", form->account.name);
    confirm_open(app, &(struct confirm){.title = title,
                                        .text = text,
                                        .choices = {{"Update", 'Y'}},
                                        .done = update_answered,
                                        .arg = form});
    return EFFECT_DRAW;
}

int form_save(struct form *form)
{
    struct app *app = form->screen.app;
    struct account_details mine;
    bool renames = form->renaming;
    if (!form_commit_rename(form)) return EFFECT_DRAW;
    if (form->number && !form_is_changed(form)) {
        if (!renames) app_say(app, ROLE_MUTED, "Nothing changed");
        return EFFECT_CLOSE;
    }
    if (form_details(form, &mine)) return app_say_error(app);
    int effects = form->number ? update(form, &mine) : create(form, &mine);
    account_details_free(&mine);
    return effects;
}

static int leave_answered(struct app *app, void *arg, int choice)
{
    struct form *form = arg;
    enum command next = form->next;
    if (choice == 2) return form_save(form);
    if (choice == 0) return EFFECT_DRAW;
    screen_close(&form->screen);
    return next ? screen_run(app->top, next) : EFFECT_DRAW;
}

bool form_asks_to_leave(struct form *form, enum command next)
{
    if (!form_is_changed(form)) return false;
    form->next = next;
    confirm_open(form->screen.app,
                 &(struct confirm){
                     .title = "Unsaved changes",
                     .text = "You have unsaved changes.",
                     .choices = {{"Discard them", 'Y'}, {form->number ? "Update" : "Create", 'W'}},
                     .cancel = "Stay",
                     .done = leave_answered,
                     .arg = form});
    return true;
}

int form_leave(struct form *form)
{
    return form_asks_to_leave(form, COMMAND_NONE) ? EFFECT_DRAW : EFFECT_CLOSE;
}
