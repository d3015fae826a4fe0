/* The stack of screens. A screen is a struct that begins with `struct screen`, and a class of
 * functions; pop-ups and dialogs are screens, too. Whoever makes one sets `class` and `app`. */
#ifndef GATEHOUSE_UI_SCREEN_H
#define GATEHOUSE_UI_SCREEN_H

#include "ui/app.h"
#include "ui/command.h"

/* One command of a screen. A command may have several rows: the first that applies counts. */
struct screen_command {
    enum command command;
    int (*run)(struct screen *screen); /* from a key, a menu or the palette; returns effects */
    /* NULL: always; else returns NULL when it can be run now, or why not ("revoked"). */
    const char *(*why_not)(const struct screen *screen);
    /* What menus call it now ("Deactivate"); NULL: what the command table says. */
    const char *(*label)(const struct screen *screen);
    bool (*when)(const struct screen *screen); /* whether the row applies; NULL: always */
    bool needs_row; /* it is about the row under the cursor: not run where there is none */
};

enum { COMMAND_TABLES = 3 };

/* Only `draw` must be there. */
struct screen_class {
    const char *title;      /* for the help page */
    bool popup;             /* drawn over what lies below */
    enum command tab;       /* the command of its tab in the tab row; COMMAND_NONE: no tab */
    bool keeps_typed_ahead; /* false for a pop-up: keys typed before it was drawn are discarded */
    const enum command *footer; /* in order of importance, ended by COMMAND_NONE; NULL: those of
                                   the contexts that carry a hint */

    /* What has the focus, the most special first; CONTEXT_EVERYWHERE follows by itself unless it is
     * a dialog. `focus` is asked instead where that changes. A text field has no context: it takes
     * its keys in `key`, before any command. */
    struct contexts contexts;
    struct contexts (*focus)(const struct screen *screen);
    /* Reads from the model; the only function that does. After opening, after EFFECT_LOAD, and when
     * another process has changed the database. A failure is shown and the old data stay. */
    enum error (*load)(struct screen *screen);
    void (*draw)(struct screen *screen, const struct canvas *canvas);
    /* Every key comes here first, raw (text fields take theirs); EFFECT_PASS: look it up in the
     * command table. UI_PASTE comes here only. */
    int (*key)(struct screen *screen, int key);
    /* What it can do, each table ended by COMMAND_NONE; what no row of them applies to is looked up
     * in app->commands. */
    const struct screen_command *commands[COMMAND_TABLES];
    /* The row under the cursor, for commands that need one; NULL: there is none, and *why_not says
     * so ("there is no group"). */
    const void *(*row)(const struct screen *screen, const char **why_not);
    /* Moves the cursor by a command that has no row: those of lists and the like. Returns
     * effects. */
    int (*move)(struct screen *screen, enum command command);
    /* Before a command that is not general: waits for the rows it is about, if they are still to
     * come. */
    void (*wait)(struct screen *screen);
    /* Before the console goes elsewhere by `next` (a tab, or quitting): false when there is
     * something to lose; then it has asked, and runs `next` itself if the answer is yes. NULL: may
     * always. */
    bool (*leave)(struct screen *screen, enum command next);
    /* `due` is when `tick` wants to be called (ambient_ticks(); INT64_MAX: never). */
    int64_t (*due)(const struct screen *screen);
    int (*tick)(struct screen *screen);
    void (*resize)(struct screen *screen);
    void (*close)(struct screen *screen); /* frees the screen itself */
};

struct screen {
    const struct screen_class *class;
    struct app *app;
    struct screen *below;
    int64_t failed_since; /* wall clock of the first of the failed loads; 0: the data are fresh */
    bool wants_load;
    bool is_loading; /* in the background: whether that succeeds is not known yet */
};

/* Puts a screen on top. It is loaded and drawn by the loop. */
void screen_push(struct screen *screen);
/* Takes a screen off the stack and frees it; what lies below is loaded again. */
void screen_close(struct screen *screen);
/* Runs a command in a screen as a key would; says why where it is disabled. Returns effects, which
 * the loop carries out. */
int screen_run(struct screen *screen, enum command command);
/* Why a command is disabled in this screen (read-only included); NULL when it is not. */
const char *screen_why_not(const struct screen *screen, enum command command);
/* What a menu calls it. */
const char *screen_label(const struct screen *screen, enum command command);
/* What its class says is the row under the cursor; NULL. */
const void *screen_row(const struct screen *screen);
/* Ends with CONTEXT_EVERYWHERE unless a dialog has the focus. */
struct contexts screen_contexts(const struct screen *screen);

#endif
