#include "src/serve/admin.h"

#include <gatehouse/ambient.h>
#include <gatehouse/database.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The counts of all threads. */
struct totals {
    unsigned long long results[COUNT_RESULTS], buckets[COUNT_BUCKETS], checks, nanoseconds;
};

static struct totals add_up(const struct service *service)
{
    struct totals totals = {0};
    for (size_t i = 0; i < service->seat_count; i++) {
        const struct counts *counts = &service->seats[i].counts;
        for (int result = 0; result < COUNT_RESULTS; result++)
            totals.results[result] += atomic_load(&counts->results[result]);
        for (int bucket = 0; bucket < COUNT_BUCKETS; bucket++)
            totals.buckets[bucket] += atomic_load(&counts->buckets[bucket]);
        totals.nanoseconds += atomic_load(&counts->nanoseconds);
    }
    for (int result = 0; result < COUNT_RESULTS; result++)
        totals.checks += totals.results[result];
    return totals;
}

/* What the database says, as a check would see it. */
struct state {
    bool is_open;
    int64_t generation, changed; /* when the newest event was */
};

static struct state read_state(struct seat *seat)
{
    struct state state = {0};
    enum error e = source_begin(&seat->source);
    if (e) return state;
    struct store *store = seat->source.store;
    e = stmt_int(store_prepare(store, "SELECT value FROM counter WHERE name = 'generation'"),
                 &state.generation);
    if (!e)
        e = stmt_int(store_prepare(store, "SELECT coalesce(max(at), 0) FROM event WHERE sequence = "
                                          "(SELECT max(sequence) FROM event)"),
                     &state.changed);
    state.is_open = source_end(&seat->source, e) == OK;
    return state;
}

static void print_histogram(FILE *out, const struct totals *totals)
{
    unsigned long long below = 0;
    fputs("# HELP gatehouse_check_seconds How long checks took.\n"
          "# TYPE gatehouse_check_seconds histogram\n",
          out);
    for (int bucket = 0; bucket < COUNT_BUCKETS; bucket++) {
        below += totals->buckets[bucket];
        if (counts_bound(bucket) == INT64_MAX)
            fprintf(out, "gatehouse_check_seconds_bucket{le=\"+Inf\"} %llu\n", below);
        else
            fprintf(out, "gatehouse_check_seconds_bucket{le=\"%g\"} %llu\n",
                    (double)counts_bound(bucket) / 1e9, below);
    }
    fprintf(out, "gatehouse_check_seconds_sum %.9f\ngatehouse_check_seconds_count %llu\n",
            (double)totals->nanoseconds / 1e9, below);
}

static void print_gauge(FILE *out, const char *name, const char *help, long long value)
{
    fprintf(out, "# HELP gatehouse_%s %s\n# TYPE gatehouse_%s gauge\ngatehouse_%s %lld\n", name,
            help, name, name, value);
}

static void print_metrics(FILE *out, struct seat *seat)
{
    const struct service *service = seat->service;
    const struct totals totals = add_up(service);
    const struct state state = read_state(seat);
    fputs("# HELP gatehouse_checks_total Checks by result.\n"
          "# TYPE gatehouse_checks_total counter\n",
          out);
    for (int result = 0; result < COUNT_RESULTS; result++)
        fprintf(out, "gatehouse_checks_total{result=\"%s\"} %llu\n", counts_result_name(result),
                totals.results[result]);
    print_histogram(out, &totals);
    print_gauge(out, "up", "Whether the database can be read now.", state.is_open);
    print_gauge(out, "generation", "Grows with every change of what tokens may do.",
                state.generation);
    print_gauge(out, "last_change_age_seconds", "Since the newest event that is seen.",
                state.changed ? (long long)(ambient_now() - state.changed) : -1);
    print_gauge(out, "connections", "Open connections.", atomic_load(&service->connections));
    fprintf(out,
            "# HELP gatehouse_notes_lost_total Uses and denials that were not recorded.\n"
            "# TYPE gatehouse_notes_lost_total counter\ngatehouse_notes_lost_total %llu\n",
            writer_lost(service->writer));
}

static enum MHD_Result queue_text(struct seat *seat, struct MHD_Connection *connection, char *text,
                                  const char *type)
{
    struct MHD_Response *made =
        text ? MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE) : NULL;
    if (!made) {
        free(text);
        return seat_answer(seat, connection, ANSWER_UNAVAILABLE);
    }
    enum MHD_Result queued = MHD_add_response_header(made, "Content-Type", type)
                                 ? MHD_queue_response(connection, MHD_HTTP_OK, made)
                                 : MHD_NO;
    MHD_destroy_response(made);
    return queued;
}

enum MHD_Result admin_metrics(struct seat *seat, struct MHD_Connection *connection)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return seat_answer(seat, connection, ANSWER_UNAVAILABLE);
    print_metrics(out, seat);
    if (fclose(out)) {
        free(text);
        text = NULL;
    }
    return queue_text(seat, connection, text, "text/plain; version=0.0.4; charset=utf-8");
}

enum MHD_Result admin_status(struct seat *seat, struct MHD_Connection *connection)
{
    const struct service *service = seat->service;
    const struct totals totals = add_up(service);
    const struct state state = read_state(seat);
    char database[DATABASE_NAME_SIZE];
    json_t *results = json_object();
    database_name(service->path, database);
    for (int result = 0; result < COUNT_RESULTS; result++)
        json_object_set_new(results, counts_result_name(result),
                            json_integer((json_int_t)totals.results[result]));
    json_t *status = json_pack("{s:s, s:s, s:i, s:I, s:b, s:I, s:I, s:i, s:i, s:I, s:o}", "version",
                               GATEHOUSE_VERSION, "database", database, "process", (int)getpid(),
                               "seconds", (json_int_t)(ambient_now() - service->started), "open",
                               state.is_open, "generation", (json_int_t)state.generation, "checks",
                               (json_int_t)totals.checks, "threads", (int)service->seat_count,
                               "connections", atomic_load(&service->connections), "notes_lost",
                               (json_int_t)writer_lost(service->writer), "results", results);
    char *text = status ? json_dumps(status, JSON_COMPACT) : NULL;
    json_decref(status);
    return queue_text(seat, connection, text, "application/json");
}
