/* Issuing tokens, each on disk before the next, compared with the same rows written bare. */
#include "bare.h"
#include "figures.h"
#include "model.h"

#include <gatehouse/token.h>
#include <gatehouse/when.h>
#include <sodium.h>
#include <string.h>

enum { ISSUES = 300, SEALED = KEYBOX_BOX_SIZE - crypto_box_SEALBYTES };

struct bare_issue {
    sqlite3 *db;
    sqlite3_stmt *token, *digest, *event, *count, *account;
    bool seals;
    unsigned char public_key[crypto_box_PUBLICKEYBYTES];
};

static void prepare(struct bare_issue *bare, const char *path, bool seals)
{
    sqlite3 *db = bare_open(path);
    unsigned char secret_key[crypto_box_SECRETKEYBYTES];
    *bare = (struct bare_issue){.db = db, .seals = seals};
    crypto_box_keypair(bare->public_key, secret_key);
    bare->token = bare_prepare(db, "INSERT INTO token (account, name, last_four, created, box) "
                                   "VALUES (?1, 'bench', 'aB3d', ?2, ?3)");
    bare->digest = bare_prepare(db, "INSERT INTO digest (digest, token, account) VALUES "
                                    "(randomblob(32), ?1, ?2)");
    bare->account = bare_prepare(db, "UPDATE account SET tokens = tokens + 1 WHERE number = ?1");
    bare->count = bare_prepare(db, "UPDATE counter SET value = value + 1 WHERE name = 'tokens'");
    bare->event = bare_prepare(
        db, "INSERT INTO event SELECT max(sequence) + 1, ?3, 0, 'root', NULL, '', '', 'host', "
            "'pts/0', 'token.generate', 'sa::ingest-eu-west-prod-000001/bench', ?1, ?2, NULL, "
            "'{\"expires\":\"never\",\"last_four\":\"aB3d\",\"name\":\"bench\"}', randomblob(32) "
            "FROM event");
}

static void finish(struct bare_issue *bare)
{
    sqlite3_stmt *const all[] = {bare->token, bare->digest, bare->event, bare->count,
                                 bare->account};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        sqlite3_finalize(all[i]);
    sqlite3_close(bare->db);
}

static void issue_bare(struct bare_issue *bare, int64_t account, int64_t now)
{
    static const unsigned char text[SEALED];
    unsigned char box[KEYBOX_BOX_SIZE];
    bare_run(bare->db, "BEGIN IMMEDIATE");
    sqlite3_bind_int64(bare->token, 1, account);
    sqlite3_bind_int64(bare->token, 2, now);
    if (bare->seals) {
        if (crypto_box_seal(box, text, sizeof text, bare->public_key)) bench_die("sealing");
        sqlite3_bind_blob(bare->token, 3, box, sizeof box, SQLITE_STATIC);
    }
    bare_finish(bare->token);
    int64_t number = sqlite3_last_insert_rowid(bare->db);
    sqlite3_bind_int64(bare->digest, 1, number);
    sqlite3_bind_int64(bare->digest, 2, account);
    bare_finish(bare->digest);
    sqlite3_bind_int64(bare->account, 1, account);
    bare_finish(bare->account);
    bare_finish(bare->count);
    sqlite3_bind_int64(bare->event, 1, account);
    sqlite3_bind_int64(bare->event, 2, number);
    sqlite3_bind_int64(bare->event, 3, now);
    bare_finish(bare->event);
    bare_run(bare->db, "COMMIT");
}

/* Every second account gets our tokens, the others bare ones: both spread over the table, and none
 * exceeds its limit. */
static int64_t account_of(const struct bench *bench, int r, int i, bool ours)
{
    int64_t turn = (int64_t)r * ISSUES + i;
    return 1 + (2 * turn * 7919 + ours) % bench->accounts;
}

static void issue(const struct bench *bench, const struct act *act, bool seals, const char *what)
{
    struct samples ours = {0}, floor = {0};
    const struct token_plan plan = {.name = "bench", .expires = WHEN_NEVER};
    for (int r = 0; r < bench->repeats; r++) {
        struct bare_issue bare;
        prepare(&bare, bench->database, seals);
        double begun = now_ms();
        for (int i = 0; i < ISSUES; i++)
            issue_bare(&bare, account_of(bench, r, i, false), act->now);
        samples_add(&floor, ISSUES / (now_ms() - begun) * 1000);
        finish(&bare);
        begun = now_ms();
        for (int i = 0; i < ISSUES; i++) {
            int64_t number;
            struct secret *text;
            if (token_generate(act, account_of(bench, r, i, true), &plan, &number, &text))
                bench_die("generating");
            secret_free(text);
        }
        samples_add(&ours, ISSUES / (now_ms() - begun) * 1000);
    }
    figure_beside(what, "tokens/s", &ours, &floor, "0.6 x floor");
}

/* Opened by a key file, so that no slow key derivation is measured. */
static void create_vault(const struct act *act)
{
    struct secret *key;
    if (secret_new(64, &key) ||
        secret_set(key, "0123456789abcdeffedcba98765432100f1e2d3c4b5a69788796a5b4c3d2e1f0", 64) ||
        vault_create(act, SLOT_KEY_FILE, "", key, (struct kdf_cost){0}))
        bench_die("creating the vault");
    secret_free(key);
}

void model_issue(const struct bench *bench, const struct act *act)
{
    issue(bench, act, false, "issue a token, durable, unsealed");
    create_vault(act);
    issue(bench, act, true, "issue a token, durable, sealed");
}
