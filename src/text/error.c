#include <gatehouse/error.h>
#include <gatehouse/text.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

static _Thread_local char message[ERROR_MESSAGE_MAX];

void error_say(const char *format, ...)
{
    char raw[ERROR_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    text_hide_tokens(raw);
    text_visible(message, sizeof message, raw, SIZE_MAX);
}

const char *error_message(void)
{
    return message;
}
