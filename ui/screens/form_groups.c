#include "ui/screens/form.h"

#include "ui/kit/chooser.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct group *find(const struct form *form, int64_t number)
{
    for (size_t i = 0; i < form->all_groups->count; i++)
        if (form->all_groups->items[i].number == number) return &form->all_groups->items[i];
    return NULL;
}

/* One chip; returns its columns. The first is Everyone, which cannot be taken out. */
static int draw_chip(struct form *form, const struct canvas *canvas, int row, int column,
                     size_t index)
{
    int64_t number = index == 0 ? GROUP_EVERYONE : form->groups.ids[index - 1];
    const struct group *group = find(form, number);
    char text[GROUP_NAME_MAX * 4 + 16];
    snprintf(text, sizeof text, "%s%s%s", group ? group->name : "(deleted)", index ? " " : "",
             index ? text_glyph(GLYPH_REMOVE) : "");
    int columns = (int)text_width(text);
    struct canvas spot = canvas_part(canvas, row, column, 1, columns);
    spot.selected = form->part == PART_GROUPS && form->chip_at == index;
    draw_cell(&spot, 0, 0, columns, index ? ROLE_TEXT : ROLE_MUTED, text);
    if (spot.selected) draw_cursor(&spot, 0, 0, false);
    return columns;
}

int form_draw_groups(struct form *form, const struct canvas *canvas, int top)
{
    int row = top, column = 2;
    draw_rule(canvas, row++, "Groups", "", form->part == PART_GROUPS);
    for (size_t i = 0; i <= form->groups.count; i++) {
        const struct group *group = find(form, i == 0 ? GROUP_EVERYONE : form->groups.ids[i - 1]);
        int columns = group ? (int)text_width(group->name) + 2 : 12;
        if (column > 2 && column + columns + 1 > canvas->columns) row++, column = 2;
        column += draw_chip(form, canvas, row, column, i) + 3;
    }
    if (column + 6 > canvas->columns) row++, column = 2;
    draw_text(canvas, row++, column, ROLE_MUTED, "+ add");
    return row - top;
}

/* Groups that the account is not in yet. */
static enum error find_others(struct store *store, const void *arg, const char *text,
                              struct choice *out, size_t max, size_t *count)
{
    const struct form *form = arg;
    size_t found, kept = 0;
    enum error e = choose_groups(store, NULL, text, out, max, &found);
    for (size_t i = 0; i < found && !e; i++)
        if (!id_set_has(&form->groups, out[i].id)) out[kept++] = out[i];
    *count = e ? 0 : kept;
    return e;
}

static int add(struct app *app, void *arg, int64_t group)
{
    struct form *form = arg;
    enum error e = id_set_add(&form->groups, group);
    for (size_t i = 0; i < form->groups.count; i++)
        if (form->groups.ids[i] == group) form->chip_at = i + 1;
    if (!e) e = form_load_sources(form);
    return e ? app_say_error(app) : EFFECT_LOAD;
}

static int open_picker(struct form *form)
{
    enum error e = chooser_open(
        form->app, &(struct chooser){
                       .title = "Add to a group", .find = find_others, .chosen = add, .arg = form});
    return e ? app_say_error(form->app) : EFFECT_DRAW;
}

static int remove_chip(struct form *form)
{
    if (form->chip_at == 0) {
        app_say(form->app, ROLE_WARN, "Every account is in Everyone, always");
        return EFFECT_DRAW;
    }
    id_set_remove(&form->groups, form->groups.ids[form->chip_at - 1]);
    form->chip_at--;
    return form_load_sources(form) ? app_say_error(form->app) : EFFECT_DRAW;
}

int form_run_groups(struct form *form, enum command command)
{
    switch (command) {
    case COMMAND_CHIP_LEFT:
        if (form->chip_at > 0) form->chip_at--;
        return EFFECT_DRAW;
    case COMMAND_CHIP_RIGHT:
        if (form->chip_at < form->groups.count) form->chip_at++;
        return EFFECT_DRAW;
    case COMMAND_CHIP_ADD:
        return open_picker(form);
    case COMMAND_CHIP_REMOVE:
        return remove_chip(form);
    default:
        return EFFECT_PASS;
    }
}
