#include "ui/kit/menu.h"

#include "ui/kit/frame.h"
#include "ui/kit/pane.h"
#include "ui/terminal/key.h"

#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>

enum { ENTRIES = 24, KEY_COLUMNS = 8 };

struct menu_entry {
    char key_text[16], label[64], reason[80];
    int key;
    enum command command;
};

struct menu {
    struct screen screen;
    char title[80];
    int row, column; /* the cell it opens beside */
    size_t count, cursor;
    struct pane pane;
    struct menu_entry entries[ENTRIES];
    int (*picked)(struct app *app, void *arg, size_t index); /* NULL: runs commands */
    void *arg;
};

static int entry_width(const struct menu_entry *entry)
{
    int width = KEY_COLUMNS + (int)text_width(entry->label);
    if (entry->reason[0]) width += 3 + (int)text_width(entry->reason);
    return width;
}

/* To the right of the cell and below it, or wherever there is room. */
static struct canvas place(const struct menu *menu, const struct canvas *whole)
{
    struct canvas above = frame_above(whole);
    const struct canvas *screen = &above;
    int width = (int)text_width(menu->title) + 6, height = (int)menu->count + 2;
    for (size_t i = 0; i < menu->count; i++)
        if (entry_width(&menu->entries[i]) + 4 > width) width = entry_width(&menu->entries[i]) + 4;
    if (width > screen->columns) width = screen->columns;
    if (height > screen->rows) height = screen->rows;
    /* The terminal may have been resized since. */
    int column = menu->column < screen->columns ? menu->column : screen->columns - 1;
    int row = menu->row < screen->rows ? menu->row : screen->rows - 1;
    int left = column + 1, top = row;
    if (left + width > screen->columns) left = column - width;
    if (left < 0) left = screen->columns - width;
    if (top + height > screen->rows) top = row - height + 1;
    if (top < 0) top = screen->rows - height;
    return canvas_part(screen, top, left, height, width);
}

static void draw_entry(const struct menu *menu, const struct canvas *canvas, size_t index)
{
    const struct menu_entry *entry = &menu->entries[index];
    struct canvas line = canvas_row(canvas, (int)index, index == menu->cursor, 0);
    bool off = entry->reason[0] != 0;
    draw_cell(&line, 0, 1, KEY_COLUMNS - 2, off ? ROLE_DISABLED : ROLE_ACCENT, entry->key_text);
    int used = draw_text(&line, 0, KEY_COLUMNS, off ? ROLE_DISABLED : ROLE_TEXT, entry->label);
    if (off) draw_format(&line, 0, KEY_COLUMNS + used, ROLE_DISABLED, " · %s", entry->reason);
    if (line.lit) draw_cursor(&line, 0, KEY_COLUMNS, false);
}

static int draw_entries(void *arg, const struct canvas *canvas)
{
    const struct menu *menu = arg;
    for (size_t i = 0; i < menu->count; i++) {
        draw_entry(menu, canvas, i);
        screen_target(&menu->screen, canvas, (int)i, 0, canvas->columns, UI_TARGET + (int)i);
    }
    return (int)menu->count;
}

/* The blank before the border is for the scroll bar. */
static void draw(struct screen *screen, const struct canvas *canvas)
{
    struct menu *menu = (struct menu *)screen;
    struct canvas box = place(menu, canvas);
    draw_box(&box, menu->title, false);
    struct canvas entries = canvas_part(&box, 1, 2, box.rows - 2, box.columns - 3);
    pane_draw(&menu->pane, &entries, draw_entries, menu);
}

static int choose(struct app *app, struct menu *menu, size_t index)
{
    struct menu_entry entry = menu->entries[index];
    int (*picked)(struct app *, void *, size_t) = menu->picked;
    void *arg = menu->arg;
    if (entry.reason[0]) {
        app_say(app, ROLE_WARN, "Cannot do that: %s", entry.reason);
        return EFFECT_DRAW;
    }
    screen_close(&menu->screen);
    struct screen *below = app->top;
    int effects = picked ? picked(app, arg, index) : screen_run(below, entry.command);
    if (!(effects & EFFECT_CLOSE)) return effects | EFFECT_DRAW;
    screen_close(below);
    return EFFECT_LOAD;
}

