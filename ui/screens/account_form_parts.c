#include "ui/kit/chooser.h"
#include "ui/kit/menu.h"
#include "ui/loop.h"
#include "ui/screens/account_form.h"
#include "ui/screens/form.h"
#include "ui/screens/token_act.h"
#include "ui/screens/token_form.h"
#include "ui/screens/why_dialog.h"

#include <gatehouse/text.h>
#include <gatehouse/when.h>
#include <stdio.h>

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
    return 1 + grid_draw(&form->grid, form->catalogue, canvas, top + 1, focused, mark_of, form);
}

int form_draw_explanation(const struct form *form, const struct canvas *canvas)
{
    if (form->catalogue->count == 0) return 0;
    const struct permission *here = &form->catalogue->items[form->grid.at];
    char source[256], text[sizeof source + sizeof here->name + sizeof here->sentence + 8];
    explain_source(form, here->number, source, sizeof source);
    snprintf(text, sizeof text, "%s: %s. %s", here->name, source, here->sentence);
    return draw_wrapped(canvas, 0, 2, canvas->columns - 4, ROLE_MUTED, text);
}

static int set(struct form *form, int64_t permission, bool granted)
{
    enum error e = OK;
    if (granted)
        e = id_set_add(&form->permissions, permission);
    else
        id_set_remove(&form->permissions, permission);
    if (!e) e = form_load_sources(form);
    return e ? app_say_error(form->screen.app) : EFFECT_DRAW;
}

/* The permission under the cursor; NULL where the catalogue is empty. */
static const struct permission *here(const struct form *form)
{
    return form->catalogue->count ? &form->catalogue->items[form->grid.at] : NULL;
}

static bool is_explicit(const struct screen *screen)
{
    const struct form *form = (const struct form *)screen;
    return here(form) && id_set_has(&form->permissions, here(form)->number);
}

static bool is_only_inherited(const struct screen *screen)
{
    const struct form *form = (const struct form *)screen;
    return here(form) && !is_explicit(screen) && is_inherited(form, here(form)->number);
}

static int explain_inherited(struct screen *screen)
{
    struct form *form = (struct form *)screen;
    char source[256];
    explain_source(form, here(form)->number, source, sizeof source);
    app_say(form->screen.app, ROLE_WARN, "%s comes %s; %s also grants it explicitly",
            here(form)->name, source, command_key(COMMAND_GRID_GRANT).text);
    return EFFECT_DRAW;
}

static int ungrant(struct screen *screen)
{
    struct form *form = (struct form *)screen;
    return set(form, here(form)->number, false);
}

static int grant(struct screen *screen)
{
    struct form *form = (struct form *)screen;
    return set(form, here(form)->number, true);
}

static const char *why_not_grid(const struct screen *screen)
{
    return here((const struct form *)screen) ? NULL : "there is no permission";
}

static const char *why_not_grant(const struct screen *screen)
{
    return is_explicit(screen) ? "it is already granted explicitly" : why_not_grid(screen);
}

static const char *why_not_why(const struct screen *screen)
{
    return ((const struct form *)screen)->number ? why_not_grid(screen)
                                                 : "the account does not exist yet";
}

static int why(struct screen *screen)
{
    struct form *form = (struct form *)screen;
    return why_show(form->screen.app, form->number, here(form)->number);
}

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
    spot.lit = form->part == PART_GROUPS && form->chip_at == index;
    draw_cell(&spot, 0, 0, columns, index ? ROLE_TEXT : ROLE_MUTED, text);
    if (spot.lit) draw_cursor(&spot, 0, 0, false);
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
    draw_format(canvas, row++, column, ROLE_MUTED, "%s add", command_key(COMMAND_CHIP_ADD).text);
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

static int add_group(struct screen *screen)
{
    struct form *form = (struct form *)screen;
    enum error e = chooser_open(form->screen.app, &(struct chooser){.title = "Add to a group",
                                                                    .find = find_others,
                                                                    .chosen = add,
                                                                    .arg = form});
    return e ? app_say_error(form->screen.app) : EFFECT_DRAW;
}

