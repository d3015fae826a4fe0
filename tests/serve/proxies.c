/* The printed blocks, each in the real program, in front of a program that notes what it is asked.
 * Only the addresses are replaced. */
#include "tests/serve/service.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum { WAIT_MS = 20000, STEP_MS = 20 };

/* The program that is guarded. */
static struct {
    int fd, port, requests;
    char seen[16384]; /* the last request */
    pthread_mutex_t lock;
} guarded = {.lock = PTHREAD_MUTEX_INITIALIZER};
static pid_t proxy;
static int proxy_port, checks_port;

static int listen_somewhere(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static int free_port(void)
{
    int port;
    close(listen_somewhere(&port));
    return port;
}

/* Reads one request with its body, notes it, and answers. */
static void serve_one(int fd)
{
    static const char answer[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nguarded";
    char text[16384] = "";
    size_t size = 0;
    for (;;) {
        const char *end = strstr(text, "\r\n\r\n"),
                   *length = strcasestr(text, "\r\nContent-Length:");
        size_t body = length ? (size_t)atol(length + sizeof "\r\nContent-Length:" - 1) : 0;
        if (end && size >= (size_t)(end + 4 - text) + body) break;
        ssize_t got = read(fd, text + size, sizeof text - 1 - size);
        if (got <= 0) return;
        size += (size_t)got;
        text[size] = 0;
    }
    pthread_mutex_lock(&guarded.lock);
    memcpy(guarded.seen, text, sizeof text);
    guarded.requests++;
    pthread_mutex_unlock(&guarded.lock);
    service_send(fd, answer, sizeof answer - 1);
}

static void *serve_all(void *arg)
{
    (void)arg;
    for (;;) {
        int fd = accept(guarded.fd, NULL, NULL);
        if (fd < 0) return NULL;
        serve_one(fd);
        close(fd);
    }
}

static void start(void)
{
    pthread_t thread;
    char listen_on[64];
    service_setup();
    guarded.fd = listen_somewhere(&guarded.port);
    cr_assert_eq(listen(guarded.fd, 16), 0);
    cr_assert_eq(pthread_create(&thread, NULL, serve_all, NULL), 0);
    pthread_detach(thread);
    proxy_port = free_port();
    checks_port = free_port();
    snprintf(listen_on, sizeof listen_on, "127.0.0.1:%d", checks_port);
    service_start("--threads", "2", "--listen", listen_on, "--trust", "127.0.0.1");
}

static void stop(void)
{
    if (proxy > 0) {
        kill(proxy, SIGTERM);
        waitpid(proxy, NULL, 0);
    }
    service_teardown();
}

TestSuite(proxies, .init = start, .fini = stop, .timeout = 300);

/* Replaces each `from` in the text, which is malloc'd, as what is returned. */
static char *replace(char *text, const char *from, const char *to)
{
    char *found;
    while ((found = strstr(text, from))) {
        char *longer = NULL;
        cr_assert_gt(
            asprintf(&longer, "%.*s%s%s", (int)(found - text), text, to, found + strlen(from)), 0);
        free(text);
        text = longer;
    }
    return text;
}

/* Prints a block, puts the addresses of this test into it, and writes it to a file. */
static void write_block(const char *name, const char *file)
{
    char listen_on[64], address[64];
    snprintf(listen_on, sizeof listen_on, "127.0.0.1:%d", checks_port);
    cr_assert_eq(
        run("serve", "--snippet", name, "--socket", run_path("s.sock"), "--listen", listen_on), 0,
        "%s", run_err);
    char *text = strdup(run_out);
    snprintf(address, sizeof address, "127.0.0.1:%d", proxy_port);
    text = replace(text, "127.0.0.1:8081", address);
    snprintf(address, sizeof address, "127.0.0.1:%d", guarded.port);
    text = replace(text, "127.0.0.1:8080", address);
    text = replace(text, "/etc/haproxy/gatehouse.lua", run_path("gatehouse.lua"));
    run_file(file, text, 0600);
    free(text);
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = STEP_MS * 1000000L}, NULL);
}

static int connect_proxy(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)proxy_port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    close(fd);
    return -1;
}