/* A step beyond an end goes to the other one. */
static int move(struct screen *screen, enum command command)
{
    struct menu *menu = (struct menu *)screen;
    int count = (int)menu->count, by = command_rows(command, count, count);
    int at = (int)menu->cursor + by;
    if (!count) return EFFECT_NONE;
    bool around = by == 1 || by == -1;
    menu->cursor = (size_t)(at < 0       ? around ? count - 1 : 0
                            : at < count ? at
                            : around     ? 0
                                         : count - 1);
    return EFFECT_DRAW;
}

static int key(struct screen *screen, int key)
{
    struct app *app = screen->app;
    struct menu *menu = (struct menu *)screen;
    for (size_t i = 0; i < menu->count; i++)
        if (menu->entries[i].key == key && key != UI_ENTER) return choose(app, menu, i);
    if (key >= UI_TARGET) return choose(app, menu, (size_t)(key - UI_TARGET));
    if (key == UI_CLICK) return EFFECT_CLOSE; /* outside */
    if (key == UI_WHEEL_UP) return move(screen, COMMAND_UP);
    return key == UI_WHEEL_DOWN ? move(screen, COMMAND_DOWN) : EFFECT_PASS;
}

static int choose_here(struct screen *screen)
{
    struct menu *menu = (struct menu *)screen;
    return menu->count ? choose(screen->app, menu, menu->cursor) : EFFECT_CLOSE;
}

static int close(struct screen *screen)
{
    (void)screen;
    return EFFECT_CLOSE;
}

static const struct screen_command menu_commands[] = {
    {COMMAND_ACCEPT, .run = choose_here, .hint = "choose"},
    {COMMAND_ESCAPE, .run = close, .hint = "close"},
    {COMMAND_BACK, .run = close},
    {COMMAND_MENU, .run = close},
    {.command = COMMAND_NONE},
};

static const enum command footer[] = {COMMAND_ACCEPT, COMMAND_DOWN, COMMAND_UP, COMMAND_NONE};

static void close_menu(struct screen *screen)
{
    free(screen);
}

static const struct screen_class menu_class = {
    .title = "Menu",
    .popup = true,
    .keeps_typed_ahead = true,
    .footer = footer,
    .contexts = {{CONTEXT_MENU, CONTEXT_LIST, CONTEXT_DIALOG}},
    .draw = draw,
    .key = key,
    .commands = {menu_commands},
    .move = move,
    .close = close_menu,
};

static struct menu *new_menu(struct app *app, const char *title, int row, int column)
{
    struct menu *menu = screen_new(app, &menu_class, sizeof *menu);
    if (!menu) return NULL;
    menu->row = row;
    menu->column = column;
    snprintf(menu->title, sizeof menu->title, "%s", title);
    return menu;
}

void menu_open(struct app *app, const char *title, int row, int column,
               const enum command *commands)
{
    const struct screen *screen = app->top;
    struct contexts contexts = screen_contexts(screen);
    struct menu *menu = new_menu(app, title, row, column);
    if (!menu) return;
    for (; *commands && menu->count < ENTRIES; commands++) {
        if (!command_works(*commands, &contexts)) continue;
        struct menu_entry *entry = &menu->entries[menu->count++];
        const char *reason = screen_why_not(screen, *commands);
        entry->command = *commands;
        entry->key = *command_keys(*commands);
        if (entry->key) key_text(entry->key, entry->key_text);
        snprintf(entry->label, sizeof entry->label, "%s", screen_label(screen, *commands));
        snprintf(entry->reason, sizeof entry->reason, "%s", reason ? reason : "");
    }
    screen_push(&menu->screen);
}

void picker_open(struct app *app, const char *title, int row, int column,
                 const struct picker_entry *entries, size_t count, size_t present,
                 int (*picked)(struct app *app, void *arg, size_t index), void *arg)
{
    struct menu *menu = new_menu(app, title, row, column);
    if (!menu) return;
    menu->picked = picked;
    menu->arg = arg;
    menu->cursor = present;
    for (size_t i = 0; i < count && i < ENTRIES; i++) {
        struct menu_entry *entry = &menu->entries[menu->count++];
        entry->key = entries[i].key;
        if (entry->key) key_text(entry->key, entry->key_text);
        snprintf(entry->label, sizeof entry->label, "%s", entries[i].label);
    }
    screen_push(&menu->screen);
}
