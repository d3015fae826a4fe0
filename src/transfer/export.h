/* The format of an export, for writing and reading it. */
#ifndef GATEHOUSE_SRC_TRANSFER_EXPORT_H
#define GATEHOUSE_SRC_TRANSFER_EXPORT_H

#define EXPORT_FORMAT "gatehouse-export"
enum { EXPORT_VERSION = 1 };

#endif
