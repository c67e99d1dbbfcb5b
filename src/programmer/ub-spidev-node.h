/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GPtrArray *ub_spidev_node_list (void);
char *ub_spidev_node_dup_title (const char *path, const char *model);
gsize ub_spidev_node_get_bufsiz (void);
gboolean ub_spidev_node_check (const char *path, GError **error);
int ub_spidev_node_open (const char *path, GError **error);
void ub_spidev_node_set_error (GError **error, int number, const char *path);
void ub_spidev_node_set_missing_error (GError **error, const char *path);

G_END_DECLS
