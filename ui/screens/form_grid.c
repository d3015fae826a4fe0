#include "ui/screens/form.h"

#include "ui/screens/why_dialog.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <string.h>

static bool is_inherited(const struct form *form, int64_t permission)
{
    for (size_t i = 0; i < form->sources->count; i++)
        if (form->sources->items[i].permission == permission && form->sources->items[i].group)
            return true;
    return false;
}

static enum grid_mark mark_of(const void *arg, int64_t permission)
{
    const struct form *form = arg;
    if (id_set_has(&form->permissions, permission)) return GRID_EXPLICIT;
    return is_inherited(form, permission) ? GRID_INHERITED : GRID_NONE;
}

/* "from group deploy", "explicit, also from deploy", "not granted". */
static void explain_source(const struct form *form, int64_t permission, char *out, size_t size)
{
    bool explicit_one = id_set_has(&form->permissions, permission);
    size_t used = (size_t)snprintf(out, size, "%s", explicit_one ? "explicit" : "");
    for (size_t i = 0; i < form->sources->count && used < size - 80; i++) {
        const struct permission_source *source = &form->sources->items[i];
        if (source->permission != permission || !source->group) continue;
        char name[72];
        text_visible(name, sizeof name, source->group_name, 16);
        const char *joint = used == 0 ? "from group " : explicit_one ? ", also from " : ", ";
        used += (size_t)snprintf(out + used, size - used, "%s%s", joint, name);
        explicit_one = false;
    }
    if (used == 0) snprintf(out, size, "not granted");
}

int form_draw_grid(struct form *form, const struct canvas *canvas, int top)
{
    bool focused = form->part == PART_PERMISSIONS;
    draw_rule(canvas, top, "Permissions", "", focused);
    int rows = 1 + grid_draw(&form->grid, form->catalogue, canvas, top + 1, focused, mark_of, form);
    if (form->catalogue->count == 0) return rows;
    const struct permission *here = &form->catalogue->items[form->grid.at];
    char source[256], text[sizeof source + sizeof here->name + sizeof here->sentence + 8];
    explain_source(form, here->number, source, sizeof source);
    snprintf(text, sizeof text, "%s: %s. %s", here->name, source, here->sentence);
    return rows + draw_wrapped(canvas, top + rows, 2, canvas->columns - 4, ROLE_MUTED, text);
}

static int set(struct form *form, int64_t permission, bool granted)
{
    enum error e = OK;
    if (granted)
        e = id_set_add(&form->permissions, permission);
    else
        id_set_remove(&form->permissions, permission);
    if (!e) e = form_load_sources(form);
    return e ? app_say_error(form->app) : EFFECT_DRAW;
}

static int toggle(struct form *form, const struct permission *permission)
{
    if (id_set_has(&form->permissions, permission->number))
        return set(form, permission->number, false);
    if (!is_inherited(form, permission->number)) return set(form, permission->number, true);
    char source[256];
    explain_source(form, permission->number, source, sizeof source);
    app_say(form->app, ROLE_WARN, "%s comes %s; + grants it explicitly, too", permission->name,
            source);
    return EFFECT_DRAW;
}

int form_run_grid(struct form *form, enum command command)
{
    if (form->catalogue->count == 0) return EFFECT_PASS;
    const struct permission *here = &form->catalogue->items[form->grid.at];
    switch (command) {
    case COMMAND_GRID_TOGGLE:
        return toggle(form, here);
    case COMMAND_GRID_WHY:
        if (form->number) return why_show(form->app, form->number, here->number);
        app_say(form->app, ROLE_WARN, "The account is not there yet");
        return EFFECT_DRAW;
    case COMMAND_GRID_GRANT:
        return set(form, here->number, true);
    default:
        return grid_run(&form->grid, form->catalogue, command);
    }
}
