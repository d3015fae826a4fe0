/* Sends keys as a person types them: where the program tells things apart by the time between two
 * bytes, that time passes. */
#include "terminal_inside.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* More characters within 5 ms are a paste; Esc is taken for a key after 25 ms; what follows a paste
 * within 50 ms belongs to it. */
enum { AT_ONCE = 3, BETWEEN_MS = 7, AFTER_ESCAPE_MS = 60, AFTER_PASTE_MS = 60 };

void terminal_write(struct terminal *terminal, const void *bytes, size_t size)
{
    cr_assert(write(terminal->fd, bytes, size) == (ssize_t)size);
}

void terminal_wait_read(struct terminal *terminal)
{
    /* The program's end of the terminal tells what is unread. poll, unlike FIONREAD, also counts
     * what is in transit. */
    int other = ioctl(terminal->fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct pollfd unread = {.fd = other, .events = POLLIN};
    int64_t end = terminal_now() + UNREAD_MS;
    while (other >= 0 && poll(&unread, 1, 0) > 0 && terminal_now() < end)
        terminal_pump(terminal, 1);
    if (other >= 0) close(other);
}

static void let_read(struct terminal *terminal, int ms)
{
    terminal_wait_read(terminal);
    terminal_listen(terminal, ms);
    terminal->typed = 0;
}

/* A sequence up to its final letter, a bracketed paste up to its end, else a character. */
static size_t key_size(const char *keys)
{
    if (!strncmp(keys, "\033[200~", 6)) {
        const char *end = strstr(keys, "\033[201~");
        return end ? (size_t)(end - keys) + 6 : strlen(keys);
    }
    if (keys[0] == '\033' && (keys[1] == '[' || keys[1] == 'O')) {
        size_t size = 2 + strspn(keys + 2, "[<;?0123456789");
        return size + (keys[size] != 0);
    }
    size_t size = 1;
    while (((unsigned char)keys[size] & 0xc0) == 0x80)
        size++;
    return size;
}

void terminal_send(struct terminal *terminal, const char *keys)
{
    while (*keys) {
        size_t size = key_size(keys);
        bool text = (unsigned char)*keys >= ' ' && *keys != 0x7f;
        if (text && terminal->typed == AT_ONCE) let_read(terminal, BETWEEN_MS);
        terminal_write(terminal, keys, size);
        terminal->typed += text;
        if (*keys == '\033' && size == 1) let_read(terminal, AFTER_ESCAPE_MS);
        if (!strncmp(keys, "\033[200~", 6)) let_read(terminal, AFTER_PASTE_MS);
        keys += size;
    }
}

void terminal_send_slowly(struct terminal *terminal, const char *keys, int pause_ms)
{
    for (; *keys; keys++) {
        terminal_write(terminal, keys, 1);
        terminal_listen(terminal, pause_ms);
    }
}
