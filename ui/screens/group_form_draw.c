#include "ui/kit/frame.h"
#include "ui/screens/group_screen.h"

#include <gatehouse/text.h>
#include <stdio.h>

/* Title, name, description, two rules, the line that explains a permission. */
enum { LABEL_COLUMNS = 14, AROUND = 5, LEAST_MEMBERS = 3, MOST_DESCRIPTION = 3 };

static int description_rows(const struct group_form *form, const struct canvas *canvas)
{
    int rows = field_rows(&form->description, canvas->columns - LABEL_COLUMNS - 1);
    return rows > MOST_DESCRIPTION ? MOST_DESCRIPTION : rows;
}

static int grid_rows(const struct group_form *form, const struct canvas *canvas)
{
    int columns = canvas->columns < 50 ? 1 : (canvas->columns - 2) / 24;
    return form->catalogue ? ((int)form->catalogue->count + columns - 1) / columns : 0;
}

/* Where not both fit, the one with the focus is shown. */
size_t group_form_member_rows(const struct group_form *form, const struct canvas *canvas)
{
    int left = canvas->rows - AROUND - description_rows(form, canvas);
    int beside = left - grid_rows(form, canvas);
    if (beside >= LEAST_MEMBERS) return (size_t)beside;
    if (form->part == GROUP_PART_PERMISSIONS) return 0;
    return left > 1 ? (size_t)left : 1;
}

static void draw_title(const struct group_form *form, const struct canvas *canvas)
{
    int used = draw_text(canvas, 0, 1, ROLE_BOLD, "Edit Group");
    if (group_form_is_changed(form)) draw_text(canvas, 0, 1 + used, ROLE_WARN, " · changed");
    int column = canvas->columns - 24;
    if (column < used + 2) return;
    draw_button(canvas, 0, column, "Update", form->part == GROUP_PART_SAVE);
    draw_button(canvas, 0, column + 12, "Cancel", form->part == GROUP_PART_CANCEL);
}

static void draw_label(const struct canvas *canvas, int row, bool focused, const char *label)
{
    draw_cell(canvas, row, 1, LABEL_COLUMNS - 2, focused ? ROLE_ACCENT : ROLE_MUTED, label);
}

static void draw_member(const struct group_form *form, const struct canvas *canvas, int row,
                        size_t index)
{
    const struct group_member *member = list_row(&form->members, index);
    char id[ACCOUNT_ID_SIZE];
    bool leaving = id_set_has(&form->leaving, member->row.number);
    bool here = form->part == GROUP_PART_MEMBERS && index == form->members.cursor;
    const char *note = member->joining ? "joins" : leaving ? "leaves" : "";
    struct canvas line = canvas_part(canvas, row, 0, 1, canvas->columns);
    line.selected = here;
    int wide = canvas->columns - 12;
    account_id_text(id, member->row.name);
    if (here) draw_glyph(&line, 0, 1, ROLE_ACCENT, GLYPH_CURSOR);
    draw_cell_middle(&line, 0, 3, wide > 40 ? 40 : wide, leaving ? ROLE_MUTED : ROLE_TEXT, id);
    line.selected = false;
    draw_text(&line, 0, wide > 40 ? 45 : wide + 4, leaving ? ROLE_WARN : ROLE_GOOD, note);
    if (here) draw_cursor(canvas, row, 3, false);
}

static int draw_members(struct group_form *form, const struct canvas *canvas, int row, size_t rows)
{
    char right[96];
    size_t joining = form->joining.count, leaving = form->leaving.count;
    int size = snprintf(right, sizeof right, "%lld", (long long)form->group.members);
    if (joining)
        size += snprintf(right + size, sizeof right - (size_t)size, " · %zu join", joining);
    if (leaving)
        size += snprintf(right + size, sizeof right - (size_t)size, " · %zu leave", leaving);
    if (!form->group.system) snprintf(right + size, sizeof right - (size_t)size, " · + add");
    draw_rule(canvas, row++, "Members", right, form->part == GROUP_PART_MEMBERS);
    if (!form->members.count && rows)
        draw_text(canvas, row, 3, ROLE_MUTED, "No members yet: + adds one");
    for (size_t i = 0; i < form->members.count && i < rows; i++)
        draw_member(form, canvas, row + (int)i, i);
    return row + (int)rows;
}

static enum grid_mark mark_of(const void *arg, int64_t permission)
{
    const struct group_form *form = arg;
    return id_set_has(&form->permissions, permission) ? GRID_EXPLICIT : GRID_NONE;
}

static void draw_grid(struct group_form *form, const struct canvas *canvas, int row)
{
    bool focused = form->part == GROUP_PART_PERMISSIONS;
    char text[PERMISSION_NAME_MAX * 4 + PERMISSION_SENTENCE_MAX * 4 + 8];
    draw_rule(canvas, row++, "Permissions", "", focused);
    if (!form->catalogue || !form->catalogue->count) return;
    /* On a low screen the boxes scroll with the cursor. */
    struct canvas boxes = canvas_part(canvas, row, 0, canvas->rows - row - 1, canvas->columns);
    int place = form->grid.columns ? (int)form->grid.at / form->grid.columns : 0;
    if (place >= boxes.rows) boxes.scroll = place - boxes.rows + 1;
    int used = grid_draw(&form->grid, form->catalogue, &boxes, 0, focused, mark_of, form);
    const struct permission *here = &form->catalogue->items[form->grid.at];
    snprintf(text, sizeof text, "%s: %s", here->name, here->sentence);
    row += used < boxes.rows ? used : boxes.rows;
    draw_cell(canvas, row, 2, canvas->columns - 4, ROLE_MUTED, text);
}

void group_form_draw(struct app *app, struct screen *screen, const struct canvas *whole)
{
    struct group_form *form = (struct group_form *)screen;
    struct canvas canvas = frame_draw_bottom(app, screen, whole);
    draw_title(form, &canvas);
    if (!form->loaded) return;
    int rows = description_rows(form, &canvas), columns = canvas.columns - LABEL_COLUMNS - 1;
    bool focused = form->part == GROUP_PART_DESCRIPTION;
    draw_label(&canvas, 1, false, "Group");
    draw_cell(&canvas, 1, LABEL_COLUMNS, columns, ROLE_TEXT, form->group.name);
    draw_label(&canvas, 2, focused, "Description");
    field_draw(&form->description, &canvas, 2, LABEL_COLUMNS, columns, rows, focused);
    size_t members = group_form_member_rows(form, &canvas);
    int row = draw_members(form, &canvas, 2 + rows, members);
    if (row + 2 < canvas.rows) draw_grid(form, &canvas, row);
}