static void say_why(void)
{
    char command[128];
    snprintf(command, sizeof command, "cat '%s' >&2", run_path("proxy.log"));
    int ignored = system(command);
    (void)ignored;
}

/* Starts it, and waits until it listens. */
static void start_proxy(const char *const *words)
{
    proxy = fork();
    if (proxy == 0) {
        int log = open(run_path("proxy.log"), O_WRONLY | O_CREAT | O_APPEND, 0600);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        dup2(log, STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
        setenv("HOME", run_folder, 1);
        execvp(words[0], (char *const *)(uintptr_t)words);
        _exit(127);
    }
    int fd = -1;
    for (int waited = 0; fd < 0 && waited < WAIT_MS; waited += STEP_MS) {
        if (waitpid(proxy, NULL, WNOHANG) == proxy) break;
        nap();
        fd = connect_proxy();
    }
    if (fd < 0) say_why();
    cr_assert_geq(fd, 0, "%s does not listen", words[0]);
    close(fd);
}

static struct reply ask(const char *method, const char *path, const char *headers, const char *body)
{
    char text[4096];
    int fd = connect_proxy();
    cr_assert_geq(fd, 0);
    int size = snprintf(text, sizeof text,
                        "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                        "Content-Length: %zu\r\n%s\r\n%s",
                        method, path, strlen(body), headers, body);
    service_send(fd, text, (size_t)size);
    struct reply reply = service_read(fd);
    close(fd);
    return reply;
}

static struct reply ask_with_token(const char *method, const char *path, const char *headers,
                                   const char *body)
{
    char more[1024];
    snprintf(more, sizeof more, "Authorization: Bearer %s\r\n%s", service_token, headers);
    return ask(method, path, more, body);
}

static void expect_pass(const char *method, const char *body)
{
    struct reply reply = ask_with_token(
        method, "/some/path?x=1&p=%2f",
        "X-Auth-Account: sa::evil\r\nX-Auth-Token: 99\r\nX-Auth-Permissions: evil\r\n"
        "X-Auth-Expires: evil\r\nX-Forwarded-For: 10.9.9.9\r\n",
        body);
    if (reply.status != 200) say_why();
    cr_assert_eq(reply.status, 200, "%s", reply.head);
    pthread_mutex_lock(&guarded.lock);
    cr_assert_eq(strncmp(guarded.seen, method, strlen(method)), 0, "%s", guarded.seen);
    cr_assert(strstr(guarded.seen, "/some/path?x=1&p=%2f"), "%s", guarded.seen);
    cr_assert(strcasestr(guarded.seen, "\nX-Auth-Account: sa::ci\r"), "%s", guarded.seen);
    cr_assert(strcasestr(guarded.seen, "\nX-Auth-Token: 1\r"), "%s", guarded.seen);
    cr_assert(!strstr(guarded.seen, "evil"), "%s", guarded.seen);
    cr_assert(!strstr(guarded.seen, service_token), "%s", guarded.seen);
    const char *end = strstr(guarded.seen, "\r\n\r\n");
    cr_assert(end && strcmp(end + 4, body) == 0, "the body: %s", guarded.seen);
    pthread_mutex_unlock(&guarded.lock);
}

/* `challenge`: it passes the challenge of a 401 on. */
static void expect_guard(bool challenge)
{
    struct reply reply = ask("GET", "/", "", "");
    if (reply.status != 401) say_why();
    cr_assert_eq(reply.status, 401, "%s", reply.head);
    if (challenge) cr_assert(service_has_header(&reply, "WWW-Authenticate"), "%s", reply.head);
    cr_assert_eq(ask("POST", "/", "Authorization: Bearer x\r\n", "abc").status, 401);
    cr_assert_eq(ask("GET", "/", "X-Auth-Account: sa::ci\r\n", "").status, 401);
    cr_assert_eq(guarded.requests, 0, "%s", guarded.seen);

    expect_pass("GET", "");
    expect_pass("POST", "name=value");
    expect_pass("DELETE", "");
    cr_assert_eq(run("account", "deactivate", "ci"), 0);
    int requests = guarded.requests;
    cr_assert_eq(ask_with_token("GET", "/", "", "").status, 401, "the next one");
    cr_assert_eq(run("account", "activate", "ci"), 0);
    cr_assert_eq(guarded.requests, requests);
    expect_pass("GET", "");
}

/* Nothing passes while the service is away, and all is well when it is back. */
static void expect_closed_without_service(void)
{
    char listen_on[64];
    int requests = guarded.requests;
    service_signal(SIGTERM);
    cr_assert_eq(service_wait(), 0);
    for (int i = 0; i < 3; i++)
        cr_assert_geq(ask_with_token("GET", "/", "", "").status, 400);
    cr_assert_eq(guarded.requests, requests);
    snprintf(listen_on, sizeof listen_on, "127.0.0.1:%d", checks_port);
    service_start("--threads", "2", "--listen", listen_on, "--trust", "127.0.0.1");
    int status = 0;
    for (int waited = 0; status != 200 && waited < WAIT_MS; waited += STEP_MS) {
        nap();
        status = ask_with_token("GET", "/", "", "").status;
    }
    cr_assert_eq(status, 200);
}

/* The address that the service was told is the one of the client, not what the client wrote. */
static void expect_address(void)
{
    char kept[sizeof service_token];
    memcpy(kept, service_token, sizeof kept);
    cr_assert_eq(run("token", "generate", "ci", "--from", "127.0.0.0/8"), 0, "%s", run_err);
    snprintf(service_token, sizeof service_token, "%s", run_out);
    service_token[strcspn(service_token, "\n")] = 0;
    cr_assert_eq(ask_with_token("GET", "/", "X-Forwarded-For: 10.9.9.9\r\n", "").status, 200);
    cr_assert_eq(run("token", "generate", "ci", "--from", "10.9.9.9"), 0, "%s", run_err);
    snprintf(service_token, sizeof service_token, "%s", run_out);
    service_token[strcspn(service_token, "\n")] = 0;
    cr_assert_eq(ask_with_token("GET", "/", "X-Forwarded-For: 10.9.9.9\r\n", "").status, 401);
    memcpy(service_token, kept, sizeof kept);
}

static void need(const char *path)
{
    if (access(path, R_OK) != 0) cr_skip_test("there is no %s", path);
}

Test(proxies, nginx_by_auth_request)
{
    need("/usr/sbin/nginx");
    char config[2048];
    write_block("nginx", "block");
    snprintf(config, sizeof config,
             "%s daemon off; pid %s; error_log stderr; events { }\n"
             "http { access_log off; client_body_temp_path %s; proxy_temp_path %s; include %s; "
             "fastcgi_temp_path %s; uwsgi_temp_path %s; scgi_temp_path %s; }\n",
             geteuid() == 0 ? "user root;" : "", run_path("nginx.pid"), run_path("b"),
             run_path("t"), run_path("block"), run_folder, run_folder, run_folder);
    run_file("nginx.conf", config, 0600);
    start_proxy((const char *const[]){"/usr/sbin/nginx", "-e", "stderr", "-p", run_folder, "-c",
                                      run_path("nginx.conf"), NULL});
    expect_guard(true);
    expect_address();
    long long connections = service_count("connections");
    for (int i = 0; i < 20; i++)
        ask_with_token("GET", "/", "", "");
    cr_assert_leq(service_count("connections"), connections + 1, "they are kept");
    expect_closed_without_service();
}

Test(proxies, caddy_by_forward_auth)
{
    need("/usr/bin/caddy");
    char config[512];
    write_block("caddy", "block");
    snprintf(config, sizeof config, "{\n\tadmin off\n}\nimport %s\n", run_path("block"));
    run_file("Caddyfile", config, 0600);
    start_proxy((const char *const[]){"/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config",
                                      run_path("Caddyfile"), NULL});
    expect_guard(true);
    expect_address();
    expect_closed_without_service();
}

Test(proxies, haproxy_by_its_own_client_in_lua)
{
    need("/usr/sbin/haproxy");
    write_block("haproxy-lua", "gatehouse.lua");
    write_block("haproxy", "haproxy.cfg");
    start_proxy(
        (const char *const[]){"/usr/sbin/haproxy", "-db", "-f", run_path("haproxy.cfg"), NULL});
    expect_guard(true);
    expect_address();
    expect_closed_without_service();
}

/* As Debian configures it: locked into a folder, and with no group but its own. */
Test(proxies, haproxy_in_its_jail_by_a_socket_of_its_group_in_there)
{
    enum { NOBODY = 65534 };
    need("/usr/sbin/haproxy");
    if (geteuid() != 0) cr_skip_test("it takes root");
    char listen_on[64], config[512], jail[256], folder[300], name[330];
    snprintf(jail, sizeof jail, "%s", run_path("jail"));
    snprintf(folder, sizeof folder, "%s/gatehouse", jail);
    snprintf(name, sizeof name, "%s/serve.sock", folder);
    cr_assert(mkdir(jail, 0755) == 0 && chmod(jail, 0755) == 0);
    cr_assert(mkdir(folder, 0750) == 0 && chown(folder, 0, NOBODY) == 0 &&
              chmod(folder, 02750) == 0);
    service_signal(SIGTERM);
    cr_assert_eq(service_wait(), 0);
    snprintf(listen_on, sizeof listen_on, "127.0.0.1:%d", checks_port);
    service_start("--socket", name, "--listen", listen_on);

    cr_assert_eq(run("serve", "--snippet", "haproxy-lua", "--socket", "/gatehouse/serve.sock"), 0);
    run_file("gatehouse.lua", run_out, 0600);
    write_block("haproxy", "block.cfg");
    snprintf(config, sizeof config, "global\n    chroot %s\n    uid %d\n    gid %d\n", jail, NOBODY,
             NOBODY);
    run_file("jail.cfg", config, 0600);
    start_proxy((const char *const[]){"/usr/sbin/haproxy", "-db", "-f", run_path("jail.cfg"), "-f",
                                      run_path("block.cfg"), NULL});
    expect_guard(true);
}

/* Its token is in the configuration, so that it is made first. */
static void write_apache_block(void)
{
    cr_assert_eq(run("permission", "create", "token_introspection", "--name", "Introspection",
                     "--sentence", "Ask what a token may do."),
                 0, "%s", run_err);
    cr_assert_eq(run("account", "create", "apache"), 0);
    cr_assert_eq(run("permission", "grant", "token_introspection", "--account", "apache"), 0);
    run_generate("apache", "");
    char *token = strdup(run_out), path[256], text[8192] = "";
    write_block("apache", "block");
    snprintf(path, sizeof path, "%s", run_path("block"));
    FILE *file = fopen(path, "r");
    cr_assert(file && fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    char *secret = NULL;
    cr_assert_gt(asprintf(&secret, "OIDCOAuthClientSecret %s", token), 0);
    char *block = replace(strdup(text), "OIDCOAuthClientSecret TOKEN", secret);
    run_file("block", block, 0600);
    free(block);
    free(secret);
    free(token);
}

Test(proxies, apache_by_introspection)
{
    static const char *const modules[] = {"mpm_event", "authn_core", "authz_core", "authz_user",
                                          "headers",   "proxy",      "proxy_http", "auth_openidc"};
    need("/usr/lib/apache2/modules/mod_auth_openidc.so");
    char config[4096];
    write_apache_block();
    int size = snprintf(config, sizeof config,
                        "ServerRoot %s\nServerName localhost\nListen 127.0.0.1:%d\nPidFile %s\n"
                        "ErrorLog /dev/stderr\nDefaultRuntimeDir %s\nMutex posixsem\n%s",
                        run_folder, proxy_port, run_path("apache.pid"), run_folder,
                        geteuid() == 0 ? "User www-data\nGroup www-data\n" : "");
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        size += snprintf(config + size, sizeof config - (size_t)size,
                         "LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n", modules[i],
                         modules[i]);
    snprintf(config + size, sizeof config - (size_t)size,
             "Include %s\nProxyPass / http://127.0.0.1:%d/ nocanon\n", run_path("block"),
             guarded.port);
    run_file("apache.conf", config, 0600);
    start_proxy((const char *const[]){"/usr/sbin/apache2", "-DFOREGROUND", "-f",
                                      run_path("apache.conf"), NULL});
    expect_guard(true);
    expect_closed_without_service();
}
