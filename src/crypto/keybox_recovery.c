#include <gatehouse/keybox.h>

#include <sodium.h>
#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static const char shape[] = "xxxx-xxxxx-xxxx-xxxx-xxxxx-xxxx";
enum { BASE = 32, LETTERS = 26, CODE_SIZE = sizeof shape - 1, KEY_FILE_BYTES = 32 };

/* Lays `letters` out with the dashes of `shape`. */
static void lay_out(const char *letters, struct secret *code)
{
    for (size_t i = 0; i < CODE_SIZE; i++)
        code->bytes[i] = shape[i] == 'x' ? *letters++ : '-';
    code->bytes[CODE_SIZE] = '\0';
    code->size = CODE_SIZE;
}

enum error keybox_recovery_code(struct secret **out)
{
    struct secret *letters = NULL, *code = NULL;
    enum error e = secret_new(LETTERS, &letters);
    if (!e) e = secret_new(CODE_SIZE, &code);
    if (!e) {
        for (size_t i = 0; i < LETTERS; i++)
            letters->bytes[i] = alphabet[randombytes_uniform(BASE)];
        lay_out(letters->bytes, code);
        *out = code;
    }
    secret_free(letters);
    return e;
}

/* The letter that was meant; '\0' for none, ' ' for what is skipped. */
static char read_letter(char c)
{
    if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
    if (c == '-' || c == ' ' || c == '\t' || c == '\r' || c == '\n') return ' ';
    if (c == 'O') return '0';
    if (c == 'I' || c == 'L') return '1';
    return c && strchr(alphabet, c) ? c : '\0';
}

static enum error read_letters(const struct secret *code, struct secret *letters)
{
    for (size_t i = 0; i < code->size; i++) {
        char letter = read_letter(code->bytes[i]);
        if (letter == ' ') continue;
        if (!letter || letters->size == LETTERS)
            return fail(ERR_INVALID, "a recovery code has %d letters and digits, without U",
                        LETTERS);
        enum error e = secret_append(letters, &letter, 1);
        if (e) return e;
    }
    if (letters->size != LETTERS)
        return fail(ERR_INVALID, "a recovery code has %d letters and digits; this one has %zu",
                    LETTERS, letters->size);
    return OK;
}

enum error keybox_recovery_normalise(struct secret *code)
{
    struct secret *letters = NULL, *canonical = NULL;
    enum error e = secret_new(LETTERS, &letters);
    if (!e) e = read_letters(code, letters);
    if (!e) e = secret_new(CODE_SIZE, &canonical);
    if (!e) {
        lay_out(letters->bytes, canonical);
        /* `code` may be too small for the dashes: it takes over the new buffer. */
        struct secret old = *code;
        *code = *canonical;
        *canonical = old;
    }
    secret_free(canonical);
    secret_free(letters);
    return e;
}

enum error keybox_write_key_file(const char *path)
{
    struct secret *raw = NULL, *line = NULL;
    size_t line_size = sodium_base64_encoded_len(KEY_FILE_BYTES, sodium_base64_VARIANT_ORIGINAL);
    enum error e = secret_new(KEY_FILE_BYTES, &raw);
    if (!e) e = secret_new(line_size, &line);
    if (!e) {
        randombytes_buf(raw->bytes, KEY_FILE_BYTES);
        sodium_bin2base64(line->bytes, line_size, (const uint8_t *)raw->bytes, KEY_FILE_BYTES,
                          sodium_base64_VARIANT_ORIGINAL);
        line->size = line_size - 1;
        e = secret_write_file(line, path);
    }
    secret_free(line);
    secret_free(raw);
    return e;
}
