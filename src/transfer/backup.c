/* Making and checking a backup, for which the database may be in use. */
#include <gatehouse/audit.h>
#include <gatehouse/audit_verify.h>
#include <gatehouse/backup.h>
#include <gatehouse/beside.h>
#include <gatehouse/database.h>
#include <string.h>
#include <unistd.h>

enum error backup_check(struct store *store)
{
    int64_t checked;
    enum error e = store_check(store);
    return e ? e : audit_verify(store, &checked);
}

static enum error write_backup_event(const struct act *act, const char *path)
{
    const char *slash = strrchr(path, '/');
    return audit_write(
        act, &(struct audit_entry){.kind = "database.backup", .subject = slash ? slash + 1 : path});
}

static enum error verify(const char *path, void *unused)
{
    struct store *copy;
    (void)unused;
    enum error e = database_open(path, STORE_COPY, &copy);
    if (e) return e;
    e = backup_check(copy);
    store_close(copy);
    return e;
}

/* The event comes last: what it says has happened. */
enum error backup_write(const struct act *act, const char *path)
{
    if (beside_is_taken(path))
        return fail(ERR_CONFLICT, "%s already exists: choose another path", path);
    enum error e = store_copy(act->store, path, verify, NULL);
    if (e) return e;
    e = store_begin(act->store);
    if (!e) e = store_end(act->store, write_backup_event(act, path));
    if (e) unlink(path);
    return e;
}
