/* The line that says whether a check service runs on the database, and how much it has to do. It
 * is asked in the background, now and then while the line is seen. */
#ifndef GATEHOUSE_UI_SERVICE_LINE_H
#define GATEHOUSE_UI_SERVICE_LINE_H

#include "ui/app.h"

#include <gatehouse/service.h>

struct service_line {
    int64_t due; /* ticks at which it is asked again */
    bool asking;
    struct service_state state; /* the latest answer, and when it came */
    int64_t answered;
    int64_t per_second; /* checks; -1: not known yet */
};

/* From service_line_start to service_line_leave the line stays where it is. */
void service_line_start(struct service_line *line);
/* The ticks at which it is time to ask. */
int64_t service_line_due(const struct service_line *line);
void service_line_ask(struct service_line *line, struct app *app);
void service_line_leave(struct service_line *line, struct app *app);

/* In one row; nothing if no service runs. */
void service_line_draw(const struct service_line *line, const struct canvas *canvas);

#endif
