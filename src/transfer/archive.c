#include <gatehouse/archive.h>
#include <gatehouse/audit_verify.h>
#include <gatehouse/beside.h>
#include <gatehouse/database.h>

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define ARCHIVE_FORMAT "gatehouse-archive"
enum { ARCHIVE_VERSION = 1, LINE_MAX_SIZE = 16 * 1024 * 1024 };

/* The signature is over the BLAKE2b-256 of all lines before it. */
struct writer {
    gzFile file;
    crypto_generichash_state hash;
};

static enum error put(struct writer *writer, json_t *value)
{
    char *line = value ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(value);
    if (!line) return fail_memory();
    size_t size = strlen(line);
    line[size++] = '\n';
    crypto_generichash_update(&writer->hash, (const uint8_t *)line, size);
    bool written = gzwrite(writer->file, line, (unsigned)size) == (int)size;
    free(line);
    return written ? OK : fail(ERR_SYSTEM, "cannot write the archive: %s", strerror(errno));
}

static enum error put_event(json_t *event, void *arg)
{
    return put(arg, event);
}

static json_t *head_json(const struct audit_part *part)
{
    char before[AUDIT_HASH_TEXT], head[AUDIT_HASH_TEXT];
    audit_hash_text(part->before, before);
    audit_hash_text(part->head, head);
    return json_pack("{s:s, s:i, s:I, s:I, s:s, s:s}", "format", ARCHIVE_FORMAT, "version",
                     ARCHIVE_VERSION, "first", (json_int_t)part->first, "last",
                     (json_int_t)part->last, "before", before, "head", head);
}

static enum error put_signature(struct writer *writer, const struct vault *vault,
                                char key_text[static AUDIT_KEY_TEXT])
{
    uint8_t digest[32], key[KEYBOX_SIGN_KEY_SIZE], signature[KEYBOX_SIGNATURE_SIZE];
    char text[2 * KEYBOX_SIGNATURE_SIZE + 1];
    key_text[0] = 0;
    if (!vault) return put(writer, json_pack("{s:n, s:n}", "key", "signature"));
    crypto_generichash_final(&writer->hash, digest, sizeof digest);
    enum error e = vault_sign(vault, digest, sizeof digest, key, signature);
    if (e) return e;
    sodium_bin2hex(key_text, AUDIT_KEY_TEXT, key, sizeof key);
    sodium_bin2hex(text, sizeof text, signature, sizeof signature);
    return put(writer, json_pack("{s:s, s:s}", "key", key_text, "signature", text));
}

static enum error write_lines(struct store *store, const struct audit_part *part,
                              const struct vault *vault, const struct progress *progress, int fd,
                              char key[static AUDIT_KEY_TEXT])
{
    struct writer writer = {.file = gzdopen(dup(fd), "wb")};
    if (!writer.file) return fail(ERR_SYSTEM, "cannot write the archive: %s", strerror(errno));
    crypto_generichash_init(&writer.hash, NULL, 0, 32);
    enum error e = put(&writer, head_json(part));
    if (!e) e = audit_archive_read(store, part, progress, put_event, &writer);
    if (!e) e = put_signature(&writer, vault, key);
    if (gzclose(writer.file) != Z_OK && !e)
        e = fail(ERR_SYSTEM, "cannot write the archive: %s", strerror(errno));
    return e;
}

/* The file has its name before the events leave the database; if that fails, it goes again. */
static enum error move(const struct act *act, int64_t time, const char *path,
                       const struct vault *vault, const struct progress *progress,
                       struct audit_part *part, bool *written)
{
    struct beside file;
    char key[AUDIT_KEY_TEXT], copy[PATH_MAX];
    enum error e = audit_archive_find(act->store, time, part);
    if (!e) e = beside_begin(path, &file);
    if (e) return e;
    e = write_lines(act->store, part, vault, progress, file.fd, key);
    if (e) {
        beside_drop(&file);
        return e;
    }
    e = beside_finish(&file);
    if (e) return e;
    *written = true;
    snprintf(copy, sizeof copy, "%s", path);
    return audit_archive_remove(act, part, basename(copy), key[0] ? key : NULL);
}

enum error archive_write(const struct act *act, int64_t time, const char *path,
                         const struct vault *vault, const struct progress *progress,
                         struct audit_part *out)
{
    bool written = false;
    enum error e = store_begin(act->store);
    if (e) return e;
    e = store_end(act->store, move(act, time, path, vault, progress, out, &written));
    if (e && written) unlink(path);
    return e;
}

struct reader {
    gzFile file;
    const char *path;
    char *line;
    size_t room;
    crypto_generichash_state *hash; /* of the lines before this one */
    size_t size;
};

static enum error broken(const struct reader *reader, enum error e, const char *what)
{
    return fail(e, "%s %s", reader->path, what);
}

static enum error grow(struct reader *reader)
{
    size_t room = reader->room ? 2 * reader->room : 4096;
    if (room > LINE_MAX_SIZE) return broken(reader, ERR_INVALID, "is not an archive of Gatehouse");
    char *line = realloc(reader->line, room);
    if (!line) return fail_memory();
    reader->line = line;
    reader->room = room;
    return OK;
}

