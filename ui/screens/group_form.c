#include "ui/screens/group_form.h"

#include "ui/kit/columns.h"
#include "ui/kit/dialog.h"
#include "ui/kit/frame.h"
#include "ui/kit/undo.h"
#include "ui/screens/conflict.h"
#include "ui/screens/group_screen.h"
#include "ui/screens/whatif_text.h"
#include "ui/terminal/input.h"

#include <gatehouse/ambient.h>
#include <gatehouse/group_change.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Title, name, description, two rules, the line that explains a permission. */
enum {
    LABEL_COLUMNS = 14,
    AROUND = 5,
    LEAST_MEMBERS = 3,
    MOST_DESCRIPTION = 3,
    BUTTON_COLUMNS = 24,
    NARROW_BELOW = 60
};

static int description_rows(const struct group_form *form, const struct canvas *canvas)
{
    int rows = field_rows(&form->description, canvas->columns - LABEL_COLUMNS);
    return rows > MOST_DESCRIPTION ? MOST_DESCRIPTION : rows;
}

static bool is_changed(const struct group_form *form)
{
    return form->loaded && (form->joining.count || form->leaving.count ||
                            strcmp(form->saved.description, form->description.text) != 0 ||
                            !id_set_equal(&form->saved.permissions, &form->permissions));
}

/* How many members are read: they share the screen with the permissions, or where it is too low,
 * with the rules around them. */
static size_t member_rows(const struct group_form *form, int rows, int columns)
{
    const struct canvas canvas = {.rows = rows, .columns = columns - 1};
    int left = rows - AROUND - description_rows(form, &canvas);
    int permissions = form->catalogue ? grid_rows(form->catalogue, &canvas) : 0;
    int beside = left - permissions;
    int chosen = beside >= LEAST_MEMBERS ? beside : left;
    return chosen > LEAST_MEMBERS ? (size_t)chosen : LEAST_MEMBERS;
}

/* In the title, or on a narrow screen below everything else. */
static void draw_buttons(const struct group_form *form, const struct canvas *canvas, int row,
                         int column)
{
    int columns = draw_button(canvas, row, column, "Update", form->part == GROUP_PART_SAVE);
    screen_target(&form->screen, canvas, row, column, columns, *command_keys(COMMAND_FORM_SAVE));
    columns = draw_button(canvas, row, column + 12, "Cancel", form->part == GROUP_PART_CANCEL);
    screen_target(&form->screen, canvas, row, column + 12, columns, UI_ESC);
}

static bool is_narrow(const struct group_form *form)
{
    return form->screen.app->columns < NARROW_BELOW;
}

static void draw_title(const struct group_form *form, const struct canvas *canvas)
{
    char title[GROUP_NAME_MAX * 4 + 32];
    const char *changed = form->screen.gone ? " · deleted" : is_changed(form) ? " · changed" : "";
    int columns = canvas->columns - 2 - (int)text_width(changed);
    if (!is_narrow(form)) columns -= BUTTON_COLUMNS;
    snprintf(title, sizeof title, "Edit Group · %s", form->group.name);
    int used = (int)text_width(title);
    if (used > columns) used = columns;
    draw_cell_middle(canvas, 0, 1, used, ROLE_BOLD, title);
    draw_text(canvas, 0, 1 + used, form->screen.gone ? ROLE_BAD : ROLE_WARN, changed);
    if (!is_narrow(form)) draw_buttons(form, canvas, 0, canvas->columns - BUTTON_COLUMNS);
}

static void draw_label(const struct canvas *canvas, int row, bool focused, const char *label)
{
    draw_cell(canvas, row, 1, LABEL_COLUMNS - 2, focused ? ROLE_ACCENT : ROLE_MUTED, label);
}

static bool is_leaving(const struct group_form *form, const struct group_member *member)
{
    return id_set_has(&form->leaving, member->row.number);
}

static void id_cell(void *owner, const void *row, struct cell *cell)
{
    const struct group_member *member = row;
    account_id_text(cell->buffer, member->row.name);
    cell->text = cell->buffer;
    if (is_leaving(owner, member)) cell->role = ROLE_MUTED;
}

static void note_cell(void *owner, const void *row, struct cell *cell)
{
    const struct group_member *member = row;
    bool leaves = is_leaving(owner, member);
    cell->role = leaves ? ROLE_WARN : ROLE_GOOD;
    cell->text = member->joining ? "joins" : leaves ? "leaves" : "";
}

