/* Keeping a read transaction for the next read, as long as the database is unchanged.
 *
 * Beginning and ending one takes a lock in a file, which costs two system calls and, within a
 * process, a mutex that all connections share. That nothing was committed since it began can be
 * seen in the index of the log, which is shared memory: its header is written last in each commit
 * (https://www.sqlite.org/walformat.html, section 2.3; programs with different versions of SQLite
 * share it, so that its format is as fixed as that of the file). It is there twice, the second copy
 * being written first: two equal copies are whole. It counts commits, so that no two are alike. */
#include "sqlite.h"

#include <gatehouse/clock.h>
#include <stdatomic.h>
#include <string.h>

/* A checkpoint waits for it, and so does the erasure of what is in the log. */
enum { KEEP_MS = 10 };
enum { COPY_WORDS = 12 };

/* The start of the index, mapped by SQLite until the connection is closed; NULL: there is none. */
static const volatile uint32_t *find_index(struct sqlite *store)
{
    enum { REGION = 32 * 1024 }; /* SQLite maps it in pieces of this size */
    sqlite3_file *file = NULL;
    volatile void *mapped = NULL;
    if (store->no_index || store->alone) return NULL;
    if (sqlite3_file_control(store->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        !file->pMethods || file->pMethods->iVersion < 2)
        return NULL;
    int code = file->pMethods->xShmMap(file, 0, REGION, 0, &mapped);
    return code == SQLITE_OK ? mapped : NULL;
}

/* False: a commit is being written, or the header cannot be read. */
static bool read_header(const struct sqlite *store, uint32_t header[static SNAPSHOT_WORDS])
{
    if (!store->index) return false;
    atomic_thread_fence(memory_order_seq_cst);
    for (int i = 0; i < SNAPSHOT_WORDS; i++)
        header[i] = store->index[i];
    atomic_thread_fence(memory_order_seq_cst);
    return memcmp(header, header + COPY_WORDS, COPY_WORDS * sizeof *header) == 0;
}

static bool is_current(const struct sqlite *store)
{
    uint32_t header[SNAPSHOT_WORDS];
    return read_header(store, header) && memcmp(header, store->seen, sizeof header) == 0;
}

void sqlite_keep_reads(struct store *base)
{
    struct sqlite *store = sqlite_of(base);
    if (!store->index) store->index = find_index(store);
}

bool sqlite_resume(struct sqlite *store, bool *was_checked)
{
    if (!store->kept) return false;
    const int64_t now = clock_ms();
    *was_checked = now == store->place_checked;
    if (is_current(store) && now - store->kept_since < KEEP_MS) return true;
    *was_checked = false;
    sqlite_let_go(&store->base);
    return false;
}

void sqlite_note_snapshot(struct sqlite *store)
{
    store->state++;
    store->keeps = read_header(store, store->seen);
    store->kept_since = clock_ms();
}

uint64_t sqlite_state(const struct store *base)
{
    const struct sqlite *store = (const struct sqlite *)base;
    return base->depth > 0 && store->keeps ? store->state : 0;
}

void sqlite_let_go(struct store *base)
{
    struct sqlite *store = sqlite_of(base);
    if (!store->kept) return;
    store->kept = false;
    if (stmt_run(store_prepare(base, "COMMIT"))) /* it has read, and nothing is lost */
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}
