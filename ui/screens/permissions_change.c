#include "ui/kit/dialog.h"
#include "ui/kit/fields.h"
#include "ui/screens/permissions_screen.h"
#include "ui/screens/whatif_text.h"

#include <stdio.h>
#include <stdlib.h>

/* A permission that a question is about. */
struct chosen {
    struct permissions_screen *screen;
    int64_t number;
};

static enum error create(struct app *app, void *arg, const char *const texts[FIELDS_MAX])
{
    (void)arg;
    struct act act = app_act(app);
    int64_t number;
    enum error e = permission_create(&act, texts[0], texts[1], texts[2], &number);
    if (!e) app_say(app, ROLE_GOOD, "✓ Added the permission %s", texts[1]);
    return e;
}

int permissions_new(struct app *app)
{
    const struct fields fields = {
        .title = "New permission",
        .fields = {{"ID", "1 to 64 of a-z 0-9 _ : . / - ; what services ask for. It never changes.",
                    NULL, PERMISSION_ID_MAX},
                   {"Name", "What lists show.", NULL, PERMISSION_NAME_MAX},
                   {"Sentence", "What it allows.", NULL, PERMISSION_SENTENCE_MAX}},
        .done = create,
    };
    return fields_open(app, &fields) ? app_say_error(app) : EFFECT_DRAW;
}

static struct chosen *choose(struct permissions_screen *screen)
{
    const struct permission *here = permissions_current(screen);
    struct chosen *chosen = here ? malloc(sizeof *chosen) : NULL;
    if (chosen) *chosen = (struct chosen){screen, here->number};
    return chosen;
}

static enum error edited(struct app *app, void *arg, const char *const texts[FIELDS_MAX])
{
    struct chosen *chosen = arg;
    struct act act = app_act(app);
    enum error e = permission_edit(&act, chosen->number, texts[0], texts[1], NULL);
    if (e) return e;
    app_say(app, ROLE_GOOD, "✓ Changed the permission %s", texts[0]);
    free(chosen);
    return OK;
}

static void forget(struct app *app, void *arg)
{
    (void)app;
    free(arg);
}

int permissions_edit(struct permissions_screen *screen)
{
    struct app *app = screen->table.app;
    const struct permission *here = permissions_current(screen);
    struct chosen *chosen = choose(screen);
    if (!chosen) return EFFECT_NONE;
    char title[PERMISSION_ID_MAX + 32];
    snprintf(title, sizeof title, "Permission %s", here->id);
    const struct fields fields = {
        .title = title,
        .fields = {{"Name", "What lists show.", here->name, PERMISSION_NAME_MAX},
                   {"Sentence", "What it allows.", here->sentence, PERMISSION_SENTENCE_MAX}},
        .done = edited,
        .cancelled = forget,
        .arg = chosen,
    };
    if (!fields_open(app, &fields)) return EFFECT_DRAW;
    free(chosen);
    return app_say_error(app);
}

static int delete_confirmed(struct app *app, void *arg, int choice)
{
    struct chosen *chosen = arg;
    struct act act = app_act(app);
    if (choice && permission_delete(&act, chosen->number))
        app_say_error(app);
    else if (choice)
        app_say(app, ROLE_GOOD, "✓ The permission was deleted");
    chosen->screen->table.drop_gone |= choice != 0;
    free(chosen);
    return choice ? EFFECT_LOAD : EFFECT_DRAW;
}

int permissions_delete(struct permissions_screen *screen)
{
    struct app *app = screen->table.app;
    const struct permission *here = permissions_current(screen);
    struct chosen *chosen = choose(screen);
    char title[PERMISSION_NAME_MAX * 4 + 32], text[900];
    if (!chosen) return EFFECT_NONE;
    const struct whatif_change change = {.gone = here->number};
    size_t used =
        (size_t)snprintf(text, sizeof text, "Held explicitly by %lld account%s and %lld group%s. ",
                         (long long)here->accounts, here->accounts == 1 ? "" : "s",
                         (long long)here->groups, here->groups == 1 ? "" : "s");
    snprintf(title, sizeof title, "Delete the permission %s", here->name);
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

int permissions_menu(struct permissions_screen *screen)
{
    static const enum command commands[] = {COMMAND_PERMISSION_HOLDERS, COMMAND_PERMISSION_EDIT,
                                            COMMAND_PERMISSION_DELETE, COMMAND_NONE};
    const struct permission *here = permissions_current(screen);
    if (!here) return EFFECT_NONE;
    menu_open(screen->table.app, here->name, screen->table.menu_row, screen->table.menu_column,
              commands);
    return EFFECT_DRAW;
}