/* The next line as JSON; NULL at the end. */
static enum error get(struct reader *reader, json_t **out)
{
    int kind;
    *out = NULL;
    if (reader->size)
        crypto_generichash_update(reader->hash, (const uint8_t *)reader->line, reader->size);
    reader->size = 0;
    do {
        enum error e = reader->size + 1 < reader->room ? OK : grow(reader);
        if (e) return e;
        if (!gzgets(reader->file, reader->line + reader->size, (int)(reader->room - reader->size)))
            break;
        reader->size += strlen(reader->line + reader->size);
    } while (reader->line[reader->size - 1] != '\n');
    gzerror(reader->file, &kind);
    if (kind != Z_OK && kind != Z_STREAM_END)
        return broken(reader, ERR_CONFLICT, "is damaged or incomplete");
    if (!reader->size) return OK;
    *out = json_loadb(reader->line, reader->size, 0, NULL);
    return *out ? OK : broken(reader, ERR_INVALID, "is not an archive of Gatehouse");
}

static enum error read_head(struct reader *reader, struct audit_part *part)
{
    json_t *line;
    const char *format, *before, *head;
    int version;
    json_int_t first, last;
    enum error e = get(reader, &line);
    if (e) return e;
    if (!line ||
        json_unpack(line, "{s:s, s:i, s:I, s:I, s:s, s:s}", "format", &format, "version", &version,
                    "first", &first, "last", &last, "before", &before, "head", &head) != 0 ||
        strcmp(format, ARCHIVE_FORMAT) != 0)
        e = broken(reader, ERR_INVALID, "is not an archive of Gatehouse");
    else if (version != ARCHIVE_VERSION)
        e = broken(reader, ERR_INVALID, "was written by a newer Gatehouse: install that one");
    else
        *part = (struct audit_part){.first = first, .last = last};
    if (!e) e = audit_hash_parse(before, part->before);
    if (!e) e = audit_hash_parse(head, part->head);
    json_decref(line);
    return e;
}

/* The last line. */
static enum error check_signature(struct reader *reader, const json_t *line,
                                  char key_text[static AUDIT_KEY_TEXT])
{
    uint8_t digest[32], key[KEYBOX_SIGN_KEY_SIZE], signature[KEYBOX_SIGNATURE_SIZE];
    const char *key_hex = json_string_value(json_object_get(line, "key"));
    const char *hex = json_string_value(json_object_get(line, "signature"));
    size_t size;
    if (!key_hex && !hex) return OK;
    crypto_generichash_state hash = *reader->hash;
    crypto_generichash_final(&hash, digest, sizeof digest);
    bool is_signed = key_hex && hex && strlen(key_hex) == 2 * sizeof key &&
                     strlen(hex) == 2 * sizeof signature &&
                     !sodium_hex2bin(key, sizeof key, key_hex, 2 * sizeof key, NULL, &size, NULL) &&
                     !sodium_hex2bin(signature, sizeof signature, hex, 2 * sizeof signature, NULL,
                                     &size, NULL) &&
                     keybox_is_signed(key, digest, sizeof digest, signature);
    if (!is_signed)
        return broken(reader, ERR_CONFLICT,
                      "was changed after it was signed: its signature is wrong");
    memcpy(key_text, key_hex, 2 * sizeof key + 1);
    return OK;
}

static enum error read_events(struct reader *reader, struct archive *archive)
{
    json_t *line = NULL;
    bool ended = false;
    enum error e = OK;
    while (!e && !ended) {
        e = get(reader, &line);
        if (!e && !line) return broken(reader, ERR_CONFLICT, "is damaged or incomplete");
        ended = !e && !json_object_get(line, "sequence");
        if (!e)
            e = ended ? check_signature(reader, line, archive->key)
                      : audit_archive_add(archive->store, line);
        json_decref(line);
    }
    return e;
}

static enum error read_all(struct reader *reader, struct archive *archive)
{
    uint8_t head[AUDIT_HASH_SIZE];
    int64_t last, checked;
    enum error e = read_head(reader, &archive->part);
    if (!e) e = database_open_memory(&archive->store);
    if (!e) e = store_begin(archive->store);
    if (!e) e = store_end(archive->store, read_events(reader, archive));
    if (!e) e = audit_head(archive->store, &last, head);
    if (!e)
        e = audit_verify_part(archive->store, archive->part.first - 1, archive->part.before,
                              &checked);
    if (e) return e;
    return last == archive->part.last && memcmp(head, archive->part.head, sizeof head) == 0
               ? OK
               : broken(reader, ERR_CONFLICT,
                        "does not contain the events that it says it contains");
}

enum error archive_open(const char *path, struct archive *out)
{
    *out = (struct archive){0};
    crypto_generichash_state hash;
    struct reader reader = {.path = path, .file = gzopen(path, "rb"), .hash = &hash};
    if (!reader.file) return fail(ERR_SYSTEM, "cannot read %s: %s", path, strerror(errno));
    crypto_generichash_init(&hash, NULL, 0, 32);
    enum error e = read_all(&reader, out);
    gzclose(reader.file);
    free(reader.line);
    if (e) archive_close(out);
    return e;
}

void archive_close(struct archive *archive)
{
    if (archive->store) store_close(archive->store);
    archive->store = NULL;
}
