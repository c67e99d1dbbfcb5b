/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <linux/ioctl.h>

/* What the emulation and the library preloaded into the programs under test have agreed on. */

/* Here lie files with the names of device nodes; open() and access() fail with the number in them. */
#define UB_EMULATION_OPEN_ERRORS "/proc/ub-open-errors"

/* A GPIO line has a descriptor of its own, which the kernel opens in the program that asks for the line.
 * The emulation cannot; it answers this plus the line's number, and the preloaded library opens that
 * line's node instead. */
#define UB_EMULATION_LINE_TOKEN 1000000
#define UB_EMULATION_LINE_NODE "ub-line%d"

/* The emulation learns of a descriptor that was closed some time later; the preloaded library tells it of a
 * line's before, because the kernel releases a line before close() returns. */
#define UB_EMULATION_RELEASE_IOCTL _IO ('u', 1)
