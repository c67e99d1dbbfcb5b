/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-emulated-module.h"

#include <umockdev.h>

G_BEGIN_DECLS

typedef struct _UbEmulation UbEmulation;

gboolean ub_emulation_is_possible (void);
UbEmulation *ub_emulation_new (UbSimChip *chip);
void ub_emulation_free (UbEmulation *self);

UbEmulatedModule *ub_emulation_get_module (UbEmulation *self);
UMockdevTestbed *ub_emulation_get_testbed (UbEmulation *self);

void ub_emulation_set_file (UbEmulation *self, const char *path, const char *content);
void ub_emulation_set_open_error (UbEmulation *self, const char *path, int number);
void ub_emulation_add_node (UbEmulation *self,
                            const char *subsystem,
                            const char *name,
                            guint major_number,
                            guint minor_number,
                            UMockdevIoctlBase *handler);
void ub_emulation_remove_node (UbEmulation *self, const char *subsystem, const char *name);

/* For the handlers of nodes. */
gboolean ub_emulation_get_argument (UMockdevIoctlClient *client, gpointer block, gsize size);
gboolean ub_emulation_set_argument (UMockdevIoctlClient *client, gconstpointer block, gsize size);
void ub_emulation_answer (UMockdevIoctlClient *client, glong result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UbEmulation, ub_emulation_free)

G_END_DECLS
