/* Events on their way to syslog, with a log that takes, refuses or is not there. */
#include "house.h"

#include <errno.h>
#include <fcntl.h>
#include <gatehouse/clock.h>
#include <gatehouse/setting.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/model/audit_internal.h"

static struct log {
    bool absent, stream;
    int fails, code;      /* how often it refuses to take something, and why */
    ssize_t takes;        /* no more than so many bytes; 0: all */
    int connects, tries;  /* how often it was asked */
    int messages;         /* that it took */
    size_t size;          /* of the last */
    char text[8192 + 64]; /* its text */
} log_;

/* A clock that goes on only by being read. */
static int64_t now, step;

int64_t clock_ms(void)
{
    return now += step;
}

int64_t clock_ns(void)
{
    return clock_ms() * 1000000;
}

/* What the framework of the tests does passes through. */
int connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t size)
{
    const struct sockaddr_un *local = address.__sockaddr_un__;
    int type = 0;
    socklen_t room = sizeof type;
    if (local->sun_family != AF_UNIX || strcmp(local->sun_path, "/dev/log") != 0)
        return (int)syscall(SYS_connect, fd, local, size);
    log_.connects++;
    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &room);
    errno = log_.absent ? ECONNREFUSED : EPROTOTYPE;
    return !log_.absent && type == (log_.stream ? SOCK_STREAM : SOCK_DGRAM) ? 0 : -1;
}

ssize_t send(int fd, const void *bytes, size_t size, int flags)
{
    if (size < 4 || memcmp(bytes, "<85>", 4) != 0)
        return syscall(SYS_sendto, fd, bytes, size, flags, NULL, 0);
    log_.tries++;
    errno = log_.code;
    if (log_.fails-- > 0) return -1;
    if (log_.takes) return log_.takes;
    log_.messages++;
    log_.size = size;
    snprintf(log_.text, sizeof log_.text, "%.*s", (int)size, (const char *)bytes);
    return (ssize_t)size;
}

static void write_event(void)
{
    static bool active;
    cr_assert_ok(account_set_active(&act, sa, active, NULL));
    active = !active;
}

static void open_with_log(void)
{
    house_open();
    cr_assert_ok(setting_set(&act, SETTING_AUDIT_SYSLOG, 1));
    log_ = (struct log){0};
}

/* What was lost is said, so that the doctor finds nothing. */
static void close_with_log(void)
{
    log_ = (struct log){0};
    write_event();
    house_close();
}

TestSuite(audit_syslog, .init = open_with_log, .fini = close_with_log);

static int64_t lost(void)
{
    int64_t count = -1;
    cr_assert_ok(audit_syslog_lost(act.store, &count));
    return count;
}

Test(audit_syslog, takes_one_datagram_for_each_event)
{
    static const char after_time[] =
        " gatehouse: event 3 at 2027-01-15T08:00:00Z by mara from north: account.deactivate "
        "sa::ci-deploy before {\"active\":true} after {\"active\":false}";
    enum { TIME = sizeof "<85>Jan  1 12:00:00" - 1 };
    write_event();
    cr_assert_eq(log_.messages, 1);
    cr_assert_eq(log_.connects, 1);
    cr_assert_eq(log_.size, strlen(log_.text), "without a null byte");
    cr_assert_str_eq(log_.text + TIME, after_time);
    cr_assert_eq(lost(), 0);
}

Test(audit_syslog, takes_a_stream_of_texts_that_end_with_a_null_byte)
{
    log_.stream = true;
    write_event();
    cr_assert_eq(log_.messages, 1);
    cr_assert_eq(log_.connects, 2);
    cr_assert_eq(log_.size, strlen(log_.text) + 1);
    cr_assert_eq(lost(), 0);
}

Test(audit_syslog, is_asked_once_for_all_events_of_a_transaction)
{
    cr_assert_ok(store_begin(act.store));
    write_event();
    write_event();
    cr_assert_ok(store_end(act.store, OK));
    cr_assert_eq(log_.messages, 2);
    cr_assert_eq(log_.connects, 1);
    log_.absent = true;
    cr_assert_ok(store_begin(act.store));
    write_event();
    write_event();
    cr_assert_ok(store_end(act.store, OK));
    cr_assert_eq(log_.connects, 2, "nobody listens: there is no other way");
    cr_assert_eq(log_.tries, 2);
    cr_assert_eq(lost(), 2);
}

