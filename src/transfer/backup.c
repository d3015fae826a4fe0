#include <gatehouse/audit.h>
#include <gatehouse/audit_verify.h>
#include <gatehouse/backup.h>
#include <gatehouse/database.h>

#include "src/transfer/look_over.h"
#include <string.h>
#include <unistd.h>

enum error look_over(struct store *store)
{
    int64_t checked;
    enum error e = store_check(store);
    return e ? e : audit_verify(store, &checked);
}

static enum error write_event(const struct act *act, const char *path)
{
    const char *slash = strrchr(path, '/');
    return audit_write(
        act, &(struct audit_entry){.kind = "database.backup", .subject = slash ? slash + 1 : path});
}

static enum error verify(const char *path)
{
    struct store *copy;
    enum error e = database_open(path, STORE_READ_ONLY, &copy);
    if (e) return e;
    e = look_over(copy);
    store_close(copy);
    return e;
}

enum error backup_write(const struct act *act, const char *path)
{
    if (access(path, F_OK) == 0)
        return fail(ERR_CONFLICT, "%s is there already: choose another path", path);
    enum error e = store_begin(act->store);
    if (!e) e = store_end(act->store, write_event(act, path));
    if (!e) e = store_copy(act->store, path);
    if (e) return e;
    e = verify(path);
    if (e) unlink(path);
    return e;
}
