/* A file given to import or apply, and what the report says about it. The database is that of
 * tests/model/house.h: in memory, with sa::ci-deploy in it. */
#ifndef GATEHOUSE_TESTS_TRANSFER_TAKEN_H
#define GATEHOUSE_TESTS_TRANSFER_TAKEN_H

#include "tests/model/house.h"

#include <gatehouse/group.h>
#include <gatehouse/membership.h>
#include <gatehouse/permission.h>
#include <gatehouse/setting.h>
#include <gatehouse/token_change.h>
#include <gatehouse/token_limits.h>
#include <gatehouse/token_record.h>
#include <gatehouse/transfer.h>
#include <stdio.h>
#include <unistd.h>

/* An export with these sections. */
#define EXPORT(sections) "{\"format\": \"gatehouse-export\", \"version\": 1, " sections "}"

typedef enum error taker(const struct act *act, const struct transfer_file *file,
                         const struct transfer_options *options, struct transfer_report *report);

static struct transfer_report report; /* of the last `take` */
static struct transfer_options options;

static inline enum error take(taker *how, const char *text)
{
    char path[] = "/tmp/gatehouse-taken-XXXXXX";
    struct transfer_file *file;
    int descriptor = mkstemp(path);
    cr_assert(descriptor >= 0);
    cr_assert_eq(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
    close(descriptor);
    enum error e = transfer_read(path, &file);
    unlink(path);
    if (e) return e;
    transfer_report_free(&report);
    e = how(&act, file, &options, &report);
    transfer_free(file);
    return e;
}

static inline void taken_open(void)
{
    house_open();
    options = (struct transfer_options){0};
}

static inline void taken_close(void)
{
    transfer_report_free(&report);
    house_close();
}

/* The detail of the line about `subject`; NULL if there is none. */
static inline const char *said(enum transfer_section section, const char *subject)
{
    for (size_t i = 0; i < report.count; i++)
        if (report.lines[i].section == section && strcmp(report.lines[i].subject, subject) == 0)
            return report.lines[i].detail;
    return NULL;
}

static inline size_t lines_of(enum transfer_section section)
{
    size_t count = 0;
    for (size_t i = 0; i < report.count; i++)
        count += report.lines[i].section == section;
    return count;
}

#define cr_assert_said(section, subject, text)                                                     \
    do {                                                                                           \
        const char *said_ = said(section, subject);                                                \
        cr_assert(said_, "nothing is said about %s", subject);                                     \
        cr_assert(strstr(said_, text), "%s: “%s” lacks “%s”", subject, said_, text);               \
    } while (0)

/* A token's digest as an export writes it; valid for four calls. */
static inline const char *digest_of(int64_t token)
{
    static char texts[4][2 * TOKEN_DIGEST_SIZE + 1];
    static size_t next;
    char *text = texts[next++ % 4];
    struct stmt *stmt =
        store_prepare(act.store, "SELECT lower(hex(digest)) AS hex FROM digest WHERE token = :n");
    bool row;
    bind_int(stmt, ":n", token);
    cr_assert_ok(stmt_step(stmt, &row));
    cr_assert(row);
    snprintf(text, sizeof texts[0], "%s", column_text(stmt, "hex"));
    stmt_reset(stmt);
    return text;
}

static inline int64_t permission_named(const char *id)
{
    int64_t number = 0;
    cr_assert_ok(permission_find(act.store, id, &number));
    return number;
}

#endif