/* No heads: the rule above them is enough. */
const struct columns group_form_columns = {
    .left = 3,
    .items = {
        {.least = 20, .best = 40, .grow = 1, .align = COLUMN_MIDDLE, .cell = id_cell},
        {.least = 6, .gap = 2, .cell = note_cell},
    }};

static void draw_member(struct group_form *form, const struct canvas *canvas,
                        const struct layout *layout, int row, size_t index)
{
    bool here = form->part == GROUP_PART_MEMBERS && index == form->members.cursor;
    struct canvas line = canvas_row(canvas, row, here, layout->bar);
    columns_draw_row(&group_form_columns, layout, &line, 0, form, list_row(&form->members, index));
    if (here) draw_cursor(&line, 0, group_form_columns.left, false);
}

static int draw_members(struct group_form *form, const struct canvas *canvas, int row)
{
    char right[96];
    struct layout layout;
    size_t joining = form->joining.count, leaving = form->leaving.count;
    int size = snprintf(right, sizeof right, "%s", number_text(form->group.members).text);
    if (joining)
        size += snprintf(right + size, sizeof right - (size_t)size, " · %s join",
                         number_text((int64_t)joining).text);
    if (leaving)
        size += snprintf(right + size, sizeof right - (size_t)size, " · %s leave",
                         number_text((int64_t)leaving).text);
    if (!form->group.system)
        snprintf(right + size, sizeof right - (size_t)size, " · %s add",
                 command_key(COMMAND_MEMBER_ADD).text);
    draw_rule(canvas, row++, "Members", right, form->part == GROUP_PART_MEMBERS);
    columns_lay_out(&group_form_columns, canvas->columns + 1, &layout);
    for (size_t i = 0; i < form->members.count; i++)
        draw_member(form, canvas, &layout, row++, i);
    if (form->members.count) return row;
    draw_format(canvas, row, 3, ROLE_MUTED, "No members yet: %s adds one",
                command_key(COMMAND_MEMBER_ADD).text);
    if (form->part == GROUP_PART_MEMBERS) draw_cursor(canvas, row, 3, false);
    return row + 1;
}

static enum grid_mark mark_of(const void *arg, int64_t permission)
{
    const struct group_form *form = arg;
    return id_set_has(&form->permissions, permission) ? GRID_EXPLICIT : GRID_NONE;
}

static int draw_body(void *arg, const struct canvas *canvas)
{
    struct group_form *form = arg;
    int rows = description_rows(form, canvas), columns = canvas->columns - LABEL_COLUMNS;
    bool described = form->part == GROUP_PART_DESCRIPTION;
    bool permitted = form->part == GROUP_PART_PERMISSIONS;
    draw_label(canvas, 0, false, "Group");
    draw_cell(canvas, 0, LABEL_COLUMNS, columns, ROLE_TEXT, form->group.name);
    draw_label(canvas, 1, described, "Description");
    field_draw(&form->description, canvas, 1, LABEL_COLUMNS, columns, rows, described);
    int row = draw_members(form, canvas, 1 + rows);
    draw_rule(canvas, row++, "Permissions", "", permitted);
    row += grid_draw(&form->grid, form->catalogue, canvas, row, permitted, mark_of, form);
    if (is_narrow(form)) draw_buttons(form, canvas, ++row, 1);
    return is_narrow(form) ? row + 1 : row;
}

static int draw_note(void *arg, const struct canvas *canvas)
{
    const struct group_form *form = arg;
    char text[PERMISSION_NAME_MAX * 4 + PERMISSION_SENTENCE_MAX * 4 + 8];
    if (form->part != GROUP_PART_PERMISSIONS || !form->catalogue->count) return 0;
    const struct permission *here = &form->catalogue->items[form->grid.at];
    snprintf(text, sizeof text, "%s: %s", here->name, here->sentence);
    return draw_wrapped(canvas, 0, 2, canvas->columns - 4, ROLE_MUTED, text);
}

static void draw(struct screen *screen, const struct canvas *whole)
{
    struct group_form *form = (struct group_form *)screen;
    struct canvas canvas = frame_draw_bottom(screen, whole);
    draw_title(form, &canvas);
    if (!form->loaded) return;
    struct canvas window = canvas_part(&canvas, 1, 0, canvas.rows - 1, canvas.columns);
    pane_draw_noted(&form->pane, &window, draw_body, draw_note, form);
}

/* What the fields hold now; `description` is the form's own. */
static struct group_details staged(const struct group_form *form)
{
    return (struct group_details){.description = form->description.text,
                                  .permissions = form->permissions};
}

