/* The leak scan: where a token is, whose it is, and what is not a token. */
#include "taken.h"

#include <fcntl.h>
#include <ftw.h>
#include <gatehouse/scan.h>
#include <sys/stat.h>
#include <time.h>

enum { FINDS = 40, PIECE = 1 << 20 };
#define VALUE "5d0a1e9c-0a64-4a3e-9a5b-1f0c6f3b7a11"
#define OTHER "0b7c2f3d-6a0e-4d57-8a11-98a7d2f41c02"

static char folder[40], live[TOKEN_TEXT_SIZE + 1];
static int64_t live_token;
static struct scan_find finds[FINDS];
static char paths[FINDS][100], unreadable[200];
static struct scan_result result;

static void open_folder(void)
{
    struct secret *text;
    taken_open();
    strcpy(folder, "/tmp/gatehouse-scan-XXXXXX");
    cr_assert(mkdtemp(folder));
    cr_assert_ok(token_generate(
        &act, sa, &(struct token_plan){.name = "main", .expires = WHEN_NEVER}, &live_token, &text));
    snprintf(live, sizeof live, "%s", text->bytes);
    secret_free(text);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

static void close_folder(void)
{
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    taken_close();
}

TestSuite(scan, .init = open_folder, .fini = close_folder);

static enum error note(const struct scan_find *find, void *arg)
{
    size_t *count = arg;
    cr_assert_lt(*count, FINDS);
    finds[*count] = *find;
    snprintf(paths[(*count)++], sizeof paths[0], "%s", find->path);
    return OK;
}

static void refuse(const char *path, const char *why, void *arg)
{
    (void)arg;
    snprintf(unreadable, sizeof unreadable, "%s: %s", path, why);
}

static const char *in_folder(const char *name)
{
    static char path[2][100];
    static size_t next;
    char *one = path[next++ % 2];
    snprintf(one, sizeof path[0], "%s/%s", folder, name);
    return one;
}

static void put(const char *name, const char *bytes, size_t size)
{
    FILE *file = fopen(in_folder(name), "w");
    cr_assert(file);
    cr_assert_eq(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static size_t scan(const char *path, bool imported)
{
    size_t count = 0;
    unreadable[0] = 0;
    const struct scan how = {
        .path = path, .imported = imported, .each = note, .unreadable = refuse, .arg = &count};
    cr_assert_ok(scan_run(act.store, act.now, &how, &result));
    cr_assert_eq(result.found, (int64_t)count);
    return count;
}

static size_t scan_text(const char *text, bool imported)
{
    put("text", text, strlen(text));
    return scan(in_folder("text"), imported);
}

Test(scan, a_find_has_its_line_its_place_and_its_owner)
{
    char text[300];
    int size = snprintf(text, sizeof text, "first line\n key=%s\n%s%s", live, live, live);
    cr_assert_eq(scan_text(text, false), 3);
    cr_assert_eq(finds[0].line, 2);
    cr_assert_eq(finds[0].offset, 16);
    cr_assert_eq(finds[1].line, 3);
    cr_assert_eq(finds[1].offset, 16 + TOKEN_TEXT_SIZE + 1);
    cr_assert_eq(finds[2].offset, 16 + 2 * TOKEN_TEXT_SIZE + 1);
    for (size_t i = 0; i < 3; i++) {
        cr_assert(finds[i].known && finds[i].live);
        cr_assert_eq(finds[i].token, live_token);
        cr_assert_eq(finds[i].state, TOKEN_LIVE);
        cr_assert_str_eq(finds[i].name, "main");
        cr_assert_str_eq(finds[i].account_name, "ci-deploy");
        cr_assert_str_eq(paths[i], in_folder("text"));
    }
    cr_assert_eq(result.files, 1);
    cr_assert_eq(result.bytes, size);
    cr_assert_eq(result.live, 3);
    cr_assert_eq(result.unreadable, 0);
}

Test(scan, what_only_looks_like_a_token_is_none)
{
    char text[200];
    cr_assert_eq(scan_text("gth_0123456789abcdefghijABCDEFGHIJ05DYyr", false), 0);
    cr_assert_eq(scan_text("gth_", false), 0);
    cr_assert_eq(scan_text("", false), 0);
    snprintf(text, sizeof text, "gth_gth_%s", live);
    cr_assert_eq(scan_text(text, false), 1);
    snprintf(text, sizeof text, "%.*s", (int)TOKEN_TEXT_SIZE - 1, live);
    cr_assert_eq(scan_text(text, false), 0);
    /* The right form, but not one of ours. */
    cr_assert_eq(scan_text("gth_0123456789abcdefghijABCDEFGHIJ05DYyq", false), 1);
    cr_assert(!finds[0].known && !finds[0].live && finds[0].token == 0);
    cr_assert_eq(result.live, 0);
}

Test(scan, what_does_not_work_is_found_but_not_live)
{
    cr_assert_ok(token_set_suspended(&act, live_token, true, NULL));
    cr_assert_eq(scan_text(live, false), 1);
    cr_assert(finds[0].known && !finds[0].live && finds[0].state == TOKEN_SUSPENDED);
    cr_assert_ok(token_set_suspended(&act, live_token, false, NULL));
    cr_assert_ok(account_set_active(&act, sa, false, NULL));
    cr_assert_eq(scan_text(live, false), 1);
    cr_assert(!finds[0].live && finds[0].state == TOKEN_LIVE);
    cr_assert_ok(account_set_active(&act, sa, true, NULL));
    cr_assert_ok(token_make_canary(&act, live_token, NULL));
    cr_assert_eq(scan_text(live, false), 1);
    cr_assert_not(finds[0].live);
    cr_assert_ok(account_delete(&act, sa));
    cr_assert_eq(scan_text(live, false), 1);
    cr_assert(finds[0].known && finds[0].token == 0);
    cr_assert_str_eq(finds[0].account_name, "");
}

Test(scan, an_imported_token_is_found_only_when_asked_for_and_known)
{
    cr_assert_ok(take(transfer_import,
                      "[{\"identifier\": \"sa::old\", \"tokens\": [{\"tokenID\": \"" VALUE
                      "\", \"tokenName\": \"fra1\"}]}]"));
    cr_assert_eq(scan_text("a " VALUE "\n" OTHER "\n", false), 0);
    cr_assert_eq(scan_text("a " VALUE "\n" OTHER "\n", true), 1);
    cr_assert_str_eq(finds[0].name, "fra1");
    cr_assert_str_eq(finds[0].account_name, "old");
    cr_assert_eq(finds[0].offset, 2);
    cr_assert_eq(finds[0].line, 1);
    cr_assert(finds[0].live);
    cr_assert_eq(scan_text(VALUE, true), 1);
    cr_assert_eq(scan_text(VALUE VALUE "-" VALUE, true), 3);
    cr_assert_eq(scan_text("-----" VALUE "-----", true), 1);
    cr_assert_eq(scan_text("5d0a1e9c-0a64-4a3e-9a5b-1f0c6f3b7a1", true), 0);
}

/* A token that crosses the end of a piece, at each place where it can be cut, is found once. */
Test(scan, nothing_is_lost_or_found_twice_where_pieces_meet)
{
    enum { SIZE = PIECE + 200 };
    char *bytes = malloc(SIZE);
    cr_assert_ok(take(transfer_import,
                      "[{\"identifier\": \"sa::old\", \"tokens\": [{\"tokenID\": \"" VALUE
                      "\"}]}]"));
    for (int before = -2; before <= TOKEN_TEXT_SIZE + 2; before++) {
        memset(bytes, 'x', SIZE);
        bytes[10] = '\n';
        memcpy(bytes + PIECE - before, live, TOKEN_TEXT_SIZE);
        put("large", bytes, SIZE);
        cr_assert_eq(scan(in_folder("large"), true), 1, "%d bytes before the end of a piece",
                     before);
        cr_assert_eq(finds[0].offset, PIECE - before);
        cr_assert_eq(finds[0].line, 2);
        memset(bytes, 'x', SIZE);
        memcpy(bytes + PIECE - before, VALUE, strlen(VALUE));
        put("large", bytes, SIZE);
        cr_assert_eq(scan(in_folder("large"), true), 1, "%d bytes before the end of a piece",
                     before);
        cr_assert_eq(finds[0].offset, PIECE - before);
    }
    cr_assert_eq(result.bytes, SIZE);
    free(bytes);
}

Test(scan, a_folder_is_read_whole_without_links_and_pipes)
{
    cr_assert_eq(mkdir(in_folder("sub"), 0700), 0);
    put("a", live, TOKEN_TEXT_SIZE);
    put("sub/b", live, TOKEN_TEXT_SIZE);
    cr_assert_eq(symlink("a", in_folder("link")), 0);
    cr_assert_eq(symlink(".", in_folder("sub/round")), 0);
    cr_assert_eq(mkfifo(in_folder("pipe"), 0600), 0);
    cr_assert_eq(scan(folder, false), 2);
    cr_assert_eq(result.files, 2);
    cr_assert_eq(scan(in_folder("link"), false), 1, "but the path itself may be a link");
}

Test(scan, a_path_that_is_not_there_is_refused)
{
    const struct scan how = {.path = in_folder("nothing"), .each = note, .unreadable = refuse};
    cr_assert_refused(scan_run(act.store, act.now, &how, &result), ERR_NOT_FOUND, "cannot read");
}

static bool stop(void *arg, size_t done, size_t total)
{
    size_t *seen = arg;
    cr_assert_eq(total, 0);
    *seen = done;
    return done > PIECE;
}

Test(scan, it_says_how_far_it_is_and_stops_when_told)
{
    enum { SIZE = 3 * PIECE };
    size_t seen = 0, count = 0;
    char *bytes = calloc(1, SIZE);
    const struct progress progress = {.step = stop, .arg = &seen};
    memcpy(bytes, live, TOKEN_TEXT_SIZE);
    memcpy(bytes + SIZE - 100, live, TOKEN_TEXT_SIZE);
    put("large", bytes, SIZE);
    free(bytes);
    const struct scan how = {.path = in_folder("large"),
                             .each = note,
                             .unreadable = refuse,
                             .arg = &count,
                             .progress = &progress};
    cr_assert_refused(scan_run(act.store, act.now, &how, &result), ERR_STOPPED,
                      "stopped before the end");
    cr_assert_eq(seen, 2 * PIECE);
    cr_assert_eq(count, 1, "what was found stays found");
}

Test(scan, a_file_of_any_size_is_read_for_an_import)
{
    enum { SIZE = 300000 };
    char path[100], *text = malloc(SIZE + 40);
    struct transfer_file *file;
    snprintf(path, sizeof path, "%s", in_folder("import.json"));
    memset(text, ' ', SIZE);
    strcpy(text + SIZE, "[{\"identifier\": \"sa::n\"}]");
    put("import.json", text, strlen(text));
    free(text);
    cr_assert_eq(chmod(path, 0644), 0);
    cr_assert_ok(transfer_read(path, &file));
    cr_assert(transfer_is_open_to_others(file));
    transfer_free(file);
    cr_assert_eq(chmod(path, 0600), 0);
    cr_assert_ok(transfer_read(path, &file));
    cr_assert_not(transfer_is_open_to_others(file));
    transfer_free(file);
    cr_assert_refused(transfer_read(in_folder("nothing"), &file), ERR_NOT_FOUND, "cannot open");
    put("twice.json", "{\"a\": 1,\n\"a\": 2}", 16);
    cr_assert_refused(transfer_read(in_folder("twice.json"), &file), ERR_INVALID, "line 2, column");
    put("none.json", "{\"a\": \"" VALUE, 43);
    cr_assert_refused(transfer_read(in_folder("none.json"), &file), ERR_INVALID,
                      "this is not JSON");
    cr_assert_not(strstr(error_message(), "5d0a"), "it says nothing of what it read");
}

static enum error count_only(const struct scan_find *find, void *arg)
{
    int64_t *last = arg;
    *last = find->line;
    return OK;
}

/* As many tokens as fit, each on its line. Counting the lines from the beginning for each took
 * minutes. */
Test(scan, what_it_costs_grows_with_the_finds_and_not_with_their_square, .timeout = 300)
{
    enum { COUNT = 200000, LINE = TOKEN_TEXT_SIZE + 1 };
    char *text = malloc(COUNT * (size_t)LINE);
    cr_assert(text);
    for (size_t i = 0; i < COUNT; i++) {
        memcpy(text + i * LINE, "gth_0123456789abcdefghijABCDEFGHIJ05DYyq\n", LINE);
    }
    put("full", text, COUNT * (size_t)LINE);
    free(text);
    int64_t last = 0;
    struct scan what = {
        .path = in_folder("full"), .each = count_only, .unreadable = refuse, .arg = &last};
    struct timespec before, after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    cr_assert_ok(scan_run(act.store, act.now, &what, &result));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    cr_assert_eq(result.found, COUNT);
    cr_assert_eq(last, COUNT);
    cr_assert_lt(after.tv_sec - before.tv_sec, 15);
}
