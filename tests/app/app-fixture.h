/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-application.h"
#include "ub-window-private.h"

G_BEGIN_DECLS

/**
 * UbAppFixture:
 * @app: registered, with the window
 * @window: shown
 * @folder: for files, removed in the end
 * @n_stalls: gaps of more than 250 ms between two iterations of the main loop
 * @longest_gap_us: between two iterations, without the time other programs had the processor
 */
typedef struct {
  UbApplication *app;
  UbWindow *window;
  char *folder;
  guint tick_id;
  gint64 last_tick;
  gint64 last_waited;
  guint n_stalls;
  gint64 longest_gap_us;
} UbAppFixture;

typedef gboolean (*UbCondition) (UbAppFixture *fixture);

void ub_app_speak (const char *locale_dir);
void ub_app_fixture_set_up (UbAppFixture *fixture, const char *sim);
void ub_app_fixture_tear_down (UbAppFixture *fixture);

void ub_app_wait (UbAppFixture *fixture, UbCondition condition, const char *what);
void ub_app_wait_ms (UbAppFixture *fixture, guint ms);
void ub_app_wait_for_page (UbAppFixture *fixture, const char *name);
gboolean ub_app_is_page (UbAppFixture *fixture, const char *name);

GtkWidget *ub_app_find (GtkWidget *root, GType type, const char *label);
GtkWidget *ub_app_wait_to_find (GtkWidget *root, GType type, const char *label);
void ub_app_wait_to_show (GtkWidget *root, const char *text);
void ub_app_click (GtkWidget *root, const char *label);
void ub_app_activate (UbAppFixture *fixture, const char *action);
GtkWidget *ub_app_wait_for_window (GType type);

const char *ub_app_get_last_notification (void);

void ub_app_connect (UbAppFixture *fixture);
char *ub_app_save (UbAppFixture *fixture, const char *name, const guint8 *data, gsize size);
GFile *ub_app_back_up (UbAppFixture *fixture, const char *name);
void ub_app_load (UbAppFixture *fixture, UbImageSlot slot, const char *path);

G_END_DECLS
