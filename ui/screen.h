/* The stack of screens. A screen is a struct whose first member is a `struct screen`, and a class:
 * a table of its functions and commands. Pop-ups and dialogs are screens, too. The code that
 * creates one sets `class` and `app`. */
#ifndef GATEHOUSE_UI_SCREEN_H
#define GATEHOUSE_UI_SCREEN_H

#include "ui/app.h"
#include "ui/command.h"

#include <gatehouse/error.h>

/* One command of a screen. A command may have several rows; the first that applies is used. */
struct screen_command {
    enum command command;
    int (*run)(struct screen *screen); /* from a key, a menu or the palette; returns effects */
    /* Returns NULL if it can be run now, or the reason why not ("revoked"). NULL: it always can. */
    const char *(*why_not)(const struct screen *screen);
    /* What menus call it now ("Deactivate"). NULL: what the command table says. */
    const char *(*label)(const struct screen *screen);
    const char *hint; /* in the footer; NULL: what the command table says; "": not shown */
    const char *(*hint_now)(const struct screen *screen); /* the same, where it is not fixed */
    bool (*when)(const struct screen *screen); /* whether the row applies. NULL: always */
    bool needs_row; /* acts on the row under the cursor: disabled if there is none */
};

enum { COMMAND_TABLES = 3 };

/* All but `draw` may be NULL. */
struct screen_class {
    const char *title;      /* for the help page */
    bool popup;             /* drawn over the screen below */
    enum command tab;       /* the command of the tab it belongs to; COMMAND_NONE: none */
    bool keeps_typed_ahead; /* for pop-ups; false: keys typed before it was drawn are dropped */
    /* What the footer shows of the commands that work now: by importance, ended by COMMAND_NONE.
     * Help and the way out follow by themselves. NULL: only these. */
    const enum command *footer;

    /* Returns what to use instead, where that depends on more than the focus. NULL: `footer`. */
    const enum command *(*hints)(const struct screen *screen);

    /* What has the focus, the most special first. CONTEXT_EVERYWHERE is added unless it is a
     * dialog. Where it changes, `focus` returns it instead. A text field (CONTEXT_TEXT) takes
     * letters and the keys that edit in `key`, before any command. */
    struct contexts contexts;
    struct contexts (*focus)(const struct screen *screen);
    /* Reads from the model, as no other function does: after opening, after EFFECT_LOAD, and when
     * another process has changed the database. If it fails, the old data stay on the screen. */
    enum error (*load)(struct screen *screen);
    void (*draw)(struct screen *screen, const struct canvas *canvas);
    /* Gets every key first. EFFECT_PASS: it is looked up in the command table. UI_PASTE comes only
     * here. */
    int (*key)(struct screen *screen, int key);
    /* Its commands; each table ends with COMMAND_NONE. They are searched in this order, and after
     * them app->commands. */
    const struct screen_command *commands[COMMAND_TABLES];
    /* The row under the cursor, for commands that need one. NULL: there is none, and *why_not is
     * the reason ("there is no group"). */
    const void *(*row)(const struct screen *screen, const char **why_not);
    /* Gets those that move the cursor (command_moves) if they are in no table. Returns effects. */
    int (*move)(struct screen *screen, enum command command);
    /* Called before a command that is not general, to wait for rows that are still being read. */
    void (*wait)(struct screen *screen);
    /* Called before `next` (showing a tab, or quitting) leaves the screen. False: something would
     * be lost; then it has asked, and runs `next` itself if the answer is yes. */
    bool (*leave)(struct screen *screen, enum command next);
    /* When `tick` should be called, in ambient_ticks(); INT64_MAX: never. */
    int64_t (*due)(const struct screen *screen);
    int (*tick)(struct screen *screen);
    void (*close)(struct screen *screen); /* frees the screen itself */
};

struct screen {
    const struct screen_class *class;
    struct app *app;
    struct screen *below;
    int64_t failed_since; /* time of the first of the failed loads; 0: the data are fresh */
    char failure[ERROR_MESSAGE_MAX]; /* why the last of them failed */
    /* Set by `load`: what the screen is about was deleted elsewhere, and this says so ("this
     * account was deleted elsewhere"). What it showed last stays, and no command may change
     * anything. */
    const char *gone;
    bool wants_load;
    bool was_loaded; /* at least once: until then only the keys that work everywhere do */
    bool is_loading; /* in the background; whether it succeeds is not known yet */
};

/* A screen of `size` bytes, all 0 but for its class and its console; NULL as app_alloc. */
void *screen_new(struct app *app, const struct screen_class *class, size_t size);
/* Puts a screen on top; the loop loads and draws it. */
void screen_push(struct screen *screen);
/* Removes a screen from the stack and frees it; the one below is loaded again. */
void screen_close(struct screen *screen);
/* The data could not be read, for the reason that error_message() says: they are old from now on.
 */
void screen_set_failed(struct screen *screen);
/* Runs a command in a screen as its key would, or says why it is disabled. Returns effects for the
 * loop. */
int screen_run(struct screen *screen, enum command command);
/* Whether the screen knows the command at all: its key does something here, or says why not. */
bool screen_has(const struct screen *screen, enum command command);
/* What the footer calls a command now; NULL: it is not shown there. */
const char *screen_hint(const struct screen *screen, enum command command);
/* Why a command is disabled in this screen; NULL: it is not. */
const char *screen_why_not(const struct screen *screen, enum command command);
/* Whether it is disabled because of what is under the cursor or was done so far. False where this
 * console cannot run it at all, or there is no row. */
bool screen_refuses_now(const struct screen *screen, enum command command);
/* What menus call a command now. */
const char *screen_label(const struct screen *screen, enum command command);
/* The row under the cursor, from its class; NULL. */
const void *screen_row(const struct screen *screen);
/* For drawing functions: a click on these cells stands for `key` (UI_TARGET + n: the screen's own),
 * as long as the screen is on top. */
void screen_target(const struct screen *screen, const struct canvas *canvas, int row, int column,
                   int columns, int key);
/* Whether it has what its keys act on: it has been loaded, if it loads anything. */
bool screen_is_ready(const struct screen *screen);
/* Ends with CONTEXT_EVERYWHERE unless a dialog has the focus; before it is ready that is all, and
 * it has none of its own commands. */
struct contexts screen_contexts(const struct screen *screen);

#endif
