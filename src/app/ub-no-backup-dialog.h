/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-connection.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * UbDeed:
 *
 * What is to be done without a rescue copy.
 */
typedef enum {
  UB_DEED_RESTORE,
  UB_DEED_ERASE,
  UB_DEED_WRITE,
} UbDeed;

/* The response that goes on without a rescue copy. */
#define UB_RESPONSE_WITHOUT_BACKUP "without-backup"

GtkWidget *ub_no_backup_dialog_new (GtkWindow *parent,
                                    UbConnection *connection,
                                    UbDeed deed,
                                    const char *extent);

G_END_DECLS
