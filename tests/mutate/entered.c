/* Linked into every program that script/mutate builds with -finstrument-functions. If there is a
   file PROGRAM.entered, the byte at the offset of each function that is entered becomes 1. All
   processes of a program map the same file, so nothing is lost when one is killed. */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOT_RECORDED __attribute__((no_instrument_function))

void __cyg_profile_func_enter(void *function, void *caller) NOT_RECORDED;
void __cyg_profile_func_exit(void *function, void *caller) NOT_RECORDED;

extern const char __ehdr_start[]; /* where the program is loaded */
static unsigned char *entered;
static size_t size;

NOT_RECORDED __attribute__((constructor(101))) static void map(void)
{
    char name[PATH_MAX] = "";
    struct stat status;
    if (readlink("/proc/self/exe", name, sizeof name - sizeof ".entered") < 0) return;
    int file = open(strcat(name, ".entered"), O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    if (fstat(file, &status) == 0) {
        void *mapped =
            mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (mapped != MAP_FAILED) entered = mapped, size = (size_t)status.st_size;
    }
    close(file);
}

void __cyg_profile_func_enter(void *function, void *caller)
{
    size_t offset =
        (size_t)((const char *)function - __ehdr_start); /* a library's is larger than the file */
    (void)caller;
    if (offset < size) entered[offset] = 1;
}

void __cyg_profile_func_exit(void *function, void *caller)
{
    (void)function, (void)caller;
}
