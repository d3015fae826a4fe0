/* The check service beside nginx, which returns 200 and nothing else, in the same run. */
#include "bare.h"
#include "bench.h"
#include "figures.h"
#include "load.h"

#include <gatehouse/ambient.h>
#include <gatehouse/bulk.h>
#include <gatehouse/database.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONNECTIONS = 16, SECONDS = 3, MANY = 100000 };
static const char nginx[] = "/usr/sbin/nginx";

struct servers {
    const struct bench *bench;
    pid_t nginx, serve;
    char bare[128], checks[128], plain[128], guarded[128], spared[128]; /* sockets */
    char request[512], get[128];
};

/* Socket paths are short, so they are not in the folder of the run. */
static void name_sockets(struct servers *servers, char folder[static 64])
{
    snprintf(folder, 64, "/tmp/gatehouse-bench-XXXXXX");
    if (!mkdtemp(folder)) bench_die("a folder for sockets");
    snprintf(servers->bare, sizeof servers->bare, "%s/bare", folder);
    snprintf(servers->checks, sizeof servers->checks, "%s/checks", folder);
    snprintf(servers->plain, sizeof servers->plain, "%s/plain", folder);
    snprintf(servers->guarded, sizeof servers->guarded, "%s/guarded", folder);
    snprintf(servers->spared, sizeof servers->spared, "%s/spared", folder);
}

static void shell(const char *command)
{
    if (system(command) != 0) bench_die(command);
}

/* A token of the first account, which holds a permission. */
static void make_token(struct servers *servers)
{
    char command[BENCH_PATH * 7], token[64] = "";
    const struct bench *bench = servers->bench;
    snprintf(command, sizeof command,
             "{ '%s' --db '%s' account create bench-checks && '%s' --db '%s' permission grant "
             "agent_management --account bench-checks; } >/dev/null && '%s' --db '%s' token "
             "generate bench-checks",
             bench->program, bench->database, bench->program, bench->database, bench->program,
             bench->database);
    FILE *out = popen(command, "r");
    if (!out || !fgets(token, sizeof token, out) || pclose(out) != 0) bench_die("a token");
    token[strcspn(token, "\n")] = 0;
    snprintf(
        servers->request, sizeof servers->request,
        "GET /verify/p/agent_management HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer %s\r\n\r\n",
        token);
}

/* A measured server ends with the benchmark, also where that gives up. */
static pid_t fork_server(void)
{
    pid_t child = fork();
    if (child == 0) prctl(PR_SET_PDEATHSIG, SIGTERM);
    return child;
}

static pid_t start_serve(const struct servers *servers)
{
    pid_t child = fork_server();
    if (child != 0) return child;
    if (!freopen("/dev/null", "w", stderr)) _exit(127); /* it logs what is denied */
    execl(servers->bench->program, "gatehouse", "--db", servers->bench->database, "serve",
          "--socket", servers->checks, (char *)NULL);
    _exit(127);
}

/* One server that returns 200, one with the printed block in front of it, one with the same block
 * that asks the server that returns 200 instead of the service, and one that does not ask. */
