/* The loop: waits for keys, signals and timers, and carries out what screens ask for. */
#ifndef GATEHOUSE_UI_LOOP_H
#define GATEHOUSE_UI_LOOP_H

#include "ui/app.h"
#include "ui/terminal/input.h"

struct loop *loop_new(void); /* NULL: no memory */
void loop_free(struct loop *loop);
/* Runs until app->quit or the last screen is closed. */
enum error loop_run(struct app *app) MUST_CHECK;
/* Draws a frame at once, before something that takes long (deriving a key). */
void loop_draw(struct app *app);
/* For store_set_wait, with the struct app: says after a moment what is waited for; Esc gives up,
 * and other keys typed meanwhile are dropped. */
bool loop_wait(void *app, int64_t waited_ms);
/* While the console waits for one call to return: follows a new size of the terminal at once. True:
 * the console was told to end, so the call should be given up. A stop (^Z from elsewhere) has to
 * wait for the call. */
bool loop_is_ending(struct app *app);
/* All open screens are read again before the next frame. */
void loop_reload(struct app *app);
/* Sends the next frame whole, changed or not. */
void loop_redraw(struct app *app);
/* Gives the terminal back to the shell until fg. */
void loop_suspend(struct app *app);
/* Calls `done` in `delay` ms, whatever screens are open then. There is one timer for each `done`:
 * setting it again replaces it. */
void loop_set_timer(struct app *app, int64_t delay, void (*done)(struct app *app));

/* What a character means to the top screen: for input_new(). `app`: a struct app. */
enum input_use loop_use_of_key(void *app, int key);

#endif