static int save_form(struct group_form *form);

/* Writes over what is there now only what was changed here. */
static int keep_mine(struct group_form *form)
{
    struct app *app = form->screen.app;
    struct group_details theirs;
    struct id_set merged;
    if (group_details_load(app->store, form->number, &theirs, &form->version))
        return app_say_error(app);
    if (id_set_merge(&form->saved.permissions, &form->permissions, &theirs.permissions, &merged)) {
        group_details_free(&theirs);
        return app_say_error(app);
    }
    if (strcmp(form->saved.description, form->description.text) == 0)
        field_set(&form->description, theirs.description);
    id_set_free(&form->permissions);
    form->permissions = merged;
    group_details_free(&form->saved);
    form->saved = theirs;
    return save_form(form);
}

static int conflict_answered(struct app *app, void *arg, int choice)
{
    struct group_form *form = arg;
    if (choice == 1) return keep_mine(form);
    if (choice == 2) {
        form->loaded = false;
        app_say(app, ROLE_GOOD, "Loaded the current version");
        return EFFECT_LOAD;
    }
    return EFFECT_DRAW;
}

/* "with Alerts, without Proxies": the permissions of `a` that `b` lacks, each after `sign`. */
static void add_names(const struct group_form *form, const struct id_set *a, const struct id_set *b,
                      const char *sign, char *out, size_t size)
{
    enum { NAME = 70 };
    size_t used = strlen(out);
    for (size_t i = 0; i < form->catalogue->count && used + NAME < size; i++) {
        const struct permission *permission = &form->catalogue->items[i];
        if (!id_set_has(a, permission->number) || (b && id_set_has(b, permission->number)))
            continue;
        used += (size_t)snprintf(out + used, size - used, "%s%s%.60s", used ? ", " : "", sign,
                                 permission->name);
    }
}

static void describe_conflict(const struct group_form *form, const struct group_details *theirs,
                              char *text, size_t size)
{
    char a[300] = "", b[300] = "";
    conflict_changes(form->screen.app, 0, form->group.name, form->seen, text, size);
    if (strcmp(form->saved.description, form->description.text) != 0) {
        snprintf(a, sizeof a, "%.200s", *theirs->description ? theirs->description : "(none)");
        snprintf(b, sizeof b, "%.200s", form->description.size ? form->description.text : "(none)");
        conflict_add_field(text, size, "Description", a, b);
    }
    if (id_set_equal(&form->saved.permissions, &form->permissions)) return;
    a[0] = b[0] = 0;
    add_names(form, &theirs->permissions, NULL, "", a, sizeof a);
    add_names(form, &form->permissions, &form->saved.permissions, "with ", b, sizeof b);
    add_names(form, &form->saved.permissions, &form->permissions, "without ", b, sizeof b);
    conflict_add_field(text, size, "Permissions", *a ? a : "(none)", b);
}

static int ask_conflict(struct group_form *form)
{
    struct group_details theirs;
    int64_t version;
    char text[2000], refused[ERROR_MESSAGE_MAX];
    snprintf(refused, sizeof refused, "%s", error_message());
    if (group_details_load(form->screen.app->store, form->number, &theirs, &version))
        return app_say_error(form->screen.app);
    if (version == form->version) { /* refused for another reason */
        group_details_free(&theirs);
        app_say(form->screen.app, ROLE_BAD, "%s", refused);
        return EFFECT_DRAW;
    }
    describe_conflict(form, &theirs, text, sizeof text);
    group_details_free(&theirs);
    return conflict_ask(form->screen.app, text, conflict_answered, form);
}

/* What a change would give or take is worth asking only without a conflict. */
static bool is_outdated(const struct group_form *form)
{
    struct group_details present;
    int64_t version = form->version;
    if (!group_details_load(form->screen.app->store, form->number, &present, &version))
        group_details_free(&present);
    return version != form->version;
}

static int write_form(struct group_form *form)
{
    struct app *app = form->screen.app;
    struct act act = app_act(app);
    struct group_details mine = staged(form);
    enum error e =
        group_update(&act, form->number, form->version, &mine, &form->joining, &form->leaving);
    if (e == ERR_CONFLICT) return ask_conflict(form);
    if (e) return app_say_error(app);
    undo_say(app, "", "Updated the group %s", form->group.name);
    return EFFECT_CLOSE;
}

static int confirmed(struct app *app, void *arg, int choice)
{
    (void)app;
    return choice ? write_form(arg) : EFFECT_DRAW;
}