static void start_nginx(struct servers *servers, const char *folder)
{
    char command[BENCH_PATH * 3];
    snprintf(
        command, sizeof command,
        "exec >'%s/nginx.conf' && echo 'daemon off; worker_processes auto; pid %s/pid; "
        "error_log /dev/null; %s events { } http { access_log off; keepalive_requests "
        "1000000000; client_body_temp_path %s/b; proxy_temp_path %s/p; fastcgi_temp_path "
        "%s/f; uwsgi_temp_path %s/u; scgi_temp_path %s/s; upstream bare { server unix:%s; "
        "keepalive 16; } server { listen unix:%s; location / { return 200; } }' && "
        "for kind in guarded spared plain; do '%s' serve --snippet nginx --socket '%s' | sed -e "
        "\"s,127.0.0.1:8081,unix:%s/$kind,; s,http://127.0.0.1:8080,http://bare,\" -e "
        "\"/X-API-Key/a proxy_http_version 1.1; proxy_set_header Connection \\\"\\\";\" | if "
        "[ $kind = plain ]; then sed -e '/^upstream/,/^}/d' -e '/auth_request/d' -e "
        "'/gatehouse_/d'; elif [ $kind = spared ]; then sed -e 's,%s,%s,; "
        "/unix:/!s/gatehouse/spared/'; "
        "else cat; fi; done && echo '}'",
        folder, folder, geteuid() == 0 ? "user root;" : "", folder, folder, folder, folder, folder,
        servers->bare, servers->bare, servers->bench->program, servers->checks, folder,
        servers->checks, servers->bare);
    shell(command);
    snprintf(command, sizeof command, "%s/nginx.conf", folder);
    servers->nginx = fork_server();
    if (servers->nginx == 0) {
        execl(nginx, "nginx", "-p", folder, "-c", command, (char *)NULL);
        _exit(127);
    }
}

static struct loaded run(const char *socket, const char *request, double rate)
{
    const struct load load = {.socket = socket,
                              .request = request,
                              .connections = CONNECTIONS,
                              .seconds = SECONDS,
                              .rate = rate};
    struct loaded seen = load_run(&load);
    if (seen.others) bench_die("a check that was refused");
    return seen;
}

/* Microseconds of the server's processors for each answer; *rate: answers a second. */
static double cost(pid_t server, const char *socket, const char *request, double *rate)
{
    double before = load_processor_us(server);
    struct loaded seen = run(socket, request, 0);
    *rate = (double)seen.answers / seen.seconds;
    return (load_processor_us(server) - before) / (double)seen.answers;
}

static void beside_nginx(const struct servers *servers)
{
    struct samples cpu = {0}, bare_cpu = {0}, rate = {0}, bare_rate = {0};
    struct samples p99 = {0}, bare_p99 = {0};
    struct samples guarded = {0}, spared = {0}, plain = {0};
    for (int r = 0; r < servers->bench->repeats; r++) {
        double answers;
        samples_add(&bare_cpu, cost(servers->nginx, servers->bare, servers->get, &answers));
        samples_add(&bare_rate, answers);
        samples_add(&cpu, cost(servers->serve, servers->checks, servers->request, &answers));
        samples_add(&rate, answers);
        samples_add(&p99, run(servers->checks, servers->request, answers / 2).p99);
        samples_add(&bare_p99, run(servers->bare, servers->get, answers / 2).p99);
        cost(servers->nginx, servers->plain, servers->request, &answers);
        samples_add(&plain, answers);
        cost(servers->nginx, servers->guarded, servers->request, &answers);
        samples_add(&guarded, answers);
        cost(servers->nginx, servers->spared, servers->request, &answers);
        samples_add(&spared, answers);
    }
    figure_beside("check service: processor time of a check", "us", &cpu, &bare_cpu, "2.5 x floor");
    figure_beside("check service: 16 connections", "checks/s", &rate, &bare_rate, "0.7 x floor");
    figure_beside("check service: p99 at half of that", "ms", &p99, &bare_p99, "1 ms");
    figure_beside("requests through nginx, which asks the service", "requests/s", &guarded, &plain,
                  "0.65 x floor");
    figure_beside("requests through nginx, which asks an nginx that returns 200", "requests/s",
                  &spared, &plain, "");
}

static double private_mb(pid_t process)
{
    char path[64], line[256];
    double kilobytes, all = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)process);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "RssAnon: %lf kB", &kilobytes) == 1) all = kilobytes;
    if (file) fclose(file);
    return all / 1024;
}

