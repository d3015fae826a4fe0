#include "ui/screens/group_form.h"

#include "ui/screens/group_screen.h"
#include "ui/terminal/input.h"

#include <gatehouse/ambient.h>
#include <stdlib.h>

static int step(struct group_form *form, int by)
{
    form->part = (enum group_part)(((int)form->part + by + GROUP_PART_COUNT) % GROUP_PART_COUNT);
    return EFFECT_LOAD;
}

static enum error fill_fields(struct group_form *form)
{
    struct group_details details;
    enum error e = group_details_load(form->app->store, form->number, &details, &form->version);
    if (e) return e;
    group_details_free(&form->saved);
    form->saved = details;
    field_set(&form->description, details.description);
    id_set_free(&form->permissions);
    id_set_free(&form->joining);
    id_set_free(&form->leaving);
    return id_set_copy(&form->permissions, &details.permissions);
}

static enum error fill_members(struct group_form *form)
{
    struct canvas canvas = {.rows = form->app->rows - 2, .columns = form->app->columns};
    size_t rows = group_form_member_rows(form, &canvas);
    enum error e = list_set_height(&form->members, rows ? rows : 1);
    return e ? e : list_refresh(&form->members);
}

static enum error load(struct app *app, struct screen *screen)
{
    struct group_form *form = (struct group_form *)screen;
    struct permissions *catalogue;
    form->now = ambient_now();
    enum error e = group_get(app->store, form->number, &form->group);
    /* What is being typed stays; whoever wrote meanwhile is met at Update. */
    if (!e && !group_form_is_changed(form)) e = fill_fields(form);
    if (!e) e = permission_list(app->store, &catalogue);
    if (e) return e;
    free(form->catalogue);
    form->catalogue = catalogue;
    if (form->grid.at >= catalogue->count) form->grid.at = 0;
    e = fill_members(form);
    if (!e) form->loaded = true;
    return e;
}

static int text_key(struct group_form *form, int key)
{
    enum field_effect effect;
    if (key == UI_TAB) return step(form, 1);
    if (key == UI_BACK_TAB) return step(form, -1);
    if (key == UI_PASTE) {
        size_t size;
        const char *paste = input_paste(form->app->input, &size);
        effect = field_paste(&form->description, paste, size);
    } else {
        effect = field_key(&form->description, key);
    }
    return effect == FIELD_PASSED ? EFFECT_PASS : EFFECT_LOAD;
}

static int key(struct app *app, struct screen *screen, int pressed)
{
    (void)app;
    struct group_form *form = (struct group_form *)screen;
    if (!form->loaded) return EFFECT_PASS;
    if (form->part == GROUP_PART_DESCRIPTION) return text_key(form, pressed);
    bool presses = pressed == UI_ENTER || pressed == ' ';
    if (form->part == GROUP_PART_SAVE && presses) return group_form_save(form);
    if (form->part == GROUP_PART_CANCEL && presses) return group_form_leave(form, COMMAND_NONE);
    return pressed == UI_PASTE ? EFFECT_NONE : EFFECT_PASS;
}

static int toggle(struct group_form *form)
{
    if (!form->catalogue->count) return EFFECT_NONE;
    int64_t permission = form->catalogue->items[form->grid.at].number;
    enum error e = OK;
    if (id_set_has(&form->permissions, permission))
        id_set_remove(&form->permissions, permission);
    else
        e = id_set_add(&form->permissions, permission);
    return e ? app_say_error(form->app) : EFFECT_DRAW;
}

static int run_grid(struct group_form *form, enum command command)
{
    if (command == COMMAND_GRID_TOGGLE || command == COMMAND_GRID_GRANT) return toggle(form);
    return grid_run(&form->grid, form->catalogue, command);
}

static int run(struct app *app, struct screen *screen, enum command command)
{
    (void)app;
    struct group_form *form = (struct group_form *)screen;
    switch (command) {
    case COMMAND_FORM_SAVE:
        return group_form_save(form);
    case COMMAND_ESCAPE:
    case COMMAND_BACK:
        return group_form_leave(form, COMMAND_NONE);
    case COMMAND_NEXT_PART:
        return step(form, 1);
    case COMMAND_PREVIOUS_PART:
        return step(form, -1);
    default:
        break;
    }
    if (form->part == GROUP_PART_MEMBERS) return group_members_run(form, command);
    return form->part == GROUP_PART_PERMISSIONS ? run_grid(form, command) : EFFECT_PASS;
}

static bool leave(struct app *app, struct screen *screen, enum command next)
{
    (void)app;
    struct group_form *form = (struct group_form *)screen;
    if (!group_form_is_changed(form)) return true;
    int ignored = group_form_leave(form, next);
    (void)ignored;
    return false;
}

static unsigned contexts(const struct app *app, const struct screen *screen)
{
    (void)app;
    const struct group_form *form = (const struct group_form *)screen;
    switch (form->part) {
    case GROUP_PART_DESCRIPTION:
        return CONTEXT_FORM | CONTEXT_TEXT;
    case GROUP_PART_MEMBERS:
        return CONTEXT_FORM | CONTEXT_LIST | CONTEXT_MEMBERS;
    case GROUP_PART_PERMISSIONS:
        return CONTEXT_FORM | CONTEXT_GRID;
    default:
        return CONTEXT_FORM;
    }
}

static const char *why_not(const struct app *app, const struct screen *screen, enum command command)
{
    (void)app, (void)screen;
    return command == COMMAND_GRID_WHY ? "it is asked of an account" : NULL;
}

static void close_form(struct app *app, struct screen *screen)
{
    (void)app;
    struct group_form *form = (struct group_form *)screen;
    field_free(&form->description);
    group_details_free(&form->saved);
    id_set_free(&form->permissions);
    id_set_free(&form->joining);
    id_set_free(&form->leaving);
    list_free(&form->members);
    free(form->catalogue);
    free(form);
}

static const enum command footer[] = {COMMAND_MEMBER_ADD,  COMMAND_MEMBER_REMOVE,
                                      COMMAND_GRID_TOGGLE, COMMAND_FORM_SAVE,
                                      COMMAND_HELP,        COMMAND_NONE};

static const struct screen_class form_class = {
    .title = "Group",
    .footer = footer,
    .contexts = contexts,
    .load = load,
    .draw = group_form_draw,
    .key = key,
    .run = run,
    .leave = leave,
    .why_not = why_not,
    .close = close_form,
};

void group_form_open(struct app *app, int64_t group)
{
    struct group_form *form = calloc(1, sizeof *form);
    if (!form) {
        app_say(app, ROLE_BAD, "out of memory");
        return;
    }
    form->screen.class = &form_class;
    form->app = app;
    form->number = group;
    form->part = GROUP_PART_MEMBERS;
    list_init(&form->members, &group_members_source, form);
    if (field_init(&form->description, GROUP_DESCRIPTION_MAX, true)) {
        app_say_error(app);
        close_form(app, &form->screen);
        return;
    }
    screen_push(app, &form->screen);
}
