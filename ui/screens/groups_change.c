#include "ui/kit/dialog.h"
#include "ui/screens/group_form.h"
#include "ui/screens/groups_screen.h"
#include "ui/screens/whatif_text.h"

#include <stdio.h>
#include <stdlib.h>

/* A group that a question is about; the row under the cursor may be another by then. */
struct chosen {
    struct groups *groups;
    int64_t number;
};

static struct chosen *choose(struct groups *groups)
{
    const struct group *here = groups_current(groups);
    struct chosen *chosen = here ? malloc(sizeof *chosen) : NULL;
    if (chosen) *chosen = (struct chosen){groups, here->number};
    return chosen;
}

static void forget(struct app *app, void *arg)
{
    (void)app;
    free(arg);
}

static enum error name_given(struct app *app, void *arg, const char *text, struct secret *unused)
{
    (void)unused, (void)arg;
    struct act act = app_act(app);
    int64_t number;
    enum error e = group_create(&act, text, &number);
    if (e) return e;
    app_say(app, ROLE_GOOD, "✓ Created the group %s", text);
    group_form_open(app, number);
    return OK;
}

int groups_new(struct groups *groups)
{
    struct app *app = groups->table.app;
    enum error e = prompt_open(app, &(struct prompt){.title = "New group",
                                                     .label = "Name",
                                                     .note = "1 to 64 printable characters.",
                                                     .max = GROUP_NAME_MAX,
                                                     .done = name_given});
    return e ? app_say_error(app) : EFFECT_DRAW;
}

static enum error renamed(struct app *app, void *arg, const char *text, struct secret *unused)
{
    (void)unused;
    struct chosen *chosen = arg;
    struct act act = app_act(app);
    enum error e = group_rename(&act, chosen->number, text);
    if (e) return e;
    app_say(app, ROLE_GOOD, "✓ Renamed to %s", text);
    free(chosen);
    return OK;
}

int groups_rename(struct groups *groups)
{
    struct app *app = groups->table.app;
    struct chosen *chosen = choose(groups);
    if (!chosen) return EFFECT_NONE;
    enum error e = prompt_open(app, &(struct prompt){.title = "Rename the group",
                                                     .label = "Name",
                                                     .initial = groups_current(groups)->name,
                                                     .max = GROUP_NAME_MAX,
                                                     .done = renamed,
                                                     .cancelled = forget,
                                                     .arg = chosen});
    if (!e) return EFFECT_DRAW;
    free(chosen);
    return app_say_error(app);
}

static int delete_confirmed(struct app *app, void *arg, int choice)
{
    struct chosen *chosen = arg;
    struct act act = app_act(app);
    if (choice && group_delete(&act, chosen->number))
        app_say_error(app);
    else if (choice)
        app_say(app, ROLE_GOOD, "✓ The group was deleted");
    chosen->groups->table.drop_gone |= choice != 0;
    free(chosen);
    return choice ? EFFECT_LOAD : EFFECT_DRAW;
}

int groups_delete(struct groups *groups)
{
    struct app *app = groups->table.app;
    struct chosen *chosen = choose(groups);
    char title[GROUP_NAME_MAX * 4 + 32], text[900];
    if (!chosen) return EFFECT_NONE;
    const struct whatif_change change = {.group = chosen->number, .deleted = true};
    size_t used = (size_t)snprintf(text, sizeof text, "%lld member%s. ",
                                   (long long)groups_current(groups)->members,
                                   groups_current(groups)->members == 1 ? "" : "s");
    snprintf(title, sizeof title, "Delete the group %s", groups_current(groups)->name);
    if (!whatif_look(app, &change, text + used, sizeof text - used)) {
        free(chosen);
        return EFFECT_DRAW;
    }
    confirm_open(app, &(struct confirm){.title = title,
                                        .text = text,
                                        .choices = {{"Delete", 'Y'}},
                                        .done = delete_confirmed,
                                        .arg = chosen});
    return EFFECT_DRAW;
}

int groups_menu(struct groups *groups)
{
    static const enum command commands[] = {COMMAND_GROUP_EDIT, COMMAND_GROUP_RENAME,
                                            COMMAND_GROUP_SUSPEND, COMMAND_GROUP_DELETE,
                                            COMMAND_NONE};
    const struct group *here = groups_current(groups);
    if (!here) return EFFECT_NONE;
    menu_open(groups->table.app, here->name, groups->table.menu_row, groups->table.menu_column,
              commands);
    return EFFECT_DRAW;
}
