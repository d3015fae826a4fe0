#include "ui/screens/form.h"

#include "ui/kit/frame.h"

#include <gatehouse/text.h>
#include <stdio.h>

enum { LABEL_COLUMNS = 14, DESCRIPTION_ROWS = 5 };

static void draw_label(const struct form *form, const struct canvas *canvas, int row,
                       enum part part, const char *label)
{
    draw_cell(canvas, row, 1, LABEL_COLUMNS - 2, form->part == part ? ROLE_ACCENT : ROLE_MUTED,
              label);
}

static void draw_title(struct form *form, const struct canvas *canvas)
{
    const char *title = form->number ? "Edit Service Account" : "New Service Account";
    int used = draw_text(canvas, 0, 1, ROLE_BOLD, title);
    if (form_is_changed(form))
        draw_format(canvas, 0, 1 + used, ROLE_WARN, " %s changed", text_glyph(GLYPH_DOT));
    int column = canvas->columns - 24;
    if (column < used + 2) return;
    draw_button(canvas, 0, column, form->number ? "Update" : "Create", form->part == PART_SAVE);
    draw_button(canvas, 0, column + 12, "Cancel", form->part == PART_CANCEL);
}

static void draw_toggle(const struct form *form, const struct canvas *canvas, int row, int column)
{
    bool active = form->account.row.active;
    char glyphs[16];
    snprintf(glyphs, sizeof glyphs, active ? "(  %s)" : "(%s  )", text_glyph(GLYPH_ACTIVE));
    struct canvas spot = canvas_part(canvas, row, column, 1, 14);
    spot.selected = form->part == PART_TOGGLE;
    draw_cell(&spot, 0, 0, 5, active ? ROLE_GOOD : ROLE_MUTED, glyphs);
    draw_cell(&spot, 0, 6, 8, ROLE_TEXT, active ? "Active" : "Inactive");
    if (spot.selected) draw_cursor(&spot, 0, 1, false);
}

static int draw_head(struct form *form, const struct canvas *canvas, int row)
{
    if (!form->number) {
        draw_label(form, canvas, row, PART_NAME, "Account ID");
        draw_text(canvas, row, LABEL_COLUMNS, ROLE_MUTED, "sa::");
        int left = canvas->columns - LABEL_COLUMNS - 5;
        field_draw(&form->name, canvas, row, LABEL_COLUMNS + 4, left, 1, form->part == PART_NAME);
        if (!form->refused[0]) return 1;
        return 1 + draw_wrapped(canvas, row + 1, LABEL_COLUMNS, left + 4, ROLE_WARN, form->refused);
    }
    char id[ACCOUNT_ID_SIZE];
    account_id_text(id, form->account.row.name);
    bool wide = canvas->columns >= 60;
    int columns = canvas->columns - LABEL_COLUMNS - (wide ? 26 : 1);
    draw_label(form, canvas, row, PART_COUNT, "Account ID");
    draw_cell_middle(canvas, row, LABEL_COLUMNS, columns, ROLE_TEXT, id);
    if (wide) {
        draw_toggle(form, canvas, row, canvas->columns - 24);
        return 1;
    }
    draw_toggle(form, canvas, row + 1, LABEL_COLUMNS);
    return 2;
}

static int draw_texts(struct form *form, const struct canvas *canvas, int row)
{
    int columns = canvas->columns - LABEL_COLUMNS - 1;
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

static int draw_first_token(struct form *form, const struct canvas *canvas, int row)
{
    bool focused = form->part == PART_FIRST_TOKEN, expiry = form->part == PART_FIRST_EXPIRY;
    draw_rule(canvas, row++, "Tokens", "", focused || expiry);
    draw_text(canvas, row, 2, focused ? ROLE_ACCENT : ROLE_TEXT,
              form->makes_token ? "[x] first token" : "[ ] none yet");
    if (!form->makes_token) {
        draw_text(canvas, row + 1, 6, ROLE_MUTED, "Enter asks for one");
        return 3;
    }
    draw_text(canvas, row, 19, focused ? ROLE_ACCENT : ROLE_MUTED, "name");
    field_draw(&form->token_name, canvas, row++, 27, canvas->columns - 28, 1, focused);
    draw_text(canvas, row, 19, expiry ? ROLE_ACCENT : ROLE_MUTED, "expires");
    field_draw(&form->token_expires, canvas, row, 27, 11, 1, expiry);
    draw_text(canvas, row, 40, ROLE_MUTED,
              focused  ? "Enter: no token"
              : expiry ? "never, 90d, or 2027-01-31"
                       : "");
    return 3;
}

/* Draws everything below the title and remembers where the focus is. */
static int draw_body(struct form *form, const struct canvas *canvas, int tops[PART_COUNT + 1])
{
    int row = 0;
    tops[PART_NAME] = tops[PART_TOGGLE] = row;
    row += draw_head(form, canvas, row);
    tops[PART_DESCRIPTION] = row;
    row += draw_texts(form, canvas, row);
    tops[PART_OWNER] = row - 1;
    tops[PART_FIRST_TOKEN] = tops[PART_FIRST_EXPIRY] = tops[PART_TOKENS] = row;
    row += form->number ? form_draw_tokens(form, canvas, row) : draw_first_token(form, canvas, row);
    tops[PART_GROUPS] = row;
    row += form_draw_groups(form, canvas, row);
    tops[PART_PERMISSIONS] = row;
    row += form_draw_grid(form, canvas, row);
    tops[PART_SAVE] = tops[PART_CANCEL] = 0;
    tops[PART_COUNT] = row;
    return row;
}

/* The row inside the focused part that must be on the screen. */
static int focus_row(const struct form *form, const int tops[PART_COUNT + 1])
{
    int row = tops[form->part];
    if (form->part == PART_TOKENS) return row + 2 + (int)form->token_at;
    if (form->part == PART_PERMISSIONS && form->grid.columns)
        return row + 1 + (int)form->grid.at / form->grid.columns;
    return row;
}

void form_draw(struct app *app, struct screen *screen, const struct canvas *whole)
{
    struct form *form = (struct form *)screen;
    struct canvas canvas = frame_draw_bottom(app, screen, whole);
    draw_title(form, &canvas);
    if (!form->loaded) return;
    struct canvas body = canvas_part(&canvas, 1, 0, canvas.rows - 1, canvas.columns);
    body.scroll = form->scroll;
    int tops[PART_COUNT + 1];
    int rows = draw_body(form, &body, tops);
    int focus = focus_row(form, tops), scroll = form->scroll;
    if (focus < scroll + 1) scroll = focus > 1 ? focus - 1 : 0;
    /* One row below the focus stays visible: the line that explains a permission. */
    if (focus + 2 > scroll + body.rows) scroll = focus + 2 - body.rows;
    if (scroll > rows - body.rows) scroll = rows - body.rows;
    if (scroll < 0) scroll = 0;
    if (scroll == form->scroll) return;
    form->scroll = body.scroll = scroll;
    draw_clear(&body);
    draw_body(form, &body, tops);
}