static const char *why_not_remove(const struct screen *screen)
{
    return ((const struct form *)screen)->chip_at ? NULL : "every account is always in Everyone";
}

static int remove_group(struct screen *screen)
{
    struct form *form = (struct form *)screen;
    id_set_remove(&form->groups, form->groups.ids[form->chip_at - 1]);
    form->chip_at--;
    return form_load_sources(form) ? app_say_error(form->screen.app) : EFFECT_DRAW;
}

static void name_cell(void *owner, const void *row, struct cell *cell)
{
    struct form *form = owner;
    if (form->renaming && row == form_token(form)) cell->field = &form->rename;
    token_name_cell(row, cell);
}

static void token_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    token_masked_cell(row, cell);
}

static void state_cell(void *owner, const void *row, struct cell *cell)
{
    token_state_cell(row, ((const struct form *)owner)->account.active, cell);
}

static void created_cell(void *owner, const void *row, struct cell *cell)
{
    (void)owner;
    when_date(cell->buffer, ((const struct token_row *)row)->created);
    cell->text = cell->buffer;
}

static void expires_cell(void *owner, const void *row, struct cell *cell)
{
    token_expires_cell(row, ((const struct form *)owner)->now, cell);
}

static void used_cell(void *owner, const void *row, struct cell *cell)
{
    const struct form *form = owner;
    token_used_cell(row, form->account.active, form->now, cell);
}

const struct columns account_form_columns = {
    .left = 3,
    .items = {
        {.title = "NAME", .least = 13, .best = 15, .grow = 1, .cell = name_cell},
        {.title = "TOKEN",
         .from = 60,
         .least = TOKEN_MASKED_BEST,
         .gap = 1,
         .role = ROLE_MUTED,
         .cell = token_cell},
        {.title = "STATE",
         .is_state = true,
         .least = 11,
         .gap = 1,
         .role = ROLE_MUTED,
         .cell = state_cell},
        {.title = "CREATED",
         .from = 78,
         .least = 10,
         .gap = 2,
         .role = ROLE_MUTED,
         .cell = created_cell},
        {.title = "EXPIRES",
         .from = 60,
         .least = 9,
         .gap = 2,
         .role = ROLE_MUTED,
         .cell = expires_cell},
        {.title = "LAST USED",
         .from = 78,
         .least = 11,
         .gap = 2,
         .role = ROLE_MUTED,
         .cell = used_cell},
        {.from = 78, .least = 1, .gap = 1, .role = ROLE_MUTED, .cell = columns_menu_cell},
    }};

enum { MENU_TARGETS = 1000 }; /* above those of the rows: their ⋮ */

static void draw_token(struct form *form, const struct canvas *canvas, const struct layout *layout,
                       int row, size_t index)
{
    bool here = form->part == PART_TOKENS && index == form->token_at;
    struct canvas line = canvas_row(canvas, row, here, layout->bar);
    (form->screen.gone ? columns_draw_gone : columns_draw_row)(
        &account_form_columns, layout, &line, 0, form, &form->tokens->items[index]);
    screen_target(&form->screen, &line, 0, 0, line.columns, UI_TARGET + (int)index);
    screen_target(&form->screen, &line, 0, layout->menu, 1, UI_TARGET + MENU_TARGETS + (int)index);
    if (!here) return;
    form->menu_row = line.top;
    form->menu_column = line.left + layout->menu;
    if (!form->renaming) draw_cursor(&line, 0, account_form_columns.left, false);
}

static void draw_no_tokens(const struct form *form, const struct canvas *canvas, int row)
{
    draw_format(canvas, row, account_form_columns.left, ROLE_MUTED,
                "No tokens yet: %s generates one", command_key(COMMAND_TOKEN_GENERATE).text);
    if (form->part == PART_TOKENS) draw_cursor(canvas, row, account_form_columns.left, false);
}

/* What the row of the token under the cursor has no room for, under that row. Every token keeps as
 * many rows for it as the longest needs, so that what is below does not jump. Returns the rows. */
