/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * Preloaded before umockdev's library into the programs under test, for what umockdev cannot do: hand
 * out the descriptor of a GPIO line and learn at once that it was closed, and fail to open a node.
 */

/* On 64-bit systems it makes open() another name of open64(), and both are defined here. */
#undef _FILE_OFFSET_BITS

#include "config.h"

#include "ub-emulation-protocol.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int open (const char *path, int flags, ...);
int open64 (const char *path, int flags, ...);
int __open_2 (const char *path, int flags);
int __open64_2 (const char *path, int flags);
int access (const char *path, int mode);
int close (int fd);
int ioctl (int fd, unsigned long request, ...);

/* Which descriptors are lines; higher ones do not happen in tests. */
#define MAX_FD 1024
static char is_line[MAX_FD];

typedef int (*OpenFunc) (const char *path, int flags, ...);
typedef int (*AccessFunc) (const char *path, int mode);
typedef int (*CloseFunc) (int fd);
typedef int (*IoctlFunc) (int fd, unsigned long request, ...);

static int
get_open_error (const char *path)
{
  OpenFunc next_open = (OpenFunc) dlsym (RTLD_NEXT, "open");
  const char *root = getenv ("UMOCKDEV_DIR");
  char file[512], text[16] = "";
  const char *name;
  int number = 0, fd;

  if (root == NULL || path == NULL || strncmp (path, "/dev/", 5) != 0)
    return 0;
  name = strrchr (path, '/');
  snprintf (file, sizeof file, "%s" UB_EMULATION_OPEN_ERRORS "%s", root, name);
  fd = next_open (file, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;

  FILE *stream = fdopen (fd, "r");

  if (stream == NULL)
    return 0;
  if (fgets (text, sizeof text, stream) != NULL)
    number = atoi (text);
  fclose (stream);
  return number;
}

static int
open_like (const char *symbol, const char *path, int flags, mode_t mode)
{
  int number = get_open_error (path);

  if (number != 0) {
    errno = number;
    return -1;
  }
  return ((OpenFunc) dlsym (RTLD_NEXT, symbol)) (path, flags, mode);
}

static mode_t
take_mode (int flags, va_list args)
{
  return __OPEN_NEEDS_MODE (flags) ? (mode_t) va_arg (args, int) : 0;
}

int
open (const char *path, int flags, ...)
{
  va_list args;
  mode_t mode;

  va_start (args, flags);
  mode = take_mode (flags, args);
  va_end (args);
  return open_like ("open", path, flags, mode);
}

int
open64 (const char *path, int flags, ...)
{
  va_list args;
  mode_t mode;

  va_start (args, flags);
  mode = take_mode (flags, args);
  va_end (args);
  return open_like ("open64", path, flags, mode);
}

/* What open() is in programs and libraries that were built with _FORTIFY_SOURCE, such as libusb. */
int
__open_2 (const char *path, int flags)
{
  return open_like ("open", path, flags, 0);
}

int
__open64_2 (const char *path, int flags)
{
  return open_like ("open64", path, flags, 0);
}

int
access (const char *path, int mode)
{
  int number = mode != F_OK ? get_open_error (path) : 0;

  if (number != 0) {
    errno = number;
    return -1;
  }
  return ((AccessFunc) dlsym (RTLD_NEXT, "access")) (path, mode);
}

/* Puts the descriptor of a line's node where the kernel would put the line's own. */
static int
open_line (int *descriptor)
{
  char path[64];

  if (*descriptor < UB_EMULATION_LINE_TOKEN)
    return 0;
  snprintf (path, sizeof path, "/dev/" UB_EMULATION_LINE_NODE,
            *descriptor - UB_EMULATION_LINE_TOKEN);
  *descriptor = open (path, O_RDWR | O_CLOEXEC);
  if (*descriptor >= 0 && *descriptor < MAX_FD)
    is_line[*descriptor] = 1;
  return *descriptor < 0 ? -1 : 0;
}

int
close (int fd)
{
  if (fd >= 0 && fd < MAX_FD && is_line[fd]) {
    is_line[fd] = 0;
    ((IoctlFunc) dlsym (RTLD_NEXT, "ioctl")) (fd, UB_EMULATION_RELEASE_IOCTL, NULL);
  }
  return ((CloseFunc) dlsym (RTLD_NEXT, "close")) (fd);
}

int
ioctl (int fd, unsigned long request, ...)
{
  void *argument;
  va_list args;
  int result;

  va_start (args, request);
  argument = va_arg (args, void *);
  va_end (args);

  result = ((IoctlFunc) dlsym (RTLD_NEXT, "ioctl")) (fd, request, argument);
  if (result >= 0 && request == GPIO_GET_LINEHANDLE_IOCTL)
    return open_line (&((struct gpiohandle_request *) argument)->fd);
  if (result >= 0 && request == GPIO_V2_GET_LINE_IOCTL)
    return open_line (&((struct gpio_v2_line_request *) argument)->fd);
  return result;
}
