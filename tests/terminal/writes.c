/* Loaded into the console: for each write to the terminal, a byte is added to the file
 * $GATEHOUSE_WRITES. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

ssize_t write(int fd, const void *bytes, size_t size)
{
    ssize_t (*real)(int, const void *, size_t);
    *(void **)&real = dlsym(RTLD_NEXT, "write");
    if (fd == STDOUT_FILENO) {
        int file = open(getenv("GATEHOUSE_WRITES"), O_WRONLY | O_APPEND | O_CREAT, 0600);
        ssize_t ignored = real(file, ".", 1);
        (void)ignored;
        close(file);
    }
    return real(fd, bytes, size);
}
