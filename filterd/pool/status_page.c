#include "pool/status_page.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE_BYTES 4096

_Static_assert(sizeof(struct status_page) <= PAGE_BYTES, "one page");

enum status
status_page_map(int fd, struct status_page **page_out)
{
    void *page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED)
        return STATUS_IO;
    *page_out = page;
    return STATUS_OK;
}

enum status
status_page_create(int *fd_out, struct status_page **page_out)
{
    /* Sealed against shrinking: a reader must never fault on a page that its writer cut off. */
    const int fd = memfd_create("filterd-status", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return STATUS_IO;
    enum status status = STATUS_IO;
    if (ftruncate(fd, PAGE_BYTES) == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        status = status_page_map(fd, page_out);
    if (status != STATUS_OK)
        close(fd);
    else
        *fd_out = fd;
    return status;
}

void
status_page_unmap(struct status_page **page)
{
    if (*page)
        munmap(*page, PAGE_BYTES);
    *page = NULL;
}