static int draw_detail(const struct form *form, const struct canvas *canvas, int row)
{
    enum { INDENT = 2 };
    int left = account_form_columns.left + INDENT, columns = canvas->columns - left, rows = 0;
    for (size_t i = 0; i < form->tokens->count; i++) {
        int needed =
            *form->token_details[i] ? draw_wrapped_rows(form->token_details[i], columns) : 0;
        if (needed > rows) rows = needed;
    }
    draw_wrapped(canvas, row, left, columns, ROLE_MUTED, form->token_details[form->token_at]);
    return rows;
}

static void measure_tokens(struct form *form, struct column_needs *needs)
{
    *needs = (struct column_needs){0};
    for (size_t i = 0; i < form->tokens->count; i++)
        columns_measure(&account_form_columns, form, &form->tokens->items[i], needs);
}

int form_token_columns(struct form *form)
{
    struct column_needs needs;
    measure_tokens(form, &needs);
    return columns_width(&account_form_columns, &needs) - 1; /* without a scroll bar */
}

/* No wider than its texts, however wide the screen is. */
static void lay_out_tokens(struct form *form, int room, struct layout *layout)
{
    struct column_needs needs;
    measure_tokens(form, &needs);
    int most = columns_width(&account_form_columns, &needs), width = room < most ? room : most;
    columns_lay_out(&account_form_columns, width, layout);
    columns_fit(&account_form_columns, &needs, width, layout);
}

int form_draw_tokens(struct form *form, const struct canvas *canvas, int top)
{
    char right[3 * NUMBER_TEXT_SIZE + 64 + COMMAND_KEY_SIZE];
    int row = top;
    struct layout layout;
    int64_t left = form->counts.limit - form->counts.used;
    snprintf(right, sizeof right, "%s of %s %s %s remaining %s %s new",
             number_text(form->counts.used).text, number_text(form->counts.limit).text,
             text_glyph(GLYPH_DOT), number_text(left < 0 ? 0 : left).text, text_glyph(GLYPH_DOT),
             command_key(COMMAND_TOKEN_GENERATE).text);
    if ((int)text_width(right) > canvas->columns / 2)
        snprintf(right, sizeof right, "%s of %s", number_text(form->counts.used).text,
                 number_text(form->counts.limit).text);
    draw_rule(canvas, row++, "Tokens", right, form->part == PART_TOKENS);
    lay_out_tokens(form, canvas->columns + 1, &layout);
    if (form->tokens->count == 0)
        draw_no_tokens(form, canvas, row++);
    else
        columns_draw_heads(&account_form_columns, &layout, canvas, row++, -1, false);
    for (size_t i = 0; i < form->tokens->count; i++) {
        draw_token(form, canvas, &layout, row++, i);
        if (i == form->token_at) row += draw_detail(form, canvas, row);
    }
    if (form->counts.revoked)
        draw_format(canvas, row++, 3, ROLE_MUTED, "+ %s revoked",
                    number_text(form->counts.revoked).text);
    return row - top;
}

const struct token_row *form_token(const struct form *form)
{
    return form->tokens && form->tokens->count ? &form->tokens->items[form->token_at] : NULL;
}

static void show_created(void *arg, int64_t token)
{
    ((struct form *)arg)->token_number = token;
}

static int generate(struct screen *screen)
{
    struct form *form = (struct form *)screen;
    struct app *app = form->screen.app;
    if (form->counts.used >= form->counts.limit) {
        char limit[TEXT_COUNT_SIZE];
        app_say(app, ROLE_WARN, "The account is at its limit of %s: revoke one first",
                text_count(limit, form->counts.used, "token"));
        return EFFECT_DRAW;
    }
    return token_form_open(app, form->number, show_created, form);
}

static bool is_renaming(const struct screen *screen)
{
    return ((const struct form *)screen)->renaming;
}

static int leave_rename(struct screen *screen)
{
    ((struct form *)screen)->renaming = false;
    return EFFECT_DRAW;
}

static int commit_rename(struct screen *screen)
{
    return form_commit_rename((struct form *)screen) ? EFFECT_LOAD : EFFECT_DRAW;
}

bool form_commit_rename(struct form *form)
{
    const char *gone = form->screen.gone;
    if (form->renaming && gone) app_say(form->screen.app, ROLE_WARN, "Cannot do that: %s", gone);
    if (form->renaming &&
        (gone || !token_commit_name(form->screen.app, form->token_number, form->rename.text)))
        return false;
    form->renaming = false;
    return true;
}

