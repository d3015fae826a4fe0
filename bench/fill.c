/* Measured at the command line: whatever fills a database. */
#include "fill.h"
#include "bare_copy.h"
#include "figures.h"
#include "process.h"

#include <stdio.h>
#include <unistd.h>

enum { MANY = 100000 };

int64_t fill_most(const struct bench *bench)
{
    return bench->accounts < MANY ? bench->accounts : MANY;
}

void fill_write_accounts(const char *path, int64_t count)
{
    FILE *file = fopen(path, "w");
    if (!file) bench_die(path);
    fputc('[', file);
    for (unsigned i = 0; i < count; i++)
        fprintf(file,
                "%s{\"identifier\": \"sa::imported-%06u\", \"description\": \"from elsewhere\", "
                "\"tokens\": [{\"tokenID\": \"%08x-0a64-4a3e-9a5b-1f0c6f3b%04x\", \"tokenName\": "
                "\"t\"}], \"groups\": [\"ingestion\"]}\n",
                i ? "," : "", i, i * 2654435761U, i & 0xffff);
    fputs("]\n", file);
    if (fclose(file)) bench_die(path);
}

void fill_create(const struct bench *bench, const char *path)
{
    process_run("rm -f '%s' '%s-wal' '%s-shm'; exec '%s' --db '%s' init --show-once", path, path,
                path, bench->program, path);
}

struct fills {
    struct samples import, apply, bare_import, bare_apply;
};

static void fill_once(const struct bench *bench, double rows, struct fills *fills)
{
    char accounts[BENCH_PATH], path[BENCH_PATH], export[BENCH_PATH], bare[BENCH_PATH];
    snprintf(accounts, sizeof accounts, "%s/accounts.json", bench->folder);
    snprintf(path, sizeof path, "%s/filled.db", bench->folder);
    snprintf(export, sizeof export, "%s/export.json", bench->folder);
    snprintf(bare, sizeof bare, "%s/bare.db", bench->folder);
    fill_create(bench, path);
    samples_add(&fills->import, rows / process_run("exec '%s' --db '%s' import '%s'",
                                                   bench->program, path, accounts));
    samples_add(&fills->bare_import, rows / bare_copy(path, bare, COPY_IN_PLACE));
    process_run("exec '%s' --db '%s' export > '%s'", bench->program, path, export);
    fill_create(bench, path);
    samples_add(&fills->apply,
                rows / process_run("exec '%s' --db '%s' apply '%s'", bench->program, path, export));
    samples_add(&fills->bare_apply, rows / bare_copy(path, bare, COPY_IN_PLACE));
    unlink(bare);
}

void bench_import(const struct bench *bench)
{
    struct fills fills = {0};
    char accounts[BENCH_PATH];
    int64_t count = fill_most(bench);
    snprintf(accounts, sizeof accounts, "%s/accounts.json", bench->folder);
    fill_write_accounts(accounts, count);
    for (int r = 0; r < bench->repeats; r++)
        fill_once(bench, (double)count * 1000, &fills);
    figure_beside("import 100,000 accounts (or as many as there are), a token each", "accounts/s",
                  &fills.import, &fills.bare_import, "0.33 x floor");
    figure_beside("apply an export of them", "accounts/s", &fills.apply, &fills.bare_apply,
                  "0.33 x floor");
}

void bench_make(const struct bench *bench)
{
    struct samples ours = {0}, bare = {0};
    char made[BENCH_PATH], copy[BENCH_PATH];
    long long count = fill_most(bench);
    snprintf(made, sizeof made, "%s/made.db", bench->folder);
    snprintf(copy, sizeof copy, "%s/bare.db", bench->folder);
    for (int r = 0; r < bench->repeats; r++) {
        unlink(made);
        samples_add(&ours, process_run("exec '%s/bench/make-db' %lld %lld '%s'", bench->build,
                                       count, 3 * count, made));
        samples_add(&bare, bare_copy(made, copy, COPY_IN_BULK));
    }
    figure_beside("make-db of 100,000 accounts (or as many as there are), 3 tokens each", "ms",
                  &ours, &bare, "1.5 x floor");
    unlink(made);
    unlink(copy);
}