/* In a process of its own, as an admin would. */
static pid_t start_bulk(const struct bench *bench)
{
    pid_t child = fork();
    if (child != 0) return child;
    struct actor actor;
    struct act act = {.actor = &actor, .now = ambient_now()};
    struct id_set rows = {0};
    struct bulk_result result;
    sqlite3 *db = bare_open(bench->database);
    sqlite3_stmt *stmt = bare_prepare(
        db, "SELECT number FROM account WHERE active = 1 AND name <> 'bench-checks' LIMIT ?1");
    sqlite3_bind_int64(stmt, 1, MANY);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        if (id_set_add(&rows, sqlite3_column_int64(stmt, 0))) _exit(1);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    actor_current(&actor);
    if (database_open(bench->database, STORE_OPEN, &act.store)) _exit(1);
    const struct bulk off = {.kind = BULK_DEACTIVATE}, on = {.kind = BULK_ACTIVATE};
    if (bulk_run(&act, &off, &rows, NULL, &result)) _exit(1);
    id_set_free(&result.changed);
    if (bulk_run(&act, &on, &rows, NULL, &result)) _exit(1);
    store_close(act.store); /* with a checkpoint */
    _exit(0);
}

static bool has_ended(void *arg)
{
    int status;
    const pid_t *child = arg;
    if (waitpid(*child, &status, WNOHANG) != *child) return false;
    if (!WIFEXITED(status) || WEXITSTATUS(status)) bench_die("a bulk change beside the service");
    return true;
}

static void beside_an_admin(const struct servers *servers)
{
    struct samples worst = {0}, failed = {0};
    for (int r = 0; r < bench_few(servers->bench); r++) {
        pid_t bulk = start_bulk(servers->bench);
        const struct load load = {.socket = servers->checks,
                                  .request = servers->request,
                                  .connections = 1,
                                  .seconds = 600,
                                  .rate = 1000,
                                  .is_over = has_ended,
                                  .arg = &bulk};
        struct loaded seen = load_run(&load);
        samples_add(&worst, seen.worst);
        samples_add(&failed, (double)seen.others);
    }
    figure("a check while 100,000 accounts are deactivated, longest", "ms", &worst, 0, "20 ms");
    figure("checks that failed meanwhile", "checks", &failed, 0, "0");
}

static void remove_folder(const char *folder)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    shell(command);
}

static void stop(pid_t server)
{
    kill(server, SIGTERM);
    waitpid(server, NULL, 0);
}

void serve_rates(const struct bench *bench, struct samples *rates)
{
    struct servers servers = {.bench = bench};
    char folder[64];
    name_sockets(&servers, folder);
    make_token(&servers);
    servers.serve = start_serve(&servers);
    load_first_answer(servers.checks, servers.request);
    for (int r = 0; r < bench_few(bench); r++) {
        struct loaded seen = run(servers.checks, servers.request, 0);
        samples_add(rates, (double)seen.answers / seen.seconds);
    }
    stop(servers.serve);
    remove_folder(folder);
}

void bench_serve(const struct bench *bench)
{
    struct servers servers = {.bench = bench, .get = "GET / HTTP/1.1\r\nHost: g\r\n\r\n"};
    struct samples first = {0}, memory = {0};
    char folder[64];
    if (access(nginx, X_OK) != 0) bench_die("nginx, which the check service is measured beside");
    name_sockets(&servers, folder);
    make_token(&servers);
    start_nginx(&servers, folder);
    load_first_answer(servers.bare, servers.get);
    for (int r = 0; r < bench->repeats; r++) {
        servers.serve = start_serve(&servers);
        samples_add(&first, load_first_answer(servers.checks, servers.request));
        if (r + 1 == bench->repeats) break;
        stop(servers.serve);
    }
    beside_nginx(&servers);
    beside_an_admin(&servers);
    bench_revocations(bench, servers.checks, "bench-checks");
    samples_add(&memory, private_mb(servers.serve));
    figure("check service: from its start to the first answer", "ms", &first, 0, "50 ms");
    figure("check service: memory of its own", "MB", &memory, 0, "32 MB");
    stop(servers.serve);
    stop(servers.nginx);
    remove_folder(folder);
}