static int begin_rename(struct screen *screen)
{
    struct form *form = (struct form *)screen;
    const struct token_row *token = screen_row(screen);
    form->renaming = true;
    field_set(&form->rename, token->name);
    return EFFECT_DRAW;
}

static int open_menu(struct screen *screen)
{
    struct form *form = (struct form *)screen;
    char name[TOKEN_LABEL_SIZE];
    token_label(screen_row(screen), name);
    loop_draw(
        form->screen.app); /* keys come faster than frames, and only a frame knows the place */
    menu_open(form->screen.app, name, form->menu_row, form->menu_column, token_menu);
    return EFFECT_DRAW;
}

int form_click(struct form *form, int target)
{
    if (target >= FORM_EVENTS) {
        form->part = PART_HISTORY;
        account_history_go(&form->history, (size_t)(target - FORM_EVENTS));
        return account_history_show(&form->history, form->screen.app);
    }
    bool menu = target >= MENU_TARGETS;
    size_t index = (size_t)(menu ? target - MENU_TARGETS : target);
    if (index >= form->tokens->count || !form_commit_rename(form)) return EFFECT_DRAW;
    form->part = PART_TOKENS;
    form->token_at = index;
    form->token_number = form->tokens->items[index].number;
    return menu ? screen_run(&form->screen, COMMAND_MENU) : EFFECT_DRAW;
}

static int move_token(struct form *form, enum command command)
{
    int count = (int)form->tokens->count;
    int at = (int)form->token_at + command_rows(command, count, count);
    if (!count) return EFFECT_NONE;
    form->token_at = at < 0 ? 0 : at < count ? (size_t)at : (size_t)count - 1;
    form->token_number = form->tokens->items[form->token_at].number;
    return EFFECT_DRAW;
}

static int move_chip(struct form *form, enum command command)
{
    if (command == COMMAND_CHIP_LEFT && form->chip_at > 0) form->chip_at--;
    if (command == COMMAND_CHIP_RIGHT && form->chip_at < form->groups.count) form->chip_at++;
    return EFFECT_DRAW;
}

int form_move(struct screen *screen, enum command command)
{
    struct form *form = (struct form *)screen;
    if (form->part == PART_TOKENS) return move_token(form, command);
    if (form->part == PART_GROUPS) return move_chip(form, command);
    if (form->part == PART_HISTORY) return account_history_move(&form->history, command);
    if (form->part != PART_PERMISSIONS) return EFFECT_NONE;
    return grid_move(&form->grid, form->catalogue, command);
}

const struct screen_command form_part_commands[] = {
    {COMMAND_ACCEPT, .run = commit_rename, .when = is_renaming, .hint = "rename"},
    {COMMAND_NEXT_PART, .run = commit_rename, .when = is_renaming, .hint = ""},
    {COMMAND_PREVIOUS_PART, .run = commit_rename, .when = is_renaming},
    {COMMAND_ESCAPE, .run = leave_rename, .when = is_renaming, .hint = "cancel"},
    {COMMAND_TOKEN_GENERATE, .run = generate},
    {COMMAND_TOKEN_RENAME, .run = begin_rename, .why_not = token_why_not, .needs_row = true},
    {COMMAND_MENU, .run = open_menu, .needs_row = true},
    {COMMAND_CHIP_ADD, .run = add_group},
    {COMMAND_CHIP_REMOVE, .run = remove_group, .why_not = why_not_remove},
    {COMMAND_GRID_TOGGLE, .run = explain_inherited, .when = is_only_inherited, .hint = ""},
    {COMMAND_GRID_TOGGLE, .run = ungrant, .when = is_explicit, .hint = "remove"},
    {COMMAND_GRID_TOGGLE, .run = grant, .why_not = why_not_grid},
    {COMMAND_GRID_GRANT, .run = grant, .why_not = why_not_grant},
    {COMMAND_GRID_WHY, .run = why, .why_not = why_not_why},
    {.command = COMMAND_NONE},
};
