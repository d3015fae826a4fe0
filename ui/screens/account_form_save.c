#include "ui/screens/form.h"

#include "ui/kit/dialog.h"
#include "ui/kit/undo.h"
#include "ui/screens/token_dialog.h"
#include "ui/screens/whatif_text.h"

#include <gatehouse/account_change.h>
#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <stdio.h>
#include <string.h>

static int create(struct form *form, struct account_details *details)
{
    struct app *app = form->screen.app;
    struct act act = app_act(app);
    struct secret *secret = NULL;
    int64_t account, token = 0, expires = WHEN_NEVER;
    enum error e = OK;
    if (form->makes_token) e = when_parse_expiry(form->token_expires.text, act.now, &expires);
    if (!e) e = store_begin(act.store);
    if (e) return app_say_error(app);
    e = account_create(&act, form->name.text, details, &account);
    if (!e && form->makes_token)
        e = token_generate(&act, account,
                           &(struct token_plan){.name = form->token_name.text, .expires = expires},
                           &token, &secret);
    e = store_end(act.store, e);
    if (e) {
        if (token) secret_free(secret);
        return app_say_error(app);
    }
    app_say(app, ROLE_GOOD, "Created sa::%s", form->name.text);
    bool shows = form->makes_token;
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

static void describe(const struct form *form, const struct account_details *details, int diff,
                     char *out, size_t size)
{
    char text[512] = "";
    if (diff == DIFF_DESCRIPTION || diff == DIFF_OWNER) {
        text_visible(text, sizeof text, diff == DIFF_OWNER ? details->owner : details->description,
                     40);
    } else {
        const struct id_set *set = diff == DIFF_GROUPS ? &details->groups : &details->permissions;
        size_t used = 0;
        for (size_t i = 0; i < set->count && used < sizeof text - 300; i++) {
            const char *name = "?";
            for (size_t j = 0; diff == DIFF_GROUPS && j < form->all_groups->count; j++)
                if (form->all_groups->items[j].number == set->ids[i])
                    name = form->all_groups->items[j].name;
            for (size_t j = 0; diff == DIFF_PERMISSIONS && j < form->catalogue->count; j++)
                if (form->catalogue->items[j].number == set->ids[i])
                    name = form->catalogue->items[j].name;
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%s%.60s", i ? ", " : "", name);
        }
    }
    snprintf(out, size, "%s", *text ? text : "(none)");
}

/* Overwrites what is there now with the form. */
static int keep_mine(struct form *form)
{
    struct account_details theirs;
    enum error e =
        account_details_load(form->screen.app->store, form->number, &theirs, &form->version);
    if (e) return app_say_error(form->screen.app);
    account_details_free(&form->saved);
    form->saved = theirs;
    return form_save(form);
}

static int conflict_answered(struct app *app, void *arg, int choice)
{
    struct form *form = arg;
    if (choice == 1) return keep_mine(form);
    if (choice == 2) {
        form->loaded = false;
        app_say(app, ROLE_GOOD, "Took what is there now");
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
    int diff = account_details_diff(&theirs, mine);
    char text[2600] = "Someone else changed this account meanwhile.\n";
    size_t used = strlen(text);
    for (int bit = DIFF_DESCRIPTION; bit <= DIFF_PERMISSIONS; bit <<= 1) {
        char a[300], b[300];
        if (!(diff & bit)) continue;
        describe(form, &theirs, bit, a, sizeof a);
        describe(form, mine, bit, b, sizeof b);
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "\n%s\n  theirs  %s\n  yours   %s", field_name(bit), a, b);
    }
    account_details_free(&theirs);
    confirm_open(form->screen.app,
                 &(struct confirm){.title = "Changed by someone else",
                                   .text = text,
                                   .choices = {{"Keep mine", 'M'}, {"Take theirs", 'T'}},
                                   .cancel = "Back",
                                   .done = conflict_answered,
                                   .arg = form});
    return EFFECT_DRAW;
}

static int write_update(struct form *form, struct account_details *mine)
{
    struct app *app = form->screen.app;
    struct act act = app_act(app);
    enum error e = account_update(&act, form->number, form->version, mine);
    if (e == ERR_CONFLICT) return ask_conflict(form, mine);
    if (e) return app_say_error(app);
    undo_say(app, "", "Updated sa::%s", form->account.row.name);
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

/* Asks first if the account gains or loses permissions; otherwise writes at once. */
static int update(struct form *form, struct account_details *mine)
{
    struct app *app = form->screen.app;
    char text[600], title[ACCOUNT_NAME_MAX + 16];
    int64_t accounts;
    const struct whatif_change change = {.account = form->number,
                                         .account_groups = &mine->groups,
                                         .account_permissions = &mine->permissions};
    if ((account_details_diff(&form->saved, mine) & (DIFF_GROUPS | DIFF_PERMISSIONS)) == 0)
        return write_update(form, mine);
    if (!whatif_describe_count(app, &change, text, sizeof text, &accounts)) return EFFECT_DRAW;
    if (!accounts) return write_update(form, mine);
    snprintf(title, sizeof title, "Update sa::%s", form->account.row.name);
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
                     .title = "Leave the form",
                     .text = "There are changes that are not written yet.",
                     .choices = {{"Drop them", 'D'}, {form->number ? "Update" : "Create", 'S'}},
                     .cancel = "Stay",
                     .done = leave_answered,
                     .arg = form});
    return true;
}

int form_leave(struct form *form)
{
    return form_asks_to_leave(form, COMMAND_NONE) ? EFFECT_DRAW : EFFECT_CLOSE;
}
