#include "ui/screens/service_line.h"

#include "ui/background.h"

#include <gatehouse/ambient.h>
#include <gatehouse/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not while the console starts; soon again after the first answer, because two make a rate. */
enum { START_MS = 500, FIRST_MS = 1000, AGAIN_MS = 5000, SECOND_MS = 1000 };

struct asking {
    struct job job;
    struct service_line *line;
    char *database;
    struct service_state state;
};

void service_line_start(struct service_line *line)
{
    *line = (struct service_line){.due = ambient_ticks() + START_MS, .per_second = -1};
}

int64_t service_line_due(const struct service_line *line)
{
    return line->asking ? INT64_MAX : line->due;
}

static enum error run(struct job *job, struct store *store)
{
    struct asking *asking = (struct asking *)job;
    if (store_is_address(asking->database)) return service_find(store, &asking->state);
    service_ask(asking->database, job_is_stopped, job, &asking->state);
    return job_is_stopped(job) ? ERR_STOPPED : OK;
}

static int64_t rate(const struct service_line *line, const struct service_state *next,
                    int64_t ticks)
{
    const struct service_state *last = &line->state;
    int64_t passed = ticks - line->answered, more = next->checks - last->checks;
    bool same = last->answers && next->answers && last->process == next->process;
    if (!same || more < 0 || passed < FIRST_MS / 2) return -1;
    return more * SECOND_MS / passed;
}

static void done(struct app *app, struct job *job, enum error e)
{
    (void)app;
    struct asking *asking = (struct asking *)job;
    struct service_line *line = asking->line;
    int64_t now = ambient_ticks();
    line->asking = false;
    line->due = now + AGAIN_MS;
    if (e) return;
    line->per_second = rate(line, &asking->state, now);
    line->state = asking->state;
    line->answered = now;
    if (line->state.answers && line->per_second < 0) line->due = now + FIRST_MS;
}

static void free_job(struct job *job)
{
    free(((struct asking *)job)->database);
    free(job);
}

void service_line_ask(struct service_line *line, struct app *app)
{
    struct asking *asking = calloc(1, sizeof *asking);
    char *database = strdup(app->options->database);
    line->due = ambient_ticks() + AGAIN_MS;
    if (!asking || !database) {
        free(asking);
        free(database);
        return;
    }
    *asking = (struct asking){
        .job = {.owner = line, .yields = true, .run = run, .done = done, .free = free_job},
        .line = line,
        .database = database};
    line->asking = true;
    background_post(app->background, &asking->job);
}

void service_line_leave(struct service_line *line, struct app *app)
{
    if (app->background) background_leave(app->background, line);
}

/* The glyph has a word wherever there is room for one. */
void service_line_draw(const struct service_line *line, const struct canvas *canvas)
{
    const struct service_state *state = &line->state;
    char text[100] = "Check service running";
    bool silent = state->has_socket && !state->answers;
    if (!state->runs || !canvas->columns) return;
    if (silent)
        snprintf(text, sizeof text, "Check service does not answer");
    else if (state->answers && line->per_second >= 0)
        snprintf(text, sizeof text, "Check service: %s check%s a second",
                 number_text(line->per_second).text, line->per_second == 1 ? "" : "s");
    else if (state->machines == 1)
        snprintf(text, sizeof text, "Check service on %s", state->machine);
    else if (state->machines > 1)
        snprintf(text, sizeof text, "Check services on %s machines",
                 number_text(state->machines).text);
    draw_glyph(canvas, 0, 0, silent ? ROLE_WARN : ROLE_GOOD,
               silent ? GLYPH_INACTIVE : GLYPH_ACTIVE);
    if ((int)text_width(text) + 2 <= canvas->columns) draw_text(canvas, 0, 2, ROLE_MUTED, text);
}
