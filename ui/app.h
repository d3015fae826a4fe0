/* What the whole console shares; every screen holds it. */
#ifndef GATEHOUSE_UI_APP_H
#define GATEHOUSE_UI_APP_H

#include "ui/terminal/draw.h"
#include "ui/terminal/theme.h"

#include <gatehouse/actor.h>
#include <gatehouse/setting.h>
#include <gatehouse/vault.h>
#include <stdbool.h>
#include <stdint.h>

struct background;
struct config;
struct input;
struct loop;
struct overview;
struct screen;
struct screen_command;
struct tab;
struct undo;

/* What the loop must do after a function of a screen has returned. */
enum effect {
    EFFECT_NONE = 0,
    EFFECT_DRAW = 1 << 0,
    EFFECT_LOAD = 1 << 1,  /* read from the model again, then draw */
    EFFECT_CLOSE = 1 << 2, /* close this screen; the one below is loaded again */
    EFFECT_PASS = 1 << 3,  /* not handled: the key is looked up as a command */
};

struct console_options {
    const char *database; /* path; created by the first-start dialog when missing */
    bool read_only;
    bool demo;                   /* says so in the title */
    const char *theme;           /* NULL: chosen for the terminal */
    const struct config *config; /* its keys are bound already (bindings.h) */
};

enum { TABS_MAX = 5 };

/* Cells that take clicks, as the last frame showed them. */
enum { TARGETS_MAX = 160 };
struct targets {
    size_t count;
    struct {
        int row, column, columns; /* of the screen */
        int key;                  /* what a click there stands for */
    } items[TARGETS_MAX];
};

struct app {
    const struct console_options *options;
    const struct screen_command *commands; /* what can be done everywhere; COMMAND_NONE ends them */
    const struct tab *tabs;                /* in the order of their digits */
    int tab_count;                         /* at most TABS_MAX */
    /* For the first start: opens the database at options->database, which exists by now, and shows
     * the accounts. */
    enum error (*open_database)(struct app *app);
    struct store *store;           /* NULL until there is a database (open_database) */
    struct background *background; /* NULL as long as `store` is */
    struct actor actor;
    struct vault *vault; /* NULL while locked; app_set_vault and app_lock change it */
    int64_t vault_locks; /* ticks at which it locks itself */
    struct screen *top;
    struct screen *hidden[TABS_MAX]; /* tabs that are open, but not shown (tabs.h) */
    int rows, columns;               /* of the screen */
    struct theme theme;
    struct cursor cursor;
    struct targets targets;
    struct input *input;
    struct loop *loop;
    struct undo *undo;
    struct overview *overview;
    enum role message_role;
    char message[512];  /* "": none; the next key after it was drawn clears it */
    bool message_drawn; /* only then a key clears it */
    bool waits;         /* the message says what is waited for, and nothing else yet */
    bool offers_undo; /* U takes back the last act without asking: nothing was run or said since */
    int64_t outdated; /* how often everything was to be read again */
    int64_t written;  /* the newest event this console had written when the last key came */
    bool detail_right, detail_below; /* whether lists show details there (detail.h) */
    bool mouse;                      /* whether the terminal reports it */
    bool discard_keys; /* after the next frame the loop drops the keys typed before it */
    bool quit;
};

/* What the functions of the model that change something take: the store, who, and now. */
struct act app_act(const struct app *app);
/* Grows when the database may have changed, or enough time has passed: what was read at the same
 * number need not be read again. */
int64_t app_data_version(const struct app *app);

/* Writes to the result line, over what was there. ROLE_GOOD: done; ROLE_BAD: failed. */
void app_say(struct app *app, enum role role, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Says error_message(). Returns EFFECT_DRAW. */
int app_say_error(struct app *app);
/* Memory, all 0, for what a key asks for; free. NULL: there is none left; that is said, and is what
 * error_message() says. */
void *app_alloc(struct app *app, size_t size);

/* A setting in seconds (0: never), or the configuration file's `own` value if that is shorter. */
int64_t app_seconds(const struct app *app, enum setting setting, int64_t own);

/* Takes ownership of an unlocked vault and starts its idle timer, which every use restarts by
 * app_touch_vault. */
void app_set_vault(struct app *app, struct vault *vault);
void app_touch_vault(struct app *app);
/* Seconds without use until the vault locks itself. */
int64_t app_vault_idle(const struct app *app);
void app_lock(struct app *app);

#endif
