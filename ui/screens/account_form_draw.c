#include "ui/kit/frame.h"
#include "ui/screens/form.h"
#include "ui/terminal/key.h"

#include <gatehouse/text.h>
#include <stdio.h>

enum { LABEL_COLUMNS = 14, DESCRIPTION_ROWS = 5 };

static void draw_label(const struct form *form, const struct canvas *canvas, int row,
                       enum part part, const char *label)
{
    draw_cell(canvas, row, 1, LABEL_COLUMNS - 2, form->part == part ? ROLE_ACCENT : ROLE_MUTED,
              label);
}

enum { BUTTON_COLUMNS = 24, NARROW_BELOW = 60 };

/* In the title, or on a narrow screen below everything else. */
static void draw_buttons(const struct form *form, const struct canvas *canvas, int row, int column)
{
    const char *save = form->number ? "Update" : "Create";
    int columns = draw_button(canvas, row, column, save, form->part == PART_SAVE);
    screen_target(&form->screen, canvas, row, column, columns, *command_keys(COMMAND_FORM_SAVE));
    columns = draw_button(canvas, row, column + 12, "Cancel", form->part == PART_CANCEL);
    screen_target(&form->screen, canvas, row, column + 12, columns, UI_ESC);
}

static bool is_narrow(const struct form *form)
{
    return form->screen.app->columns < NARROW_BELOW;
}

/* The ID scrolls away with its row, so the title names the account, too. */
static void title_text(const struct form *form, int columns, char *out, size_t size)
{
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, form->account.name);
    if (!form->number)
        snprintf(out, size, "New Service Account");
    else if (!form->loaded)
        snprintf(out, size, "Edit Service Account");
    else
        snprintf(out, size, "Edit Service Account %s %s", text_glyph(GLYPH_DOT), id);
    if ((int)text_width(out) <= columns) return;
    if (form->number)
        snprintf(out, size, "Edit %s %s", text_glyph(GLYPH_DOT), id);
    else
        snprintf(out, size, "New account");
}

static void draw_title(const struct form *form, const struct canvas *canvas)
{
    enum { LOW = 40 };
    char title[ACCOUNT_ID_SIZE + 64], changed[32] = "";
    if (form->screen.gone)
        snprintf(changed, sizeof changed, " %s deleted", text_glyph(GLYPH_DOT));
    else if (form_is_changed(form))
        snprintf(changed, sizeof changed, " %s changed", text_glyph(GLYPH_DOT));
    if (*changed && !form->screen.gone && canvas->columns < LOW)
        snprintf(changed, sizeof changed, " *");
    int more = (int)text_width(changed);
    int columns = canvas->columns - 2 - more - (is_narrow(form) ? 0 : BUTTON_COLUMNS);
    title_text(form, columns, title, sizeof title);
    int used = (int)text_width(title);
    if (used > columns) used = columns;
    draw_cell_middle(canvas, 0, 1, used, ROLE_BOLD, title);
    draw_text(canvas, 0, 1 + used, form->screen.gone ? ROLE_BAD : ROLE_WARN, changed);
    if (!is_narrow(form)) draw_buttons(form, canvas, 0, canvas->columns - BUTTON_COLUMNS);
}

static void draw_toggle(const struct form *form, const struct canvas *canvas, int row, int column)
{
    bool active = form->account.active;
    char glyphs[16];
    snprintf(glyphs, sizeof glyphs, active ? "(  %s)" : "(%s  )", text_glyph(GLYPH_ACTIVE));
    struct canvas spot = canvas_part(canvas, row, column, 1, 14);
    spot.lit = form->part == PART_TOGGLE;
    if (form->screen.gone) {
        draw_format(&spot, 0, 0, ROLE_BAD, "%s deleted", text_glyph(GLYPH_DEAD));
    } else {
        draw_cell(&spot, 0, 0, 5, active ? ROLE_GOOD : ROLE_MUTED, glyphs);
        draw_cell(&spot, 0, 6, 8, ROLE_TEXT, active ? "Active" : "Inactive");
    }
    if (spot.lit) draw_cursor(&spot, 0, 1, false);
}

static int draw_head(struct form *form, const struct canvas *canvas, int row)
{
    if (!form->number) {
        draw_label(form, canvas, row, PART_NAME, "Account ID");
        draw_text(canvas, row, LABEL_COLUMNS, ROLE_MUTED, "sa::");
        int left = canvas->columns - LABEL_COLUMNS - 4;
        field_draw(&form->name, canvas, row, LABEL_COLUMNS + 4, left, 1, form->part == PART_NAME);
        if (!form->refused[0]) return 1;
        return 1 + draw_wrapped(canvas, row + 1, LABEL_COLUMNS, left + 4, ROLE_WARN, form->refused);
    }
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, form->account.name);
    bool wide = !is_narrow(form);
    int columns = canvas->columns - LABEL_COLUMNS - (wide ? 25 : 0);
    draw_label(form, canvas, row, PART_COUNT, "Account ID");
    draw_cell_middle(canvas, row, LABEL_COLUMNS, columns, ROLE_TEXT, id);
    if (wide) {
        draw_toggle(form, canvas, row, canvas->columns - BUTTON_COLUMNS + 1);
        return 1;
    }
    draw_toggle(form, canvas, row + 1, LABEL_COLUMNS);
    return 2;
}