/* A change that affects nobody's permissions is written at once. */
static int save_form(struct group_form *form)
{
    struct app *app = form->screen.app;
    char text[1000], difference[800], title[GROUP_NAME_MAX * 4 + 16];
    int64_t accounts;
    if (!is_changed(form)) {
        app_say(app, ROLE_MUTED, "Nothing changed");
        return EFFECT_CLOSE;
    }
    if (is_outdated(form)) return ask_conflict(form);
    const struct whatif_change change = {.group = form->number,
                                         .permissions = &form->permissions,
                                         .joining = &form->joining,
                                         .leaving = &form->leaving};
    if (!whatif_describe_count(app, &change, difference, sizeof difference, &accounts))
        return EFFECT_DRAW;
    bool gives_same = id_set_equal(&form->saved.permissions, &form->permissions);
    if (!accounts && (gives_same || !form->group.system)) return write_form(form);
    snprintf(text, sizeof text, "%s%s",
             form->group.system ? "Everyone contains every account. " : "", difference);
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
    if (choice == 2) return save_form(form);
    if (choice == 0) return EFFECT_DRAW;
    screen_close(&form->screen);
    return next ? screen_run(app->top, next) : EFFECT_DRAW;
}

/* Asks when there is something to lose. Returns effects. */
static int ask_to_leave(struct group_form *form, enum command next)
{
    if (!is_changed(form)) return EFFECT_CLOSE;
    form->next = next;
    confirm_open(form->screen.app,
                 &(struct confirm){.title = "Unsaved changes",
                                   .text = "You have unsaved changes.",
                                   .choices = {{"Discard them", 'Y'}, {"Update", 'W'}},
                                   .cancel = "Stay",
                                   .done = leave_answered,
                                   .arg = form});
    return EFFECT_DRAW;
}

static int step(struct group_form *form, int by)
{
    form->part = (enum group_part)(((int)form->part + by + GROUP_PART_COUNT) % GROUP_PART_COUNT);
    return EFFECT_LOAD;
}

static enum error fill_fields(struct group_form *form)
{
    struct group_details details;
    enum error e = conflict_seen(form->screen.app->store, &form->seen);
    if (!e) e = group_details_load(form->screen.app->store, form->number, &details, &form->version);
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
    const struct app *app = form->screen.app;
    size_t rows = member_rows(form, app->rows - 2, app->columns);
    enum error e = list_set_height(&form->members, rows);
    return e ? e : list_refresh(&form->members);
}

static enum error load(struct screen *screen)
{
    struct app *app = screen->app;
    struct group_form *form = (struct group_form *)screen;
    struct permissions *catalogue;
    form->now = ambient_now();
    enum error e = group_get(app->store, form->number, &form->group);
    if (e == ERR_NOT_FOUND && form->loaded) {
        form->screen.gone = "this group was deleted elsewhere";
        return OK;
    }
    /* What is being typed stays; Update will find a conflict with what others wrote. */
    if (!e && !is_changed(form)) e = fill_fields(form);
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
    enum field_effect effect = field_press(&form->description, form->screen.app->input, key);
    return effect == FIELD_PASSED ? EFFECT_PASS : EFFECT_LOAD;
}

static int key(struct screen *screen, int pressed)
{
    struct group_form *form = (struct group_form *)screen;
    if (!form->loaded) return EFFECT_PASS;
    if (form->part == GROUP_PART_DESCRIPTION) return text_key(form, pressed);
    return pressed == UI_PASTE ? EFFECT_NONE : EFFECT_PASS;
}

static int toggle(struct screen *screen)
{
    struct group_form *form = (struct group_form *)screen;
    if (!form->catalogue->count) return EFFECT_NONE;
    int64_t permission = form->catalogue->items[form->grid.at].number;
    enum error e = OK;
    if (id_set_has(&form->permissions, permission))
        id_set_remove(&form->permissions, permission);
    else
        e = id_set_add(&form->permissions, permission);
    return e ? app_say_error(form->screen.app) : EFFECT_DRAW;
}

static int save(struct screen *screen)
{
    return save_form((struct group_form *)screen);
}

static int go_back(struct screen *screen)
{
    return ask_to_leave((struct group_form *)screen, COMMAND_NONE);
}

static int next_part(struct screen *screen)
{
    return step((struct group_form *)screen, 1);
}

static int previous_part(struct screen *screen)
{
    return step((struct group_form *)screen, -1);
}