Test(audit_syslog, is_asked_again_only_if_it_is_full_or_a_call_was_interrupted)
{
    static const int again[] = {EAGAIN, EINTR, ENOBUFS}, never[] = {EPIPE, EMSGSIZE, ECONNRESET};
    for (size_t i = 0; i < sizeof again / sizeof *again; i++) {
        log_ = (struct log){.fails = 1, .code = again[i]};
        write_event();
        cr_assert_eq(log_.messages, 1, "%s", strerror(again[i]));
        cr_assert_eq(log_.tries, 2);
        cr_assert_eq(lost(), 0);
    }
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        log_ = (struct log){.fails = 1, .code = never[i]};
        write_event();
        cr_assert_eq(log_.messages, 0, "%s", strerror(never[i]));
        cr_assert_eq(log_.tries, 1);
        cr_assert_eq(lost(), (int64_t)i + 1);
    }
}

Test(audit_syslog, is_not_waited_for_longer_than_a_fifth_of_a_second)
{
    HOUSE_NEEDS_SQLITE(); /* the other driver reads the clock, too */
    step = 50;
    log_ = (struct log){.fails = 100, .code = EAGAIN};
    write_event();
    cr_assert_eq(log_.tries, 4, "after 0, 50, 100 and 150 ms");
    cr_assert_eq(lost(), 1);
    step = 199;
    log_ = (struct log){.fails = 1, .code = EAGAIN};
    write_event();
    cr_assert_eq(log_.tries, 3, "the second try, and what was lost");
    cr_assert_eq(log_.messages, 2);
    cr_assert_eq(lost(), 0);
    step = 200;
    log_ = (struct log){.fails = 1, .code = EAGAIN};
    write_event();
    cr_assert_eq(log_.tries, 1);
    cr_assert_eq(lost(), 1);
    step = 0;
}

Test(audit_syslog, what_went_out_in_part_is_lost)
{
    log_.takes = 7;
    write_event();
    cr_assert_eq(lost(), 1);
    log_.takes = 0;
    write_event();
    cr_assert_eq(log_.messages, 2);
    cr_assert(strstr(log_.text, "gatehouse: 1 event before this one did not reach syslog"), "%s",
              log_.text);
    cr_assert_eq(lost(), 0);
    write_event();
    cr_assert_eq(log_.messages, 3, "it is said once");
}

Test(audit_syslog, what_is_lost_is_said_only_once_everything_goes_out)
{
    log_.absent = true;
    write_event();
    log_ = (struct log){.fails = 1, .code = EPIPE};
    write_event();
    cr_assert_eq(log_.tries, 1);
    cr_assert_eq(lost(), 2);
    cr_assert_ok(
        stmt_run(store_prepare(act.store, "UPDATE counter SET value = -4 WHERE name = 'unsent'")));
    write_event();
    cr_assert_eq(log_.messages, 1, "of a damaged count nothing is said");
}

Test(audit_syslog, no_descriptor_stays_open)
{
    for (int i = 0; i < 4; i++) {
        int before = open("/dev/null", O_RDONLY);
        close(before);
        log_ = (struct log){.absent = i & 1, .stream = i & 2};
        write_event();
        int after = open("/dev/null", O_RDONLY);
        cr_assert_eq(after, before);
        close(after);
    }
}

Test(audit_syslog, gets_nothing_while_it_is_switched_off)
{
    cr_assert_ok(setting_set(&act, SETTING_AUDIT_SYSLOG, 0));
    cr_assert_eq(log_.messages, 1, "but that");
    cr_assert_ok(setting_set(&act, SETTING_TOKEN_LIMIT, 9));
    cr_assert_ok(store_begin(act.store));
    write_event();
    write_event();
    cr_assert_ok(store_end(act.store, OK));
    cr_assert_eq(log_.tries, 1);
    cr_assert_eq(lost(), 0);
}

static char told[1000];

static void hear(const char *sentence, void *unused)
{
    (void)unused;
    snprintf(told, sizeof told, "%s", sentence);
}

Test(audit_syslog, the_doctor_tells_what_was_lost)
{
    log_.absent = true;
    write_event();
    cr_assert_ok(doctor_run(act.store, NULL, hear, NULL));
    cr_assert_str_eq(told, "syslog did not accept 1 event: check what listens on /dev/log; "
                           "gatehouse audit shows it");
    write_event();
    cr_assert_ok(doctor_run(act.store, NULL, hear, NULL));
    cr_assert_str_eq(told, "syslog did not accept 2 events: check what listens on /dev/log; "
                           "gatehouse audit shows them");
}
