#include "ui/kit/dialog.h"
#include "ui/screens/group_screen.h"
#include "ui/screens/whatif_text.h"
#include "ui/undo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the fields hold now; `description` is the form's own. */
static struct group_details staged(const struct group_form *form)
{
    return (struct group_details){.description = form->description.text,
                                  .permissions = form->permissions};
}

bool group_form_is_changed(const struct group_form *form)
{
    return form->loaded && (form->joining.count || form->leaving.count ||
                            strcmp(form->saved.description, form->description.text) != 0 ||
                            !id_set_equal(&form->saved.permissions, &form->permissions));
}

/* Hands what was there before to undo. */
static void remember(struct group_form *form)
{
    struct group_details now;
    int64_t version;
    if (group_details_load(form->app->store, form->number, &now, &version)) return;
    group_details_free(&now);
    undo_push_group(form->app, form->number, version, &form->saved, &form->joining, &form->leaving);
}

static int conflict_answered(struct app *app, void *arg, int choice)
{
    struct group_form *form = arg;
    struct group_details theirs;
    if (choice == 1) {
        if (group_details_load(app->store, form->number, &theirs, &form->version))
            return app_say_error(app);
        group_details_free(&form->saved);
        form->saved = theirs;
        return group_form_save(form);
    }
    if (choice == 2) {
        form->loaded = false;
        app_say(app, ROLE_GOOD, "Took what is there now");
        return EFFECT_LOAD;
    }
    return EFFECT_DRAW;
}

static size_t count_difference(const struct id_set *a, const struct id_set *b)
{
    size_t count = 0;
    for (size_t i = 0; i < a->count; i++)
        count += !id_set_has(b, a->ids[i]);
    for (size_t i = 0; i < b->count; i++)
        count += !id_set_has(a, b->ids[i]);
    return count;
}

static int ask_conflict(struct group_form *form)
{
    struct group_details theirs;
    int64_t version;
    char text[900], refused[ERROR_MESSAGE_MAX];
    snprintf(refused, sizeof refused, "%s", error_message());
    if (group_details_load(form->app->store, form->number, &theirs, &version))
        return app_say_error(form->app);
    if (version == form->version) { /* another rule stands against it */
        group_details_free(&theirs);
        app_say(form->app, ROLE_BAD, "%s", refused);
        return EFFECT_DRAW;
    }
    size_t used = (size_t)snprintf(text, sizeof text, "Someone else changed this group meanwhile.");
    if (strcmp(theirs.description, form->description.text) != 0)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "\n\nDescription\n  theirs  %.200s\n  yours   %.200s",
                                 *theirs.description ? theirs.description : "(none)",
                                 form->description.size ? form->description.text : "(none)");
    size_t differ = count_difference(&theirs.permissions, &form->permissions);
    if (differ)
        snprintf(text + used, sizeof text - used, "\n\nPermissions\n  %zu differ%s from yours",
                 differ, differ == 1 ? "s" : "");
    group_details_free(&theirs);
    confirm_open(form->app, &(struct confirm){.title = "Changed meanwhile",
                                              .text = text,
                                              .choices = {{"Keep mine", 'M'}, {"Take theirs", 'T'}},
                                              .cancel = "Back",
                                              .done = conflict_answered,
                                              .arg = form});
    return EFFECT_DRAW;
}

static int write_form(struct group_form *form)
{
    struct app *app = form->app;
    struct act act = app_act(app);
    struct group_details mine = staged(form);
    enum error e =
        group_update(&act, form->number, form->version, &mine, &form->joining, &form->leaving);
    if (e == ERR_CONFLICT) return ask_conflict(form);
    if (e) return app_say_error(app);
    remember(form);
    app_say(app, ROLE_GOOD, "✓ Updated the group %s · U undo", form->group.name);
    return EFFECT_CLOSE;
}

static int confirmed(struct app *app, void *arg, int choice)
{
    (void)app;
    return choice ? write_form(arg) : EFFECT_DRAW;
}

/* A change that alters nobody's permissions is written at once. */
int group_form_save(struct group_form *form)
{
    struct app *app = form->app;
    char text[1000], difference[800], title[GROUP_NAME_MAX * 4 + 16];
    int64_t accounts;
    if (!group_form_is_changed(form)) return EFFECT_CLOSE;
    const struct whatif_change change = {.group = form->number,
                                         .permissions = &form->permissions,
                                         .joining = &form->joining,
                                         .leaving = &form->leaving};
    if (!whatif_look_count(app, &change, difference, sizeof difference, &accounts))
        return EFFECT_DRAW;
    bool gives_same = id_set_equal(&form->saved.permissions, &form->permissions);
    if (!accounts && (gives_same || !form->group.system)) return write_form(form);
    snprintf(text, sizeof text, "%s%s", form->group.system ? "Everyone holds every account. " : "",
             difference);
    snprintf(title, sizeof title, "Update %s", form->group.name);
    confirm_open(app, &(struct confirm){.title = title,
                                        .text = text,
                                        .choices = {{"Update", 'Y'}},
                                        .done = confirmed,
                                        .arg = form});
    return EFFECT_DRAW;
}

static int leave_answered(struct app *app, void *arg, int choice)
{
    struct group_form *form = arg;
    enum command next = form->next;
    if (choice == 2) return group_form_save(form);
    if (choice == 0) return EFFECT_DRAW;
    screen_close(app, &form->screen);
    return next ? screen_run(app, app->top, next) : EFFECT_DRAW;
}

int group_form_leave(struct group_form *form, enum command next)
{
    if (!group_form_is_changed(form)) return EFFECT_CLOSE;
    form->next = next;
    confirm_open(form->app, &(struct confirm){.title = "Leave the form",
                                              .text = "There are changes that are not written yet.",
                                              .choices = {{"Drop them", 'D'}, {"Update", 'S'}},
                                              .cancel = "Stay",
                                              .done = leave_answered,
                                              .arg = form});
    return EFFECT_DRAW;
}