static int press(struct screen *screen)
{
    struct group_form *form = (struct group_form *)screen;
    return form->part == GROUP_PART_SAVE ? save_form(form) : ask_to_leave(form, COMMAND_NONE);
}

static bool is_granted(const struct screen *screen)
{
    const struct group_form *form = (const struct group_form *)screen;
    return form->catalogue->count &&
           id_set_has(&form->permissions, form->catalogue->items[form->grid.at].number);
}

static const char *why_not_grant(const struct screen *screen)
{
    return is_granted(screen) ? "the group already has it" : NULL;
}

static const char *why_not_why(const struct screen *screen)
{
    (void)screen;
    return "it can only be asked about an account";
}

/* Whose members never change: the footer does not offer it. */
static bool is_everyone(const struct screen *screen)
{
    return ((const struct group_form *)screen)->group.system;
}

static const struct screen_command form_commands[] = {
    {COMMAND_FORM_SAVE, .run = save},
    {COMMAND_ESCAPE, .run = go_back},
    {COMMAND_BACK, .run = go_back},
    {COMMAND_NEXT_PART, .run = next_part},
    {COMMAND_PREVIOUS_PART, .run = previous_part},
    {COMMAND_FORM_PRESS, .run = press},
    {COMMAND_MEMBER_ADD, .why_not = group_member_why_not, .hint = "", .when = is_everyone},
    {COMMAND_MEMBER_REMOVE, .why_not = group_member_why_not, .hint = "", .when = is_everyone},
    {COMMAND_MEMBER_ADD, .run = group_member_add},
    {COMMAND_MEMBER_REMOVE, .run = group_member_remove, .why_not = group_member_why_not_remove},
    {COMMAND_GRID_TOGGLE, .run = toggle, .when = is_granted, .hint = "remove"},
    {COMMAND_GRID_TOGGLE, .run = toggle},
    {COMMAND_GRID_GRANT, .run = toggle, .why_not = why_not_grant, .hint = ""},
    {COMMAND_GRID_WHY, .why_not = why_not_why},
    {.command = COMMAND_NONE},
};

static int move(struct screen *screen, enum command command)
{
    struct group_form *form = (struct group_form *)screen;
    if (form->part == GROUP_PART_MEMBERS) return group_members_move(form, command);
    if (form->part != GROUP_PART_PERMISSIONS) return EFFECT_NONE;
    return grid_move(&form->grid, form->catalogue, command);
}

static bool leave(struct screen *screen, enum command next)
{
    struct group_form *form = (struct group_form *)screen;
    if (!is_changed(form)) return true;
    int ignored = ask_to_leave(form, next);
    (void)ignored;
    return false;
}

static struct contexts focus(const struct screen *screen)
{
    const struct group_form *form = (const struct group_form *)screen;
    if (!form->loaded) return (struct contexts){{CONTEXT_NONE}};
    switch (form->part) {
    case GROUP_PART_DESCRIPTION:
        return (struct contexts){{CONTEXT_TEXT, CONTEXT_FORM}};
    case GROUP_PART_MEMBERS:
        return (struct contexts){{CONTEXT_MEMBERS, CONTEXT_LIST, CONTEXT_FORM}};
    case GROUP_PART_PERMISSIONS:
        return (struct contexts){{CONTEXT_GRID, CONTEXT_FORM}};
    default:
        return (struct contexts){{CONTEXT_BUTTON, CONTEXT_FORM}};
    }
}

static void close_form(struct screen *screen)
{
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

static const enum command footer[] = {
    COMMAND_NEXT_PART,   COMMAND_FORM_PRESS, COMMAND_MEMBER_ADD, COMMAND_MEMBER_REMOVE,
    COMMAND_GRID_TOGGLE, COMMAND_FORM_SAVE,  COMMAND_NONE};

static const struct screen_class form_class = {
    .title = "Group",
    .footer = footer,
    .focus = focus,
    .load = load,
    .draw = draw,
    .key = key,
    .commands = {form_commands},
    .move = move,
    .leave = leave,
    .close = close_form,
};

void group_form_open(struct app *app, int64_t group)
{
    struct group_form *form = screen_new(app, &form_class, sizeof *form);
    if (!form) return;
    form->number = group;
    form->part = GROUP_PART_MEMBERS;
    list_init(&form->members, &group_members_source, form);
    if (field_init(&form->description, GROUP_DESCRIPTION_MAX, true)) {
        app_say_error(app);
        close_form(&form->screen);
        return;
    }
    screen_push(&form->screen);
}
