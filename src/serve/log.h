/* Lines for the admin, on standard error or in the journal. Never a token, never a header. */
#ifndef GATEHOUSE_SERVE_LOG_H
#define GATEHOUSE_SERVE_LOG_H

/* Writes one line, whole, from any thread. What looks like a token is hidden, and control
 * characters are made visible. Never waits: a line that nobody takes is lost. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
