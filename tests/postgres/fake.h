/* A server that speaks PostgreSQL's protocol and is not PostgreSQL, or an old one. */
#ifndef GATEHOUSE_TESTS_POSTGRES_FAKE_H
#define GATEHOUSE_TESTS_POSTGRES_FAKE_H

struct fake {
    const char *server_version;
    const char *crdb_version; /* NULL: it is not CockroachDB */
    const char *number;       /* the one row that answers every query; NULL: an error */
};

/* Starts it in a folder of its own, and returns that: the host of an address. */
const char *fake_start(const struct fake *fake);

#endif
