#include "src/serve/log.h"

#include <gatehouse/text.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_SIZE = 1024 };

void log_line(const char *format, ...)
{
    char text[LINE_SIZE], visible[LINE_SIZE + 64], line[LINE_SIZE + 128];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    text_visible(visible, sizeof visible, text, SIZE_MAX);
    text_hide_tokens(visible);
    int size = snprintf(line, sizeof line, "gatehouse serve: %s\n", visible);
    /* A line that nobody takes is lost: a check must not wait for a reader of the log. */
    struct pollfd wait = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&wait, 1, 0) != 1 || !(wait.revents & POLLOUT)) return;
    ssize_t ignored = write(STDERR_FILENO, line, (size_t)size);
    (void)ignored;
}