static int draw_texts(struct form *form, const struct canvas *canvas, int row)
{
    int columns = canvas->columns - LABEL_COLUMNS;
    int rows = field_rows(&form->description, columns);
    if (rows > DESCRIPTION_ROWS) rows = DESCRIPTION_ROWS;
    draw_label(form, canvas, row, PART_DESCRIPTION, "Description");
    field_draw(&form->description, canvas, row, LABEL_COLUMNS, columns, rows,
               form->part == PART_DESCRIPTION);
    draw_label(form, canvas, row + rows, PART_OWNER, "Owner");
    field_draw(&form->owner, canvas, row + rows, LABEL_COLUMNS, columns, 1,
               form->part == PART_OWNER);
    return rows + 1;
}

static int draw_first_token(struct form *form, const struct canvas *canvas, int top)
{
    enum { NARROW_LABELS = 10 };
    int row = top, column = is_narrow(form) ? NARROW_LABELS : LABEL_COLUMNS;
    bool focused = form->part == PART_FIRST_TOKEN;
    draw_rule(canvas, row++, "Token", "", focused || form_builder_part(form) < BUILDER_PARTS);
    draw_text(canvas, row, 1, focused ? ROLE_ACCENT : ROLE_TEXT,
              form->makes_token ? "[x] first token" : "[ ] first token");
    if (focused) draw_cursor(canvas, row, 2, false);
    row++;
    if (!form->makes_token) return row - top;
    row += token_builder_draw(&form->builder, canvas, row, 1, column, form_builder_part(form));
    return row - top;
}

enum { BETWEEN = 2 };

/* Tokens and groups, beside them the permissions. */
static int draw_beside(struct form *form, const struct canvas *canvas, int top, int left)
{
    int right = left + BETWEEN, below = canvas->rows - top;
    struct canvas tokens = canvas_part(canvas, top, 0, below, left);
    struct canvas grid = canvas_part(canvas, top, right, below, canvas->columns - right);
    int rows = form_draw_tokens(form, &tokens, 0), beside = form_draw_grid(form, &grid, 0);
    rows += form_draw_groups(form, &tokens, rows);
    return rows > beside ? rows : beside;
}

/* The permissions are beside the tokens only if neither has to be cut there. */
static int draw_old(struct form *form, const struct canvas *canvas, int top)
{
    int row = top, left = form_token_columns(form);
    bool fits = left + BETWEEN + grid_least(form->catalogue) <= canvas->columns;
    if (form_has_history(form) && fits) {
        row += draw_beside(form, canvas, row, left);
    } else {
        row += form_draw_tokens(form, canvas, row);
        row += form_draw_groups(form, canvas, row);
        row += form_draw_grid(form, canvas, row);
    }
    if (form_has_history(form))
        row += account_history_draw(&form->history, &form->screen, canvas, row,
                                    form->part == PART_HISTORY, UI_TARGET + FORM_EVENTS);
    return row - top;
}

static int draw_new(struct form *form, const struct canvas *canvas, int top)
{
    int row = top;
    row += form_draw_groups(form, canvas, row);
    row += form_draw_grid(form, canvas, row);
    row += draw_first_token(form, canvas, row);
    return row - top;
}

static int draw_body(void *arg, const struct canvas *canvas)
{
    struct form *form = arg;
    int row = draw_head(form, canvas, 0);
    row += draw_texts(form, canvas, row);
    row += form->number ? draw_old(form, canvas, row) : draw_new(form, canvas, row);
    if (is_narrow(form)) draw_buttons(form, canvas, ++row, 1);
    return is_narrow(form) ? row + 1 : row;
}

/* What is below, whatever has the focus: what the first token will be. */
static int draw_note(void *arg, const struct canvas *canvas)
{
    const struct form *form = arg;
    char text[BUILDER_TEXT_SIZE];
    if (form->part == PART_PERMISSIONS) return form_draw_explanation(form, canvas);
    if (form->number || !form->makes_token) return 0;
    token_builder_text(&form->builder, text);
    int row = draw_wrapped(canvas, 0, 1, canvas->columns - 1, ROLE_TEXT, text);
    token_builder_note(&form->builder, form_builder_part(form), text);
    return row + (*text ? draw_wrapped(canvas, row, 1, canvas->columns - 1, ROLE_MUTED, text) : 0);
}

void form_draw(struct screen *screen, const struct canvas *whole)
{
    struct form *form = (struct form *)screen;
    struct canvas canvas = frame_draw_bottom(screen, whole);
    draw_title(form, &canvas);
    if (!form->loaded) return;
    struct canvas window = canvas_part(&canvas, 1, 0, canvas.rows - 1, canvas.columns);
    pane_draw_noted(&form->pane, &window, draw_body, draw_note, form);
}
