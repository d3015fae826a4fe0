/* Inside of transfer: the parsed file. */
#ifndef GATEHOUSE_SRC_TRANSFER_FILE_H
#define GATEHOUSE_SRC_TRANSFER_FILE_H

#include <gatehouse/transfer.h>
#include <jansson.h>

struct transfer_file {
    json_t *root;
    char *name; /* without folders: for events */
    bool open_to_others;
};

#endif
