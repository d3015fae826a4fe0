#include "ui/terminal/clipboard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What GNU screen takes in one device control string. */
enum { SCREEN_CHUNK = 760 };
static const char head[] = "\033]52;c;";
static const char dcs[] = "\033P", dcs_end[] = "\033\\", tmux_dcs[] = "\033Ptmux;\033";

static enum error add_base64(struct secret *out, const unsigned char *bytes, size_t size)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    enum error e = OK;
    for (size_t i = 0; !e && i < size; i += 3) {
        size_t left = size - i;
        unsigned value = (unsigned)bytes[i] << 16;
        if (left > 1) value |= (unsigned)bytes[i + 1] << 8;
        if (left > 2) value |= bytes[i + 2];
        const char group[4] = {alphabet[value >> 18], alphabet[value >> 12 & 63],
                               left > 1 ? alphabet[value >> 6 & 63] : '=',
                               left > 2 ? alphabet[value & 63] : '='};
        e = secret_append(out, group, sizeof group);
    }
    return e;
}

static enum error add_chunks(struct secret *out, const struct secret *sequence)
{
    enum error e = OK;
    const size_t room = SCREEN_CHUNK - (sizeof dcs - 1) - (sizeof dcs_end - 1);
    for (size_t i = 0; !e && i < sequence->size; i += room) {
        size_t size = sequence->size - i < room ? sequence->size - i : room;
        e = secret_append(out, dcs, sizeof dcs - 1);
        if (!e) e = secret_append(out, sequence->bytes + i, size);
        if (!e) e = secret_append(out, dcs_end, sizeof dcs_end - 1);
    }
    return e;
}

static enum error wrap(enum clipboard_way way, const struct secret *sequence, struct secret *out)
{
    if (way == CLIPBOARD_SCREEN) return add_chunks(out, sequence);
    if (way != CLIPBOARD_TMUX_OLD) return secret_append(out, sequence->bytes, sequence->size);
    /* Every escape inside is doubled: there is one, the first byte. */
    enum error e = secret_append(out, tmux_dcs, sizeof tmux_dcs - 1);
    if (!e) e = secret_append(out, sequence->bytes, sequence->size);
    return e ? e : secret_append(out, dcs_end, sizeof dcs_end - 1);
}

enum error clipboard_bytes(enum clipboard_way way, const void *text, size_t size,
                           struct secret **out)
{
    struct secret *sequence = NULL, *wrapped = NULL;
    size_t room = sizeof head + (size + 2) / 3 * 4 + 1;
    enum error e = secret_new(room, &sequence);
    if (!e) e = secret_new(room + 64 + room / 100, &wrapped);
    if (!e) e = secret_set(sequence, head, sizeof head - 1);
    if (!e) e = add_base64(sequence, text, size);
    if (!e) e = secret_append(sequence, "\a", 1);
    if (!e) e = wrap(way, sequence, wrapped);
    secret_free(sequence);
    if (e)
        secret_free(wrapped);
    else
        *out = wrapped;
    return e;
}
